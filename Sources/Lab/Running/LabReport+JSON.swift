public import Basics

extension LabTable {
    /// Rows as arrays of numbers and texts.
    var json: JSONValue {
        .object([
            ("title", .string(title)), ("columns", .array(columns.map { .string($0) })),
            (
                "rows",
                .array(
                    rows.map { row in
                        .array(
                            row.map { cell in
                                switch cell {
                                case .text(let text): .string(text)
                                case .number(let number, _): .number(number)
                                case .integer(let number): .int(number)
                                }
                            })
                    })
            ),
        ])
    }
}

extension LabReport {
    /// `lab --json`
    public var json: JSONValue {
        .object([
            ("experiment", .string(experiment)), ("seed", .int(Int(seed))),
            ("settings", .object(settings.map { ($0.name, .string($0.value)) })),
            (
                "results",
                .object(
                    results.map { result in
                        switch result.value {
                        case .number(let value): (result.measure.name, .number(value))
                        case .parts(let parts):
                            (result.measure.name, .object(parts.map { ($0.name, .number($0.value)) }))
                        }
                    })
            ),
            (
                "notes",
                .object(
                    results.filter { !$0.notes.isEmpty }.map { result in
                        (result.measure.name, .array(result.notes.map { .string($0) }))
                    })
            ),
            (
                "curves",
                .object(
                    curves.map { curve in
                        (curve.name, .array(curve.points.map { .array([.number($0.x), .number($0.y)]) }))
                    })
            ),
            ("tables", .array(tables.map { $0.json })),
            ("remarks", .array(remarks.map { .string($0) })), ("finding", finding.map { .string($0) } ?? .null),
            ("seeds", .array(seeds.map { .int(Int($0)) })),
            (
                "by_seed",
                .object(
                    results.filter { !$0.bySeed.isEmpty }.map { result in
                        (result.measure.name, .array(result.bySeed.map { .number($0) }))
                    })
            ),
            ("seconds", .number(seconds)),
        ])
    }
}
