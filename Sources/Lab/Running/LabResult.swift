/// Something that an experiment has measured.
public struct LabResult: Sendable, Equatable {
    public enum Value: Sendable, Equatable {
        case number(Double)
        /// A number for each of several parts, such as layers, in their order.
        case parts([Part])
    }

    public struct Part: Sendable, Equatable {
        public let name: String
        public let value: Double
    }

    public let measure: LabMeasure
    public internal(set) var value: Value
    /// Why it is worse than expected, in short lines.
    public internal(set) var notes: [String] = []
    /// The numbers of several seeds, in their order, of which the value is the mean; empty for one seed.
    public internal(set) var bySeed: [Double] = []

    /// The least and the largest of several seeds; nil for one seed.
    public var spread: ClosedRange<Double>? {
        guard let least = bySeed.min(), let most = bySeed.max(), least <= most else { return nil }
        return least...most
    }
}

extension LabResult {
    /// The results of several seeds as means, in the order of the first.
    static func means(_ runs: [[LabResult]]) -> [LabResult] {
        guard runs.count > 1, let first = runs.first else { return runs.first ?? [] }
        return first.map { result in
            let all = runs.compactMap { run in run.first { $0.measure == result.measure }?.value }
            var mean = result
            let numbers = all.compactMap { if case .number(let number) = $0 { number } else { nil } }
            if !numbers.isEmpty {
                mean.value = .number(numbers.reduce(0, +) / Double(numbers.count))
                mean.bySeed = numbers
            }
            if case .parts(let parts) = result.value {
                mean.value = .parts(
                    parts.map { part in
                        let values = all.compactMap { value -> Double? in
                            guard case .parts(let others) = value else { return nil }
                            return others.first { $0.name == part.name }?.value
                        }
                        return Part(name: part.name, value: values.reduce(0, +) / Double(max(1, values.count)))
                    })
            }
            // What was said of one seed need not hold for the others.
            mean.notes = []
            return mean
        }
    }
}

/// What a result of an experiment is a measure of: its name in JSON, what it was measured on, and its unit.
public struct LabMeasure: Sendable, Hashable {
    public enum Unit: Sendable {
        /// The share of the test set that a network gets right; bars are drawn of it.
        case accuracy
        /// A number without a unit.
        case number
        /// A number that follows from the speed of this machine, and so is another one each time.
        case speed
    }

    /// As JSON has it.
    public let name: String
    /// As screens and tables have it: which network's accuracy, or what is measured.
    public let subject: String
    public let unit: Unit

    private init(_ name: String, _ subject: String, _ unit: Unit) {
        (self.name, self.subject, self.unit) = (name, subject, unit)
    }

    /// The accuracy of a network.
    ///
    /// - Parameter subject: which network, as a word of small letters, digits and `_`; `x_accuracy` in JSON.
    public static func accuracy(_ subject: String) -> LabMeasure {
        LabMeasure("\(subject)_accuracy", subject, .accuracy)
    }

    /// A number, or one for each of several parts.
    ///
    /// - Parameter name: as JSON has it, of small letters, digits and `_`.
    public static func number(_ name: String) -> LabMeasure { LabMeasure(name, name, .number) }

    /// A number that follows from the speed of this machine.
    ///
    /// - Parameter name: as JSON has it, of small letters, digits and `_`.
    public static func speed(_ name: String) -> LabMeasure { LabMeasure(name, name, .speed) }

    /// Of the network in float, which others are compared with.
    public static let float = accuracy("float")
    /// Of the network rounded after training.
    public static let rounded = accuracy("ptq")
    /// Of the network retrained with rounding in the loop.
    public static let retrained = accuracy("qat")
    /// The divergence of the outputs where one layer alone is rounded, by layer.
    public static let sensitivity = number("sensitivity")
}
