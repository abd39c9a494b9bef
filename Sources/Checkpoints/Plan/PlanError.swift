import Basics
import Tensors

/// Why there is no plan, in one line.
public enum PlanError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The budget, and the least one that some plan keeps to.
    case budgetTooSmall(PlanBudget, least: PlanBudget)
    /// A pattern that no weight matches.
    case nothingMatches(option: String, pattern: String)
    /// A recipe that a pinned weight cannot have.
    case pinDoesNotFit(pattern: String, name: String, reason: String)
    /// Weights that are tied, with two pins that differ.
    case pinsDiffer(first: String, second: String)
    /// Weights without a number.
    case noSensitivity(name: String, count: Int, path: String)
    /// Weights whose inputs were not measured.
    case noInputs(name: String, count: Int)
    case noHardware
    /// A weight that costs more than can be added up.
    case tooDear(name: String)
    case noFormats

    public var description: String {
        switch self {
        case .budgetTooSmall(let budget, let least):
            "\(budget.words): found less than any plan takes, expected \(least.words) or more"
        case .nothingMatches(let option, let pattern):
            "\(option): found no weight that \(Printable.quoted(pattern)) matches, expected the name of one or a pattern such as \"*.weight\""
        case .pinDoesNotFit(let pattern, let name, let reason):
            "--pin \(Printable.quoted(pattern)): found \(reason) for \(Printable.quoted(name)), expected a recipe that fits"
        case .pinsDiffer(let first, let second):
            "--pin: found different recipes for \(Printable.quoted(first)) and \(Printable.quoted(second)), which are tied; expected one, or --no-ties"
        case .noSensitivity(let name, let count, let path):
            "\(Printable.text(path)): found no number for \(Printable.quoted(name))\(count > 1 ? " and \(count - 1) more" : ""), expected one for every weight (--exclude leaves weights out)"
        case .noInputs(let name, let count):
            "--metric output: found no measured inputs for \(Printable.quoted(name))\(count > 1 ? " and \(count - 1) more" : ""), expected them in --activations (--exclude leaves weights out)"
        case .tooDear(let name):
            "found more than 2^50 bits, bytes or picoseconds for \(Printable.quoted(name)), expected fewer"
        case .noFormats: "--formats: found no recipe, expected one or more"
        case .noHardware: "--budget-ms: found no --hardware, expected a profile"
        }
    }
}

extension PlanBudget {
    /// Such as `4.25 bits a weight`: rounded up, so that what is said is enough.
    public var words: String {
        switch self {
        case .bits(let bits): "\(NumberText.fixed((bits * 1e4).rounded(.up) / 1e4, places: 4)) bits a weight"
        case .bytes(let bytes): "\(NumberText.grouped(bytes)) bytes"
        case .milliseconds(let time):
            // Four digits, of which the last is rounded up.
            "\(NumberText.significant(Self.roundedUp(time))) ms"
        }
    }

    private static func roundedUp(_ value: Double) -> Double {
        guard value > 0 else { return value }
        var unit = 1.0
        while value / unit >= 1e4 { unit *= 10 }
        while value / unit < 1e3 { unit /= 10 }
        return (value / unit).rounded(.up) * unit
    }
}
