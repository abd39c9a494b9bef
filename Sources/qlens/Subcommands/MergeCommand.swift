import ArgumentParser
import Checkpoints
import TensorFiles

/// `qlens merge`
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Join what scan, compare or plan printed in parts (--shard I/N).",
        discussion: "The result is that of one process, to the last digit.")

    @Argument(help: "Files with a part each, or several one after the other.", completion: .file())
    var parts: [String]

    @OptionGroup var table: TableOptions

    func run() throws {
        try Console.run {
            let read = try parts.flatMap { path throws(FileError) in try Merge.parts(path) }
            switch try Merge.result(of: read) {
            case .scan(let result, let file, let order):
                let report = ScanReport(file: file, result: result, order: order)
                Console.printLine(report.text(isJSON: table.json, isCSV: table.csv))
            case .comparison(let result, let a, let b, let order):
                let report = ComparisonReport(a: a, b: b, result: result, order: order)
                Console.printLine(report.text(isJSON: table.json, isCSV: table.csv))
            case .plan(let record):
                guard let budget = record.settings.budget else {
                    throw CommandFailure(usage: "merge: found parts of a plan without a budget, expected one")
                }
                let plan = try record.plan(budget)
                let report = PlanReport(record: record, plan: plan)
                Console.printLine(report.text(isJSON: table.json, isCSV: table.csv))
            }
        }
    }
}
