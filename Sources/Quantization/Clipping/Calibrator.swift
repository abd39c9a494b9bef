import Basics

/// A rule that chooses a clipping range (survey III-C). A new one is a file in this folder and a line in `CalibratorCatalog`.
protocol Calibrator: Sendable {
    /// What the rule looks at, which decides how it is fed.
    var needs: CalibratorNeeds { get }
    /// The range for some values.
    func range(of evidence: any RangeEvidence, for target: CalibrationTarget) throws(Cancelled) -> ClipRange
    /// The ranges of which `range` takes the best by an exact look at the values, so that several recipes can share that look; nil where it
    /// works otherwise.
    func proposal(
        for evidence: any RangeEvidence, _ target: CalibrationTarget
    ) throws(Cancelled) -> CalibrationProposal?
}

extension Calibrator {
    func proposal(
        for evidence: any RangeEvidence, _ target: CalibrationTarget
    ) throws(Cancelled) -> CalibrationProposal? { nil }
}

/// Ranges, one of which has the least error.
struct CalibrationProposal {
    /// Not empty.
    let candidates: [ClipRange]
    let measure: ErrorMeasure

    /// Whether there is nothing left to judge.
    var isDecided: Bool { candidates.count == 1 }

    /// The first of those with the least error.
    func best(_ errors: some RandomAccessCollection<Double>) -> ClipRange {
        var best = 0, least = Double.infinity
        for (number, error) in errors.enumerated() where number == 0 || error < least {
            (best, least) = (number, error)
        }
        return candidates[best]
    }
}

enum CalibratorNeeds: Sendable {
    /// Nothing: the range is given.
    case nothing
    /// The smallest and the largest value.
    case extremes
    /// The values themselves, or passes over them.
    case values
}

/// A calibrator by name and numbers, as a recipe holds it.
public struct Clipping: Hashable, Sendable {
    public let name: String
    public let numbers: [Double]

    /// For values known to fit the catalogue.
    init(_ name: String, _ numbers: [Double] = []) {
        self.name = name
        self.numbers = numbers
    }

    public static let minmax = Clipping("minmax")

    /// The range [low, high], whatever the values are.
    public static func manual(_ low: Double, _ high: Double) -> Clipping { Clipping("manual", [low, high]) }

    /// nil where the catalogue has no such name or refuses the numbers.
    public init?(name: String, numbers: [Double]) {
        guard let entry = CalibratorCatalog.entry(named: name), entry.check(numbers) == nil else { return nil }
        self.init(name, numbers)
    }

    public var entry: CalibratorEntry {
        CalibratorCatalog.entry(named: name) ?? CalibratorCatalog.entries[0]
    }

    var calibrator: any Calibrator { entry.make(numbers) }
}

extension Clipping: CustomStringConvertible {
    /// As in a recipe, without `clip:`: `percentile:99.9`.
    public var description: String {
        numbers.isEmpty ? name : name + ":" + numbers.map(ShortestNumber.text).joined(separator: ",")
    }
}

/// What the catalogue knows about a calibrator.
public struct CalibratorEntry: Sendable {
    public let name: String
    /// One line on what it does, in the survey's words.
    public let summary: String
    /// The numbers after the name: `P`, `LO,HI`, or nothing.
    public let parameters: String
    /// Numbers that the keys step through; empty where no usual ones exist.
    public let usual: [[Double]]
    /// The rule is derived for equal steps and says nothing about other levels.
    var assumesEqualSteps = false
    /// What is expected, where the numbers are wrong.
    let check: @Sendable ([Double]) -> String?
    let make: @Sendable ([Double]) -> any Calibrator
}

/// Numbers in their shortest form: `99.9`, `3`, `-0.1`.
enum ShortestNumber {
    static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}

public enum CalibratorCatalog {
    public static let entries: [CalibratorEntry] = [
        MinMaxCalibrator.entry,
        PercentileCalibrator.entry,
        MSECalibrator.entry,
        MAECalibrator.entry,
        EntropyCalibrator.entry,
        ACIQGaussCalibrator.entry,
        ACIQLaplaceCalibrator.entry,
        OCTAVCalibrator.entry,
        SigmaCalibrator.entry,
        ManualCalibrator.entry,
    ]

    public static func entry(named name: String) -> CalibratorEntry? { entries.first { $0.name == name } }
}
