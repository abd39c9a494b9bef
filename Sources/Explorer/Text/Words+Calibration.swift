import Basics
import Quantization
import Tensors

/// The objective, the timeline of ranges, stochastic rounding and conventions.
extension Words {
    // MARK: Objective

    static let objectiveLong = "Objective: error over clip limit t"
    /// Where some entries are only calibrated on: those that errors and histograms are of.
    static func judgedEntries(_ state: ExplorerState) -> String? {
        let first = state.recipe.rangeMode.calibrationEntries
        guard first > 0, let count = state.tensor.shape.extents.first else { return nil }
        return "entries \(first)…\(count - 1)"
    }
    static func ofEntries(_ count: Int) -> String { "entries 0…\(count - 1)" }
    static let noFurtherChoice = "no calibrator chooses a limit farther that way"
    static func objectiveParts(_ mse: String, _ clipping: String, _ rounding: String) -> String {
        "MSE \(mse) = clip \(clipping) + round \(rounding)"
    }
    static func alreadyInUse(_ clipping: Clipping) -> String { "clip:\(clipping) is in use" }
    static func calibratorTaken(_ clipping: Clipping) -> String { "clip:\(clipping); u undoes" }
    static func name(of model: SourceModel) -> String {
        switch model {
        case .gauss: "Gauss"
        case .laplace: "Laplace"
        }
    }
    static let poorFit = "poor fit: "
    static let theoryOffCentre = "equal steps: values are not around 0"
    static let theoryDoesNotApply = "its optima do not apply here"
    static func bestChoice(_ name: String, _ limit: String, _ decibels: String, gain: String) -> String {
        "least MSE: \(name) at t = \(limit) with \(decibels) dB, \(gain) dB better than the range in use"
    }
    static func limitTaken(_ limit: String) -> String { "clip limit \(limit); u undoes" }
    static let atCursor = "cursor "
    static let choiceHeads = ("calibrator", "t", "SQNR dB")
    static func theoryUniform(_ decibels: String, _ limit: String) -> String {
        "equal steps \(decibels), t \(limit)"
    }
    static func theoryLloydMax(_ decibels: String) -> String { "Lloyd–Max \(decibels) dB" }
    static func theoryRate(_ decibels: String, bits: Int, isBound: Bool) -> String {
        "rate–distortion \(isBound ? "≤ " : "")\(decibels) dB"
    }
    static func curveName(_ curve: ObjectiveModel.Curve) -> String {
        switch curve {
        case .mse: "MSE"
        case .clipping: "clipping"
        case .rounding: "rounding"
        case .mae: "MAE"
        case .divergence: "KL"
        }
    }

    // MARK: Timeline

    static func tooManyEntries(_ count: String) -> String {
        "\(count) entries along axis 0: shown for range: static, ema, dynamic"
    }
    static let entropyGuarded = "entropy: little lies near zero, limits that clip over a quarter are left out"
    static let noEntries = "one entry: ranges over time need a tensor with several along axis 0"
    static let entriesHaveRanges =
        "the granularity already gives each entry its own ranges; tensor or a later axis (s) spans them"
    static let calibratedOn = " (calibrated on)"
    static func usedSQNR(_ mode: RangeMode, _ used: String) -> String {
        switch mode {
        case .own: "one range \(used)"
        case .fixed: "static \(used)"
        case .average: "ema \(used)"
        case .dynamic: "dynamic \(used)"
        }
    }
    static func dynamicOnly(_ dynamic: String) -> String { "dynamic \(dynamic)" }
    static func loses(_ decibels: String) -> String {
        decibels.hasPrefix("-") ? "gains \(decibels.dropFirst()) dB" : "loses \(decibels) dB"
    }
    static func dynamicCost(ranges: String, elements: String) -> String {
        "dynamic costs another look at \(elements) values and \(ranges) \(ranges == "1" ? "scale" : "scales") an entry"
    }
    static func entry(_ number: String) -> String { "entry \(number)" }
    static func entries(_ numbers: String) -> String { "entries \(numbers)" }
    static func ownRange(_ range: String) -> String { "own \(range)" }
    static func usedRange(_ range: String) -> String { "used \(range)" }
    static func entryNoise(_ used: String, _ own: String) -> String { "\(used), own \(own)" }

    // MARK: Stochastic rounding

    static let headingDraws = "Measured by repeated draws"
    static func studySize(_ study: StochasticStudy) -> String {
        "\(NumberText.grouped(study.elements)) values of the range were rounded \(study.draws) times each; errors in steps Δ:"
    }
    static func studyBias(_ bias: String, _ deviation: String) -> String {
        "mean error \(bias), where chance alone gives ±\(deviation); rounding to nearest: "
    }
    static func studyVariance(_ measured: String, _ expected: String) -> String {
        "variance \(measured): the mean of p(1−p) over these values is \(expected), and 1/6 = 0.1667 over evenly spread ones"
    }
    static func studyNearest(_ square: String) -> String {
        "squared error of rounding to nearest \(square), and 1/12 = 0.08333 over evenly spread values: half of it"
    }
    static func studyMeans(_ stochastic: String, _ nearest: String) -> String {
        "the mean of a value's draws comes within \(stochastic) of it; rounding to nearest stays up to \(nearest) away for good"
    }
    static func studyShort(_ variance: String, _ nearest: String) -> String {
        "drawn: variance \(variance)Δ² (Δ²/6), to nearest \(nearest)Δ² (Δ²/12): i on rounding"
    }

    // MARK: Conventions

    static let conventions = "Conventions"
    static let conventionHints = ["j k choose A", "h l choose B", "Enter take A", "PgDn more", "Esc close"]
    static let conventionScale = "scale"
    static let conventionCodes = "codes"
    static let conventionTies = "ties"
    static let conventionQuotient = "division"
    static let conventionZero = "zero-point"
    static let conventionPercentile = "percentile"
    static let conventionEntropy = "entropy"
    static let conventionLimits = "clip range"
    static let allConventions = "All of them"
    static let noAsymmetric = "no zero-points"
    static let percentileBothEnds = "100 − P from each end"
    static let percentileUsual = "P of |r|, (100 − P)/2 an end"
    static let entropyByEdges = "bins joined by lower edges"
    static let entropyByCentres = "bins joined by centres"

    static func noZeroPoints(_ convention: Convention?) -> String {
        "\(convention?.rawValue ?? program) has no zero-points: m steps the mapping to sym first"
    }

    static func explanation(ofTies rounding: Rounding) -> String {
        switch rounding {
        case .even: "to even"
        case .away: "away from zero"
        case .up: "up"
        case .down: "none: floor"
        case .zero: "none: truncation"
        case .stochastic: "none: drawn"
        }
    }

    static func scaleRule(of convention: Convention?, _ mapping: Mapping, bits: Int) -> String {
        if mapping == .asymmetric {
            return "(hi − lo)/\((1 << bits) - 1)" + (convention == .brevitas ? ", hi as it is" : "")
        }
        let half = 1 << (bits - 1)
        return switch convention {
        case nil: mapping == .symmetric ? "t/\(half - 1)" : "2t/\((1 << bits) - 1)"
        case .torch: "t/\(half - 1).5"
        case .onnxruntime where bits == 4: "t/\(half - 1).5"
        case .onnxruntime, .tensorrt, .aimet: "t/\(half - 1)"
        case .brevitas: "t/\(half)"
        case .torchao: "max(−lo/\(half), hi/\(half - 1))"
        }
    }

    static func zeroRule(of convention: Convention?, _ mapping: Mapping) -> String {
        guard mapping == .asymmetric else { return "0" }
        return switch convention {
        case .onnxruntime: "round(0 − lo/S), S unrounded"
        case .tensorrt: noAsymmetric
        case .aimet: "round(−lo/S), ties away"
        case nil, .torch, .brevitas, .torchao: "round(0 − lo/S)"
        }
    }
}
