public import Basics
public import Quantization
public import Tensors

/// What rules say of the tensors of a checkpoint, a tensor at a time.
public struct CheckResult: Sendable {
    /// A tensor that breaks a rule.
    public struct Failure: Sendable {
        public let rule: CheckRule
        public let name: String
        /// nil where it is undefined for the tensor, which no rule allows.
        public let value: Double?
    }

    public let rules: [CheckRule]
    /// How many tensors each rule looked at.
    public private(set) var counts: [Int]
    public private(set) var failures: [Failure] = []

    public init(_ rules: [CheckRule]) {
        self.rules = rules
        counts = [Int](repeating: 0, count: rules.count)
    }

    public var holds: Bool { failures.isEmpty }

    /// Whether some rule looks at a tensor's values.
    public func needsStatistics(_ name: String) -> Bool { rules.contains { !$0.subject.needsRecipe && $0.isFor(name) } }
    /// Whether some rule looks at what a recipe does to it.
    public func needsMetrics(_ name: String) -> Bool { rules.contains { $0.subject.needsRecipe && $0.isFor(name) } }

    /// Judges a tensor by what is known of it.
    ///
    /// - Parameters:
    ///   - statistics: nil where no rule asks for them, or the tensor is none of real numbers.
    ///   - metrics: nil where the tensor stays unquantized.
    public mutating func judge(_ tensor: TensorView, _ statistics: TensorStatistics?, _ metrics: Metrics?) {
        for (place, rule) in rules.enumerated() where rule.isFor(tensor.name) {
            let value: Double?
            switch rule.subject {
            case .metric(let id):
                guard let metrics else { continue }
                value = MetricCatalog[id].rank(metrics)
            case .statistic(let statistic):
                guard let statistics else { continue }
                value = statistic.value(statistics)
            case .mark(let mark):
                guard let statistics else { continue }
                value = mark.value(statistics, tensor)
            }
            counts[place] += 1
            guard let value, rule.comparison.holds(value, rule.limit) else {
                failures.append(Failure(rule: rule, name: tensor.name, value: value))
                continue
            }
        }
    }

    /// `check --json`
    public func json(file: String) -> JSONValue {
        .object([
            ("file", .string(file)), ("holds", .bool(holds)),
            (
                "rules",
                .array(
                    zip(rules, counts).map { rule, count in
                        .object([
                            ("rule", .string(rule.description)), ("tensors", .int(count)),
                            ("broken", .int(failures.count { $0.rule == rule })),
                        ])
                    })
            ),
            (
                "failures",
                .array(
                    failures.map { failure in
                        .object([
                            ("name", .string(failure.name)), ("rule", .string(failure.rule.description)),
                            ("value", .number(failure.value)),
                        ])
                    })
            ),
        ])
    }
}
