/// What replaces the derivative of rounding, which is zero almost everywhere (survey III-G1).
public enum GradientRule: String, CaseIterable, Sendable {
    /// LSQ: the step is learnt too, by the gradient of its own reconstruction.
    case learnedStep = "lsq"
    /// ∂Q/∂r = 1 everywhere.
    case straightThrough = "ste"
    /// ∂Q/∂r = 1 within the range, 0 beyond it.
    case clippedStraightThrough = "clipped-ste"
    /// PACT: the clip limit of activations is learnt; weights follow the clipped rule.
    case learnedClip = "pact"
    /// ProxQuant: weights stay float in the loop and are drawn to the grid after each step; no derivative of rounding is needed.
    case proximal = "proximal"
    /// ∂Q/∂r = 0, as it is: weights learn nothing.
    case honest = "honest"

    /// Those that a run tries unless set otherwise.
    public static let usual: [GradientRule] = allCases.filter { $0 != .honest }

    /// As in names of results.
    var resultName: String { rawValue.replacing("-", with: "_") }

    /// Whether ranges are learnt, which formats with equal steps alone allow.
    var learnsRanges: Bool { self == .learnedStep || self == .learnedClip }
}
