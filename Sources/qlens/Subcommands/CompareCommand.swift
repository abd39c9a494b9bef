import Basics
import ArgumentParser
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// `qlens compare`
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare", abstract: "Two checkpoints, tensor by tensor, the worst first.",
        discussion: """
            Errors are those of B's values against A's. Tensors are paired by name; without prefixes that one side has more; by the names \
            that GGUF files have for every architecture; then by values, and by shape where nothing else speaks. Each row says how it was \
            paired; what could be several is listed, and --map says which. Rows of queries and keys that converters reorder, transposed \
            matrices, 1 added to the weights of norms, fused or split rows, folded batch norms and tied embeddings are recognised, said, \
            and taken away before the error.
            """)

    @Argument(help: "The original: a tensor file, a folder of them, or an index of shards.", completion: .file())
    var a: String

    @Argument(help: "What is compared with it.", completion: .file())
    var b: String

    @Option(
        help: ArgumentHelp("Sort by name, elements, or a metric, the worst first.", valueName: "key"),
        completion: .list(["name", "elements"] + Comparison.metricNames))
    var sort: String = MetricID.sqnr.name

    @OptionGroup var table: TableOptions

    @OptionGroup var pairing: PairingOptions
    @OptionGroup var sharding: ShardOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        let known = ["name", "elements"] + Comparison.metricNames
        if !known.contains(sort) {
            throw ValidationError("--sort: found \(sort), expected \(known.joined(separator: ", "))")
        }
    }

    func run() throws {
        try Console.run {
            let shard = try sharding.part(isJSON: table.json)
            let (first, second) = try reading.open(a, b)
            let comparison = try Comparison(first, second, map: pairing.map), context = try common.context
            let sizes = comparison.pairs.map { $0.a.byteCount + $0.b.byteCount }
            let places = (shard ?? .whole).places(ofSizes: sizes)
            var progress = ProgressLine("compare", bytes: places.map { sizes[$0] }), rows: [Comparison.Row] = []
            for place in places {
                progress.show()
                let pair = comparison.pairs[place]
                rows.append(try comparison.row(pair, context: context))
                for (path, tensor) in [(a, pair.a), (b, pair.b)] {
                    guard let fault = tensor.fault else { continue }
                    throw FileError(
                        path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
                }
                progress.finished(bytes: sizes[place])
            }
            progress.clear()
            let order = ScanResult.Order(sort) ?? .name
            // What has no partner is said once.
            let result = ComparisonResult(
                rows: rows, onlyA: shard?.index ?? 0 == 0 ? comparison.match.onlyA : [],
                onlyB: shard?.index ?? 0 == 0 ? comparison.match.onlyB : [],
                doubts: shard?.index ?? 0 == 0 ? comparison.match.doubts : [])
            let text =
                if let shard {
                    result.partJSON(a: a, b: b, order: order, shard: shard, count: comparison.pairs.count).text
                } else {
                    ComparisonReport(a: a, b: b, result: result, order: order).text(
                        isJSON: table.json, isCSV: table.csv)
                }
            try sharding.write(text, shard, notOver: [a, b])
        }
    }
}
