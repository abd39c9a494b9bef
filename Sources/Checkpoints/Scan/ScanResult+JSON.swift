public import Basics
import Quantization
import TensorFiles

/// `scan --json`, whole or a part of it.
extension ScanResult {
    /// - Parameter sink: takes pieces of the text; the rest is returned.
    public func jsonText(file: String, order: Order, sink: ((String) -> Void)? = nil) -> String {
        let total = total, mode = rangeMode
        var object = JSONObjectText(sink: sink)
        object.add("file", .string(file))
        object.add("recipe", .string(recipe))
        object.add("rows", each: places(by: order)) {
            .object(rows[$0].json + [("not_finite", .int(rows[$0].notFiniteCount(mode)))])
        }
        object.add("kept", each: kept) { .object($0.json) }
        object.add(
            "total",
            .object([
                ("tensors", .int(total.tensors)), ("kept", .int(total.kept)), ("elements", .int(total.elements)),
                (MetricID.bytes.name, .number(total.bytes)), ("source_bytes", .int(total.sourceBytes)),
                ("kept_bytes", .int(total.keptBytes)), (MetricID.bitsPerWeight.name, .number(total.bitsPerWeight)),
                (MetricID.compressionRatio.name, .number(total.compressionRatio)),
                (MetricID.mse.name, .number(total.mse)),
                (MetricID.sqnr.name, .number(total.sqnr)), (MetricID.relativeL2.name, .number(total.relativeL2)),
                ("not_finite", .int(total.notFinite.elements)),
            ]))
        return object.text
    }

    /// What one process of several prints, for `merge`.
    ///
    /// - Parameters:
    ///   - options: in words, what else the rows depend on: all parts must have the same.
    ///   - count: rows and unquantized tensors of all parts together.
    public func partJSON(file: String, order: Order, shard: Shard, options: String, count: Int) -> JSONValue {
        .object([
            ("command", .string("scan")), ("shard", .string(shard.description)), ("file", .string(file)),
            ("recipe", .string(recipe)), ("sort", .string(order.word)), ("options", .string(options)),
            ("count", .int(count)),
            ("rows", .array(sorted(by: order).map { $0.wholeJSON })), ("kept", .array(kept.map { $0.wholeJSON })),
        ])
    }

    /// The rows and unquantized tensors of such a part; nil where something is missing.
    init?(part: JSONValue) {
        guard let recipe = part["recipe"]?.string, let rows = part["rows"]?.array, let kept = part["kept"]?.array
        else { return nil }
        let read = rows.compactMap { Scan.Row($0) }, readKept = kept.compactMap { Scan.Kept($0) }
        guard read.count == rows.count, readKept.count == kept.count else { return nil }
        self.init(recipe: recipe, rows: read, kept: readKept)
    }
}
