import Lab

/// The Lab screen.
extension Words {
    static let experiments = "Experiments"
    static let labCurves = "Curves"
    static let outcomes = "Accuracy %, points against float"
    static let labLayer = "Weights of a layer"
    static let regions = "Decision regions"

    static func labRegions(limit: String?) -> String { regions + (limit.map { " ±\($0)" } ?? "") }
    static func labCurves(_ kind: LabReport.Curve.Kind, layer: String?) -> String {
        switch kind {
        case .loss: "loss against epochs"
        case .accuracy: "test accuracy % against epochs"
        case .limit: "clip limit of \(layer ?? "")'s input against epochs"
        case .calibration: "test accuracy % against calibration samples"
        case .bits: "test accuracy % against bits"
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
    static let labNoOutcomes = "no result yet"
    static let labNoRegions = "decision regions are drawn of networks on the plane: model mlp"
    static let helpLab = "go to an experiment, or tell the present one a setting"

    package static let labHints = [
        "Space run, pause", "h l step", "Enter type", "Esc stop", ", . layer", "a curves", "Tab panel", "? help",
    ]

    static func explanation(ofLabPanel panel: Panel) -> String {
        switch panel {
        case .experiments:
            "Experiments on a small network that is trained here and now; all of them repeat bit for bit from their seed, here and by qlens lab. Space runs the chosen one with the settings below, pauses it and lets it go on; Esc stops it. On a setting h and l step usual values, Enter types one; letters of the recipe (f, b, m, s, c …) step the recipe under the cursor. bits: one network at fewer and fewer bits (survey III-A). ptq: rounding a trained network, and what each improver gains (III-D, III-G2). qat: retraining with rounding in the loop, by one rule after the other for the derivative that rounding does not have (III-G1). stochastic: weights stored on a grid while they learn; nearest loses updates below half a step (III-H). distillation: a student that learns from float teachers too (IV-D)."
        case .labCurves:
            "How the run goes, a letter for each curve at its end: the loss of training batches, the share of test samples that are right after each epoch, where the clip limit of the layer's input walks to (, and . choose the layer), and what the number of calibration samples does. a steps through them where there is room for one."
        case .outcomes:
            "The share of test samples that each network gets right; the line │ marks float, and the last column is the distance to it in points."
        case .labLayer:
            "The weights of one layer while the network learns: bars are the latent float weights, which take the updates, the line ━ is what they are rounded to and computed with. , and . step through the layers."
        case .regions:
            "Each place of the plane by the class that the network decides for there, redrawn as it learns: rounding moves borders."
        default: ""
        }
    }
}
