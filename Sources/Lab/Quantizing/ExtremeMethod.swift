import Basics
import Quantization

/// Weights of two or three levels, and inputs of two (survey IV-E).
enum ExtremeMethod: String, CaseIterable, Sendable {
    /// Weights ±1 (BinaryConnect, Courbariaux et al. 2015).
    case binaryConnect = "binaryconnect"
    /// Weights ±α, α the mean magnitude of each output's (binary weights of XNOR-Net, Rastegari et al. 2016).
    case scaledBinary = "bwn"
    /// Weights ±α and 0, 0 within 0.7 times the mean magnitude (TWN, Li et al. 2016).
    case ternary = "twn"
    /// Weights W_p, 0 and -W_n, whose levels are learnt (TTQ, Zhu et al. 2017).
    case learnedTernary = "ttq"
    /// Weights ±α and inputs ±1, so that a product is a count of bits (XNOR-Net).
    case signs = "xnor"

    var hasSignInputs: Bool { self == .signs }

    /// As screens have it.
    var levels: String {
        switch self {
        case .binaryConnect: "-1, 1"
        case .scaledBinary, .signs: "-α, α"
        case .ternary: "-α, 0, α"
        case .learnedTernary: "-Wn, 0, Wp"
        }
    }

    static let ternaryRecipe: Recipe = .constant("ternary channel:0")
    static let binaryRecipe: Recipe = .constant("binary channel:0")

    /// What weights are stored as.
    var storedAs: Recipe {
        switch self {
        case .binaryConnect: .constant("binary tensor")
        case .scaledBinary, .signs: Self.binaryRecipe
        case .ternary: Self.ternaryRecipe
        case .learnedTernary: .constant("ternary tensor")
        }
    }

    /// TTQ's t: weights within t·max|w| are zero.
    static let learnedThreshold: Float = 0.05

    /// Where TTQ's levels begin: the mean magnitude of what is above TWN's threshold.
    static func ternaryLevel(_ layer: WeightedLayer, context: WorkContext) throws(LabFailure) -> Float {
        var recipe = ternaryRecipe
        recipe.granularity = .tensor
        let values = try WeightQuantizer.reconstruction(layer, recipe, context: context)
        return max(values.reduce(0) { max($0, abs($1)) }, 1e-6)
    }
}
