/// What a range is chosen for: the codes that it will be spread over, and how it becomes a quantizer.
struct CalibrationTarget: Sendable {
    let mapping: Mapping
    let bits: Int
    let convention: Convention?
    /// What curves are drawn for; ranges are chosen for rounding to nearest.
    let rounding: Rounding
    /// Of q - z for symmetric mappings, of q for the asymmetric one.
    let codes: ClosedRange<Int>
    /// How far a symmetric range reaches below and above zero, in steps.
    let reach: Convention.Reach
    private let rule: QuantizerRule
    /// How the step will be stored.
    let scaleType: ScaleType
    /// Levels are equally spaced: rules derived for that have a meaning, and grids can be searched by their step.
    let hasEqualSteps: Bool

    init(_ recipe: Recipe) {
        mapping = recipe.mapping
        bits = recipe.format.bits
        convention = recipe.convention
        scaleType = recipe.scaleType
        rounding = recipe.rounding
        codes = recipe.codes
        hasEqualSteps = recipe.format.hasEqualSteps
        if let convention = recipe.convention {
            reach = convention.reach(bits: bits)
        } else {
            let bits = max(2, min(16, bits))
            let steps = mapping == .symmetricFull ? Double((1 << bits) - 1) / 2 : Double((1 << (bits - 1)) - 1)
            reach = Convention.Reach(below: steps, above: steps, isEven: true)
        }
        rule = QuantizerRule(recipe)
    }

    func quantizer(for range: ClipRange) -> Quantizer { rule.quantizer(for: range) }

    /// The calibrators that have a meaning.
    var calibrators: [CalibratorEntry] { CalibratorCatalog.entries.filter { hasEqualSteps || !$0.assumesEqualSteps } }

    /// The range whose symmetric quantizer has this step.
    func range(ofStep step: Double) -> ClipRange {
        ClipRange(low: Float(-reach.below * step), high: Float(reach.above * step))
    }

    /// [-t, t], or for the asymmetric mapping what the values need of it.
    func range(ofLimit limit: Double, within evidence: any RangeEvidence) -> ClipRange {
        let t = Float(min(limit, Double(Float.greatestFiniteMagnitude)))
        guard mapping == .asymmetric else { return ClipRange(low: -t, high: t) }
        return ClipRange(low: max(evidence.minimum, -t), high: min(evidence.maximum, t))
    }
}

/// How errors are added up.
public enum ErrorMeasure: Hashable, Sendable {
    /// Σe²
    case squared
    /// Σ|e|
    case absolute
}
