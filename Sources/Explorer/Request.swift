public import Quantization
public import Tensors

/// Work that `reduce` wants done. A newer request replaces an older one at once.
public struct Request: Sendable {
    public let generation: Int
    public let tensor: TensorView
    /// Which tensor of the file it is: what the worker knows of a tensor is kept under it.
    public let tensorIndex: Int
    public let recipe: Recipe
    /// nil takes the range with the largest share of the error.
    public let range: Int?
    public let coversAll: Bool
    /// Bins of the histograms.
    public let bins: Int
}
