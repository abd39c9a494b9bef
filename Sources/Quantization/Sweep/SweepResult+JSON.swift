public import Basics

extension SweepResult {
    /// `sweep --json`
    public func json(file: String, tensor: String) -> JSONValue {
        .object([
            ("file", .string(file)), ("tensor", .string(tensor)),
            (
                "rows",
                .array(
                    rows.map { row in
                        .object([
                            ("recipe", .string(row.point.name)),
                            ("metrics", .object(row.point.metrics.entries.map { ($0.name, .number($0.value)) })),
                            ("pareto", .bool(row.isOnFrontier)),
                        ])
                    })
            ),
        ])
    }
}
