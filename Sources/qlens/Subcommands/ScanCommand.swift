import ArgumentParser
import Checkpoints
import Quantization
import TensorFiles
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// `qlens scan`
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Every weight of a checkpoint under one recipe, the worst first.",
        discussion: """
            Weights are tensors of real numbers with two axes or more; the others are kept as they are and counted. \
            Patterns of names are those of shells: * any run of characters, ? one, [a-z] one of some.
            """)

    @Argument(help: "A tensor file, a folder of them, or an index of shards.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("The setting, such as \"int4 sym group:128 clip:mse\".", valueName: "recipe"),
        completion: .recipe)
    var recipe: String

    @Option(help: ArgumentHelp("Quantize these names alone; may be given several times.", valueName: "pattern"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Keep these names; may be given several times.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp("Sort by name, elements, or a metric, the worst first.", valueName: "key"),
        completion: .list(ScanResult.Order.names))
    var sort: String = "sqnr_db"

    @Option(help: ArgumentHelp("What columns count, as for inspect.", valueName: "file"), completion: .file())
    var importance: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Print comma-separated values, a line a tensor.")
    var csv = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if json && csv { throw ValidationError("--json and --csv: found both, expected one") }
        if ScanResult.Order(sort) == nil {
            throw ValidationError("--sort: found \(sort), expected \(ScanResult.Order.names.joined(separator: ", "))")
        }
    }

    func run() throws {
        try Console.run {
            let recipe = try Recipe(recipe)
            var opened = try FileFormatCatalog.open(path: file)
            if let importance { opened = try Importance.open(path: importance).applied(to: opened) }
            let scan = Scan(
                opened.tensors, recipe: recipe, include: include.map { NamePattern($0) },
                exclude: exclude.map { NamePattern($0) })
            var progress = ScanProgress(scan.candidates)
            var rows: [Scan.Row] = [], empty: [Scan.Kept] = []
            for tensor in scan.candidates {
                progress.show()
                let row = try scan.row(tensor, context: common.context)
                if let fault = tensor.fault {
                    progress.clear()
                    throw FileError(
                        path: file, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
                }
                if let row { rows.append(row) } else { empty.append(Scan.Kept(tensor, reason: "no finite element")) }
                progress.finished(tensor)
            }
            progress.clear()
            let result = ScanResult(recipe: recipe, rows: rows, kept: scan.kept + empty)
            let report = ScanReport(file: file, result: result, order: ScanResult.Order(sort) ?? .name)
            Console.printLine(json ? report.json.text : csv ? report.csv : report.table)
        }
    }
}

/// A line on standard error that says how far a scan is.
struct ScanProgress {
    private let total: Int
    private let count: Int
    private var done = 0
    private var doneBytes = 0
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant?
    private let isTerminal = isatty(2) == 1

    init(_ tensors: [TensorView]) {
        total = tensors.reduce(0) { $0 + $1.byteCount }
        count = tensors.count
    }

    mutating func finished(_ tensor: TensorView) {
        done += 1
        doneBytes += tensor.byteCount
    }

    /// After a second, then ten times a second on a terminal and every two seconds elsewhere.
    mutating func show() {
        let now = ContinuousClock.now
        guard now - start > .seconds(1), shown.map({ now - $0 > .milliseconds(isTerminal ? 100 : 2_000) }) ?? true
        else {
            return
        }
        shown = now
        let share = Double(doneBytes) / Double(max(1, total)), taken = (now - start) / .seconds(1)
        let left = share > 0 ? taken / share - taken : 0
        let text = "scan: \(done) of \(count) tensors, \(Int(share * 100)) %, \(Int(left.rounded(.up))) s left"
        Console.write(isTerminal ? "\r\(text)\u{1b}[K" : text + "\n", to: 2)
    }

    mutating func clear() {
        if isTerminal, shown != nil { Console.write("\r\u{1b}[K", to: 2) }
        shown = nil
    }
}
