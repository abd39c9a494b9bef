public import Basics

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
            ("seconds", .number(seconds)),
        ])
    }
}
