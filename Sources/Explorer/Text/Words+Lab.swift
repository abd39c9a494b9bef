import Basics
import Lab

/// The Lab screen.
extension Words {

    static func labRegions(limit: String?) -> String { regions + (limit.map { " ±\($0)" } ?? "") }
    static func labAxis(_ kind: LabReport.Curve.Kind) -> String {
        switch kind {
        case .loss, .accuracy, .limit, .flips: "epochs"
        case .calibration: "samples"
        case .bits: "bits"
        case .matching: "steps"
        }
    }
    static func labCurves(_ kind: LabReport.Curve.Kind, layer: String?) -> String {
        switch kind {
        case .loss: "loss against epochs"
        case .accuracy: "test accuracy % against epochs"
        case .limit: "clip limit of \(layer ?? "")'s input against epochs"
        case .calibration: "test accuracy % against calibration samples"
        case .bits: "test accuracy % against bits"
        case .matching: "distance of batch norms against steps"
        case .flips: "% of weights that change their level in a step, against epochs"
        }
    }
    static func labLayerTitle(_ name: String, number: Int, of count: Int) -> String {
        "\(name) \(number)/\(count) latent, ━ rounded"
    }
    static func labHead(_ name: String, seed: String, seconds: String) -> String {
        "\(name)  seed \(seed)  \(seconds) s"
    }
    static func labEnterRuns(_ name: String) -> String { "Space runs \(name)" }
    static func labFinished(_ name: String, seconds: Double) -> String {
        "\(name) took \(NumberText.fixed(seconds, places: 1)) s"
    }
    static let labStopped = "stopped"
    static let labPaused = "paused; Space goes on, Esc stops"
    static let labNothingToStep = "Space or Enter runs the experiment; its settings are below, h and l step them"
    static func labTypeIt(_ name: String) -> String { "Enter types another value of \(name)" }
    static func labHasNoRecipe(_ name: String) -> String { "\(name) has no recipe to change" }
    static let labNoLayers = "weights are shown while a network learns: Space runs the experiment"
    static let labNoCurves = "curves are drawn while an experiment runs: Space"
    static func worse(_ name: String) -> String { "\(name) is worse than plain rounding:" }
    static let labNoOutcomes = "no result yet"
    static let labNoTable = "this experiment has no table"
    static let labNoTables = "tables are filled while an experiment runs: Space"
    static func labSpread(_ name: String, _ least: String, _ most: String) -> String { "\(name) \(least) … \(most)" }
    static func labSpreads(_ seeds: Int) -> String { "from … to over \(seeds) seeds" }
    static let labNoRegions = "decision regions are drawn of networks on the plane: model mlp"
    static let helpLab = "go to an experiment, or tell the present one a setting"

}
