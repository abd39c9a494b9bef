public import TensorFiles

/// `scan --json`, whole or a part of it.
extension ScanResult {
    public func json(file: String, order: Order) -> JSONValue {
        let total = total
        return .object([
            ("file", .string(file)), ("recipe", .string(recipe)),
            ("rows", .array(sorted(by: order).map { .object($0.json) })),
            ("kept", .array(kept.map { .object($0.json) })),
            (
                "total",
                .object([
                    ("tensors", .int(total.tensors)), ("kept", .int(total.kept)), ("elements", .int(total.elements)),
                    ("bytes", .number(total.bytes)), ("source_bytes", .int(total.sourceBytes)),
                    ("kept_bytes", .int(total.keptBytes)), ("bits_per_weight", .number(total.bitsPerWeight)),
                    ("compression_ratio", .number(total.compressionRatio)), ("mse", .number(total.mse)),
                    ("sqnr_db", .number(total.sqnr)), ("relative_l2", .number(total.relativeL2)),
                ])
            ),
        ])
    }

    /// What one process of several prints, for `merge`.
    ///
    /// - Parameters:
    ///   - options: in words, what else the rows depend on: all parts must have the same.
    ///   - count: rows and kept tensors of all parts together.
    public func partJSON(file: String, order: Order, shard: Shard, options: String, count: Int) -> JSONValue {
        .object([
            ("command", .string("scan")), ("shard", .string(shard.description)), ("file", .string(file)),
            ("recipe", .string(recipe)), ("sort", .string(order.word)), ("options", .string(options)),
            ("count", .int(count)),
            ("rows", .array(sorted(by: order).map { $0.wholeJSON })), ("kept", .array(kept.map { $0.wholeJSON })),
        ])
    }

    /// The rows and kept tensors of such a part; nil where something is missing.
    init?(part: JSONValue) {
        guard let recipe = part["recipe"]?.string, let rows = part["rows"]?.array, let kept = part["kept"]?.array
        else { return nil }
        let read = rows.compactMap { Scan.Row($0) }, readKept = kept.compactMap { Scan.Kept($0) }
        guard read.count == rows.count, readKept.count == kept.count else { return nil }
        self.init(recipe: recipe, rows: read, kept: readKept)
    }
}
