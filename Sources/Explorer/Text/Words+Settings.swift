import Basics
import Quantization

/// What settings are, in the survey's terms.
extension Words {
    static func name(of setting: Setting) -> String {
        switch setting {
        case .format: "format"
        case .bits: "bits"
        case .mapping: "mapping"
        case .granularity: "granularity"
        case .clipping: "clipping"
        case .rounding: "rounding"
        case .range: "range"
        case .scale: "scale type"
        case .convention: "convention"
        }
    }

    /// For someone who does not know the word.
    static func plainly(_ setting: Setting) -> String {
        switch setting {
        case .format:
            "A code is the small number that is stored in place of a weight. The format says which values codes stand for."
        case .bits: "How many zeros and ones a code has. Each one more doubles how many values there are to round to."
        case .mapping: "Whether the values that codes stand for lie evenly around zero, or wherever the data lie."
        case .granularity:
            "A scale turns codes back into values. Where few neighbours share one, it fits them better, but more scales have to be stored."
        case .clipping:
            "Which part of the number line gets codes. What lies beyond moves to its end, and what lies within is rounded the more finely the narrower it is."
        case .rounding: "Which way a value goes that lies between two levels."
        case .range: "Whether the range is fixed before the data come, or taken anew from the data themselves."
        case .scale: "Scales are numbers and take room, too. This is how precisely they are kept."
        case .convention: "Toolkits differ in small rules of the same arithmetic. This says whose are followed."
        }
    }

    /// The same of the metrics whose own words need some knowledge; the others speak for themselves.
    static func plainly(_ metric: MetricID) -> String {
        switch metric {
        case .sqnr:
            "How much louder the numbers are than the error that rounding adds. At 20 the error is a tenth of the numbers, at 40 a hundredth; below 10 a layer suffers."
        case .mse: "How far numbers move on average, where a move twice as far counts four times."
        case .cosine: "Whether the numbers as a whole still point the same way: 1 is the very same."
        case .clippedFraction: "The part of the numbers that lie outside the range and are moved to its end."
        case .clipError: "The part of the error that comes from numbers outside the range."
        case .roundError: "The part of the error that comes from numbers within the range, moved to the nearest step."
        case .zeroedFraction: "The part of the numbers that are so small that they become zero."
        case .codeEntropyBits: "How many bits a code would take if frequent codes were written shorter than rare ones."
        case .bitsPerWeight: "The memory that one number takes, with its part of all that is stored besides."
        case .outputError: "How much the results of the layer change, measured on inputs that it was given."
        default: ""
        }
    }

    /// One line for the recipe panel.
    static func explanation(of setting: Setting) -> String {
        switch setting {
        case .format: "what numbers a code can mean"
        case .bits: "b bits give 2^b codes; each one more is about 6 dB"
        case .mapping: "sym: z = 0; symfull: one code more; asym: the range may lie off zero"
        case .granularity: "what shares a scale (survey III-E)"
        case .clipping: "how the range is chosen (survey III-C)"
        case .rounding: "how r/S becomes a whole number"
        case .range: "when the range is chosen (survey III-D)"
        case .scale: "the type in which scales are stored"
        case .convention: "whose rules for S, codes, ties and z"
        }
    }

    /// What a format's codes are, for the list of its family.
    static func size(of token: String) -> String {
        guard let recipe = try? Recipe(token) else { return "" }
        let format = recipe.format, count = NumberText.grouped(format.codeCount)
        guard format.hasEqualSteps else {
            return format.formula.isEmpty ? "\(count) codes" : "\(count) codes; \(format.formula)"
        }
        return "\(count) codes, sym uses \(NumberText.grouped(format.codeCount - 1)) of them"
    }

    static func meansNothing(_ setting: Setting, _ format: String, _ reason: String) -> String {
        "no \(name(of: setting)) with \(format): \(reason)"
    }
    static func hasOneWidth(_ format: String) -> String { "\(format) has one width; f steps the format" }
    static let onlyForIntegers = "it is for int formats"
    static let nearestLevel = "values go to the nearest level"
    static let noRangeAhead = "it has no range to choose ahead"

    static func explanation(of mapping: Mapping) -> String {
        switch mapping {
        case .symmetric: "z = 0, codes ±(2^(b−1)−1): zero is exact, products need no zero-point (weights)"
        case .symmetricFull: "z = 0, codes −2^(b−1) … 2^(b−1)−1: one level more, below zero"
        case .asymmetric: "any range that holds 0, zero-point z: data on one side, as after ReLU"
        }
    }

    static func explanation(ofGranularity template: String) -> String {
        switch template {
        case "tensor": "one range for the whole tensor; the survey's layerwise"
        case "channel:AXIS": "one range for each index of an axis; channelwise, usual for weights"
        case "channels:K@AXIS": "K neighbouring channels share a range; the survey's groupwise"
        case "group:G": "runs of G within a row; the survey's sub-channelwise, usual for 4-bit weights"
        case "group:G@AXIS": "runs of G along an axis"
        default: "tiles of R rows and C columns"
        }
    }

    static func explanation(of rounding: Rounding) -> String {
        switch rounding {
        case .even: "to nearest, ties to even: NumPy, PyTorch, ONNX"
        case .away: "to nearest, ties away from zero: C's round"
        case .up: "to nearest, ties up: floor(t + ½)"
        case .down: "floor: always down; biased by half a step"
        case .zero: "truncation: towards zero"
        case .stochastic: "up with the probability of the fraction: right on average (survey III-H)"
        }
    }

    static func explanation(ofRange template: String) -> String {
        switch template {
        case "range:self": "from the tensor itself"
        case "range:static:K": "static: chosen on the first K entries of axis 0, applied to the others"
        case "range:ema:K:M": "static, from a moving average of each entry's range with weight M for the new"
        default: "dynamic: a range for every entry of axis 0, computed at run time"
        }
    }

    static let noConvention = "the rules of this program: sym, symfull and asym as written under mapping"

    static func explanation(of convention: Convention) -> String {
        switch convention {
        case .torch: "PyTorch observers: S = t/127.5 at 8 bits, codes −128…127, S at least 2^−23"
        case .onnxruntime:
            "ONNX Runtime: S = t/127, codes ±127 (INT4: t/7.5, −8…7), r/S by division, z from S in double precision"
        case .tensorrt: "TensorRT, narrow range: S = t/127, codes ±127, no zero-points; entropy as in NVIDIA's code"
        case .aimet: "AIMET's C++ quantizer: S = t/127, codes −128…127, ties away from zero, percentile from both ends"
        case .brevitas: "Brevitas, full range: S = t/128, codes −128…127, so that the largest positive value is clipped"
        case .torchao: "torchao without clipping: S = max(−min/128, max/127), codes −128…127"
        }
    }

    static func roundingIsTheConventions(_ convention: Convention) -> String {
        "ties are \(convention.rounding) by convention:\(convention.rawValue); e steps the convention"
    }

    static func explanation(of type: ScaleType) -> String {
        switch type {
        case .float32: "32 bits a scale: as computed"
        case .float16: "16 bits a scale, 11 of them digits; over- and underflows beyond 6e-8 … 65504"
        case .bfloat16: "16 bits a scale, 8 of them digits, the range of Float32"
        case .float8E8M0: "8 bits a scale: powers of two, rounded up (as block formats store them)"
        case .float8E4M3: "8 bits a scale, 4 of them digits, 0.002 … 448"
        case .doubleQuantized: "8 bits a scale, in blocks of 256 under a Float32 (double quantization, QLoRA)"
        }
    }
}
