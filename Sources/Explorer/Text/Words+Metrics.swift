import Basics

/// What metrics and statistics are called and what they mean.
extension Words {
    static let outlierScore = "outlier score"
    static let zeros = "zeros"
    static let skewness = "skewness"
    static let kurtosis = "kurtosis"

    // MARK: Flags

    static func flagNotFinite(nan: Int, infinite: Int, first: (nan: String?, infinite: String?)?) -> String {
        let parts = [(nan, "NaN", first?.nan), (infinite, "∞", first?.infinite)].filter { $0.0 > 0 }
        return parts.map { "\(NumberText.grouped($0.0)) \($0.1)" + ($0.2.map { " (first at \($0))" } ?? "") }
            .joined(separator: ", ") + ": left out of every number"
    }
    static let reasonNotFinite = "something upstream overflowed or divided by zero; a stored tensor should be finite"
    static func flagBatchesOfWeight(_ word: String, rows: Int) -> String {
        "\(word) takes \(NumberText.grouped(rows)) output channels for samples; use range:self"
    }
    static let reasonBatchesOfWeight =
        "static, moving-average and dynamic ranges are for recorded activations, one entry a sample; weights are known beforehand: range:self"
    static func flagLongGroup(_ word: String, length: Int, nearest: String) -> String {
        "\(word) is longer than the \(NumberText.grouped(length)) elements that it divides; \(nearest) fits"
    }
    static let reasonLongGroup =
        "a group longer than a row is the whole row, as with one range a channel; a length that divides the row makes equal groups"
    static func flagConstant(_ value: String) -> String { "every element is \(value): nothing to resolve" }
    static let reasonConstant = "one level represents it exactly; a layer that never trained looks like this"
    static func flagOneSided(isPositive: Bool) -> String {
        "no \(isPositive ? "negative" : "positive") value: half of the symmetric codes go unused"
    }
    static let reasonOneSided =
        "asym gives all codes to the side that is used: one bit more, about 6 dB (m steps the mapping)"
    static func flagOutlier(_ count: String, of total: String, rest: String) -> String {
        "\(count) of \(total) values \(count == "1" ? "sets" : "set") the range, the rest fills \(rest) of it"
    }
    static let reasonOutlier =
        "each halving of the range is worth a bit: try clip:mse or clip:percentile (c), or a finer granularity (s)"
    static func flagDeadCodes(_ dead: String, of total: Int) -> String { "\(dead) of \(total) codes are never used" }
    static let reasonDeadCodes =
        "bits are spent on codes without elements: clip tighter, or use asym for one-sided data"
    static func flagZeroOffGrid(_ value: String) -> String { "zero becomes \(value): it is off the grid" }
    static let reasonZeroOffGrid = "padding, ReLU and pruned weights are exact zeros; they should stay so"
    static func flagLimits(_ low: String, _ high: String) -> String {
        "the limits in use are \(low)…\(high), not the manual ones"
    }
    static let reasonHoldsZero = "an asymmetric range is widened to hold zero, so that zero is exact"
    static let reasonBothSides = "a symmetric range takes the larger magnitude on both sides"
    static func flagShortRun(_ what: String, length: Int, size: Int, rest: Int) -> String {
        "\(what) of \(NumberText.grouped(length)) in runs of \(size) leave a last run of \(rest)"
    }
    static let reasonShortRun = "the short run keeps its own scale; kernels often demand whole runs"
    static let rows = "rows"
    static let columns = "columns"
    static func axis(_ axis: Int) -> String { "axis \(axis)" }

    // MARK: Explanations

    static let headingWhat = "What"
    static let headingFormula = "Formula"
    static let headingReasonable = "What is reasonable"
    static let headingNow = "Now"
    static let headingValues = "Values"
    static let headingWarnings = "Warnings"
    static let noWarnings = "none"

    static func settingText(_ setting: Setting) -> (formula: String, reasonable: String) {
        switch setting {
        case .format:
            (
                "int: q = round(r/S) + z, r̂ = S·(q − z), the survey writes Z = −z · others: q is the index of the level that r/S goes to, r̂ = S·level",
                "int8 or fp8 for activations; int4 in groups, mxfp4, nvfp4 or nf4 for weights; kmeans shows what no scalar format can beat; :formats compares all"
            )
        case .bits:
            (
                "2^b codes; S halves with each bit, the error's power falls by 4: 6.02 dB",
                "8 is near lossless; 4 needs a fine granularity; 2 needs training"
            )
        case .mapping:
            (
                "sym: S = t/(2^(b−1)−1) · symfull: S = 2t/(2^b−1) · asym: S = (hi−lo)/(2^b−1), z = round(−lo/S)",
                "sym for weights; asym for activations on one side"
            )
        case .granularity:
            (
                "one S (and z) for each range; bits/weight = b + 32·ranges/N",
                "channel:0 for convolutions, group:32 … group:128 for 4-bit weights"
            )
        case .clipping:
            (
                "MSE(t) = clipping(t) + rounding(t): a smaller t clips more and rounds less",
                "minmax at 8 bits; mse or a percentile at 4 bits and below"
            )
        case .rounding:
            (
                "to nearest: E[e²] = Δ²/12 over evenly spread values · stochastic: E[e] = 0 for each value, E[e²] = p(1−p)Δ² at a fraction p of a step above a level, Δ²/6 on average",
                "even; stochastic for gradients and updates"
            )
        case .range:
            (
                "static:K  [α, β] of entries 0…K−1 for all others · ema:K:M  r ← (1−M)·r + M·r_new · dynamic  [α, β] of each entry",
                "static for speed where batches look alike; dynamic where their scale drifts, as in the activations of language models"
            )
        case .convention:
            (
                "symmetric S of b bits: t/(2^(b−1)−½) torch · t/(2^(b−1)−1) onnxruntime (int4 as torch), tensorrt, aimet · t/2^(b−1) brevitas · max(−min/2^(b−1), max/(2^(b−1)−1)) torchao",
                "the toolkit that will run the model; :conventions compares any two"
            )
        case .scale:
            (
                "S is rounded to the type, the rounded one is used",
                "f16 for groups: half a bit per weight less at group:32"
            )
        }
    }

    static func theoryMSE(_ step: String, _ value: String) -> String { "Δ²/12 = \(step)²/12 = \(value)" }
    static func theorySQNR(_ value: String) -> String { "with noise of Δ²/12 alone: \(value) dB" }
}
