import Basics
import ArgumentParser
import Checkpoints
import Explorer
import Platform
import Quantization
import TensorFiles
import Tensors

/// `qlens scan`
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Every weight of a checkpoint under one recipe, the worst first.",
        discussion: """
            Weights are tensors of real numbers with two axes or more; the others stay unquantized and are counted. \
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
    var sort: String = MetricID.sqnr.name

    @Option(help: ArgumentHelp("What columns count, as for inspect.", valueName: "file"), completion: .file())
    var importance: String?

    @Option(
        help: ArgumentHelp(
            "Measured inputs of layers, an array each: adds the error of outputs (output_error).", valueName: "file"),
        completion: .file())
    var activations: String?

    @OptionGroup var table: TableOptions

    @Flag(help: "Compute everything anew, and keep nothing for the next time.")
    var noCache = false

    @OptionGroup var sharding: ShardOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if ScanResult.Order(sort) == nil {
            throw ValidationError("--sort: found \(sort), expected \(ScanResult.Order.names.joined(separator: ", "))")
        }
    }

    func run() throws {
        try Console.run {
            let recipe = try Recipe(recipe)
            let shard = try sharding.part(isJSON: table.json)
            var opened = try reading.open(file)
            if let importance { opened = try Importance.open(path: importance).applied(to: opened) }
            let inputs = try activations.map { path throws(FileError) in try Activations.open(path: path) }
            if let inputs { Console.printError(inputs.summary(for: opened.tensors)) }
            let scan = Scan(
                opened.tensors, recipe: recipe, include: include.map { NamePattern($0) },
                exclude: exclude.map { NamePattern($0) }, activations: inputs)
            // The candidates hold what is needed of very many tensors.
            let tensorCount = opened.tensors.count
            opened = TensorFile(path: file, format: opened.format, metadata: [], tensors: [])
            let cache =
                noCache
                ? nil
                : Console.folders.scanFolder.map {
                    ScanCache(folder: $0, file: file, recipe: recipe)
                }
            let context = try common.context
            let run = ScanRun(scan, shard: shard ?? .whole, cache: cache)
            var progress = ProgressLine("scan", bytes: run.candidates.map { $0.tensor.byteCount })
            var rows: [Scan.Row] = [], kept = run.kept
            rows.reserveCapacity(run.candidates.count)
            for candidate in run.candidates {
                progress.show()
                let known = run.known(candidate)
                switch try known ?? run.outcome(of: candidate, path: file, context: context) {
                case .row(let row): rows.append(row)
                case .kept(let tensor): kept.append(tensor)
                }
                progress.finished(bytes: candidate.tensor.byteCount, wasKnown: known != nil)
            }
            progress.clear()
            let order = ScanResult.Order(sort) ?? .name
            let result = ScanResult(recipe: recipe.description, rows: rows, kept: kept)
            rows = []
            let text =
                if let shard {
                    result.partJSON(
                        file: file, order: order, shard: shard, options: options, count: tensorCount
                    ).text
                } else {
                    ScanReport(file: file, result: result, order: order).text(
                        isJSON: table.json, isCSV: table.csv,
                        sink: sharding.output == nil ? { Console.write($0, to: 1) } : nil)
                }
            try sharding.write(text, shard, notOver: [file] + [importance, activations].compactMap { $0 })
        }
    }

    /// What rows depend on besides file and recipe.
    private var options: String {
        func all(_ name: String, _ values: [String]) -> [String] { values.map { "--\(name) \($0)" } }
        return
            (all("include", include) + all("exclude", exclude) + all("importance", [importance].compactMap { $0 })
            + all("activations", [activations].compactMap { $0 })).joined(separator: " ")
    }
}
