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
                        case .number(let value): (result.name, .number(value))
                        case .byName(let values, let order):
                            (result.name, .object(order.map { ($0, .number(values[$0])) }))
                        }
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
