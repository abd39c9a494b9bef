import Basics
import ArgumentParser
import Quantization
import TensorFiles
import Tensors

/// `qlens sweep`
struct SweepCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "One tensor under many recipes: which are worth their bits.",
        discussion: """
            Every format with every clipping rule and granularity; formats that have a clipping or blocks of their own take part with \
            these alone. A row is on the frontier where no other has less error at no more bits. Numbers are those of inspect.
            """)

    @Argument(help: "A tensor file, a folder of them, or an index of shards.", completion: .file())
    var file: String

    @Argument(help: "The tensor's name; may be left out where the file holds one.")
    var tensor: String?

    @Option(
        help: ArgumentHelp(
            "Formats, or families of them, such as int2,int4,nf4,kmeans; words may follow, as in \"int4 asym\".",
            valueName: "a,b"), completion: .list(FormatCatalog.families.map { $0.name } + FormatCatalog.usual))
    var formats: String?

    @Option(
        help: ArgumentHelp("Clipping rules, such as minmax,mse,percentile:99.9.", valueName: "a,b"),
        completion: .list(CalibratorCatalog.entries.map { $0.name }))
    var clips: String?

    @Option(help: ArgumentHelp("Granularities, such as tensor,channel:0,group:128.", valueName: "a,b"))
    var granularities: String?

    @OptionGroup var table: TableOptions

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        try Console.run {
            var grid = SweepGrid()
            if let formats { grid.formats = ListOption.items(formats) }
            if let clips { grid.clips = ListOption.items(clips) }
            if let granularities { grid.granularities = ListOption.items(granularities) }
            let opened = try reading.open(file)
            let view = try opened.readableTensor(named: tensor)
            guard view.count > 0 else {
                throw FileError(
                    path: file, place: .tensor(view.name), found: "an empty tensor of shape \(view.storedShape)",
                    expected: "at least one element")
            }
            let recipes: [Recipe], misfits: [SweepGrid.Misfit]
            do throws(SweepError) {
                (recipes, misfits) = try grid.recipes(for: view)
            } catch {
                throw CommandFailure(usage: "--\(error)")
            }
            for misfit in misfits { Console.printError("left out: \(misfit.recipe): \(misfit.reason)") }
            let context = try common.context
            let sweep = Sweep(view, recipes: recipes, summary: try FirstPass(view).run(context))
            let result = try sweep.result(context)
            if let fault = view.fault {
                throw FileError(path: file, place: .tensor(view.name), found: fault.found, expected: fault.expected)
            }
            let report = SweepReport(file: file, tensor: view, result: result)
            Console.printLine(
                table.json ? result.json(file: file, tensor: view.name).text : table.csv ? report.csv : report.table)
        }
    }
}
