/// Something to try on a small network that teaches what quantization does to it.
///
/// A new experiment is a file with such a type and a line in `ExperimentCatalog`; the command line, the screen, the manual and the tests
/// take its name, settings and results from there.
public protocol Experiment: Sendable {
    /// As `qlens lab NAME` takes it.
    var name: String { get }
    /// In a line.
    var summary: String { get }
    /// Where the survey speaks of it.
    var section: String { get }
    /// What it is to show, in a sentence: the headline before it has run.
    var claim: String { get }
    /// About what a run with its own settings takes on two cores.
    var usualSeconds: Int { get }
    /// Its settings besides the seed, the model and the data.
    var settings: [LabSetting] { get }
    /// What a run has found, in a sentence with its numbers; nil where it found too little to say.
    func finding(_ report: LabReport) -> String?
    /// Tells `run` results, curves and how far it is. Throws what `run` throws, so that it can be stopped.
    func perform(_ run: LabRun) throws(LabFailure)
}

extension Experiment {
    public var allSettings: [LabSetting] { LabSetting.common + settings + [.seeds] }
}

public enum ExperimentCatalog {
    public static let all: [any Experiment] = [
        BitsExperiment(), PostTrainingExperiment(), QuantizationAwareExperiment(), StochasticExperiment(),
        DistillationExperiment(), GranularityExperiment(),
        MixedPrecisionExperiment(), ExtremeExperiment(), ZeroShotExperiment(), IntegerOnlyExperiment(),
        HardwareExperiment(),
    ]

    public static func experiment(_ name: String) -> (any Experiment)? { all.first { $0.name == name } }
}
