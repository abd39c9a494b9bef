/// What metrics and statistics are called and what they mean.
extension Words {
    static let outlierScore = "outlier score"
    static let zeros = "zeros"
    static let skewness = "skewness"
    static let kurtosis = "kurtosis"

    static func label(ofMetric key: String) -> String {
        switch key {
        case "sqnr_db": "SQNR"
        case "mse": "MSE"
        case "clip_error": "├ clipping"
        case "round_error": "└ rounding"
        case "bits_per_weight": "bits/weight"
        case "max_abs_error": "max |e|"
        case "clipped_fraction": "clipped"
        case "zeroed_fraction": "zeroed"
        case "cosine": "cosine"
        case "mae": "MAE"
        case "rmse": "RMSE"
        case "bias": "bias"
        case "relative_l2": "relative L2"
        case "output_error": "output error"
        case "code_entropy_bits": "code entropy"
        case "huffman_bits": "Huffman"
        case "levels_used": "levels used"
        case "bytes": "stored"
        case "compression_ratio": "smaller by"
        default: key
        }
    }

    /// What a metric is; its formula; what is reasonable.
    static func explanation(ofMetric key: String) -> (what: String, formula: String, reasonable: String) {
        switch key {
        case "sqnr_db":
            (
                "signal to quantization noise ratio: the power of the tensor over the power of the error",
                "SQNR = 10·log10(Σx²/Σe²) dB, e = x̂ − x",
                "6.02 dB for every bit; 8 bits keep 35 to 45 dB of Gaussian weights, 4 bits about 20; below 10 dB a layer suffers in most networks"
            )
        case "output_error":
            (
                "what the error does to the layer's outputs, over the inputs X that were measured (--activations): it counts weights by what they are multiplied by",
                "‖(Ŵ − W)X‖ / ‖WX‖, Frobenius norms over all samples",
                "near the relative L2 of the weights where inputs are alike; far above it where the columns that suffer meet large inputs: this is what SmoothQuant, AWQ and GPTQ act on"
            )
        case "mse":
            (
                "mean squared error: what most calibrators minimise", "MSE = Σe²/N = clipping part + rounding part",
                "Δ²/12 where nothing is clipped and steps are small against the spread (survey III-B)"
            )
        case "clip_error":
            (
                "the part of the MSE from elements beyond the outermost level by more than half a step",
                "Σe²/N over the clipped elements",
                "smaller than the rounding part at the best range of few bits; zero with minmax"
            )
        case "round_error":
            (
                "the part of the MSE from all other elements", "Σe²/N over the elements that are not clipped",
                "Δ²/12 for fine steps; far less where most elements are zero"
            )
        case "bits_per_weight":
            (
                "all stored bits over elements: codes, scales, zero-points",
                "b + (scale bits + zero-point bits)·ranges/N", "group:32 with f16 scales adds half a bit"
            )
        case "max_abs_error":
            (
                "the largest single error", "max |x̂ − x|",
                "half a step without clipping; one step for floor and truncation"
            )
        case "clipped_fraction":
            (
                "how many elements lie beyond the outermost level by more than half the gap to its neighbour",
                "count/N", "0 with minmax; 0.1 to 1 % at the best range of 4 bits"
            )
        case "zeroed_fraction":
            (
                "how many elements that are not zero become zero", "count(x ≠ 0, x̂ = 0)/N",
                "large where one outlier sets the range: most weights share the zero code"
            )
        case "cosine":
            (
                "whether the tensor keeps its direction", "Σx·x̂/(‖x‖·‖x̂‖)",
                "above 0.999 at 8 bits, above 0.99 at good 4 bits"
            )
        case "mae": ("mean absolute error", "Σ|e|/N", "Δ/4 for fine steps without clipping")
        case "rmse": ("root of the MSE, in the unit of the tensor", "√(Σe²/N)", "Δ/√12 = 0.29·Δ for fine steps")
        case "bias":
            (
                "the mean error: a shift of a layer's output that bias correction can remove", "Σe/N",
                "near zero for rounding to nearest; −Δ/2 for floor"
            )
        case "relative_l2":
            ("the error's length against the tensor's", "‖e‖/‖x‖", "10^(−SQNR/20): 0.1 at 20 dB, 0.01 at 40 dB")
        case "code_entropy_bits":
            (
                "the least bits a code takes after entropy coding", "−Σ p·log2 p over all codes",
                "below the bit width: the rest could be saved (survey IV-F)"
            )
        case "huffman_bits":
            (
                "the mean length of a code if each had its own number of bits: the best code of whole bits (Huffman 1952)",
                "entropy ≤ Huffman < entropy + 1",
                "as near to the entropy as whole bits come; Deep Compression codes its k-means indices like this (survey II.3, IV-F)"
            )
        case "levels_used":
            ("codes that occur at all", "count of codes with an element", "all of them, for large tensors at few bits")
        case "bytes": ("bytes after quantization", "all stored bits/8", "N·b/8 and the scales")
        case "compression_ratio":
            ("how much smaller the tensor gets", "source bytes/stored bytes", "32/b from Float32, less the scales")
        default: (key, "", "")
        }
    }

    // MARK: Flags

    static func flagNotFinite(nan: Int, infinite: Int) -> String {
        let parts = [(nan, "NaN"), (infinite, "∞")].filter { $0.0 > 0 }
        return parts.map { "\(NumberText.grouped($0.0)) \($0.1)" }.joined(separator: ", ")
            + ": left out of every number"
    }
    static let reasonNotFinite = "something upstream overflowed or divided by zero; a stored tensor should be finite"
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
                "int: q = round(r/S) + z, r̂ = S·(q − z), the survey writes Z = −z · others: q is the place of the level that r/S goes to, r̂ = S·level",
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
