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
}

/// What a result of an experiment is a measure of: its name in JSON, what it was measured on, and its unit.
public struct LabMeasure: Sendable, Hashable {
    public enum Unit: Sendable {
        /// The share of the test set that a network gets right; bars are drawn of it.
        case accuracy
        /// A number without a unit.
        case number
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

    /// Of the network in float, which others are compared with.
    public static let float = accuracy("float")
    /// Of the network rounded after training.
    public static let rounded = accuracy("ptq")
    /// Of the network retrained with rounding in the loop.
    public static let retrained = accuracy("qat")
    /// The divergence of the outputs where one layer alone is rounded, by layer.
    public static let sensitivity = number("sensitivity")
}
