import Platform
import TensorFiles
import Tensors

/// What the batch norms of a checkpoint multiply channels by: γ/√(σ² + ε).
struct BatchNormGains {
    private static let ending = ".running_var"
    /// Longer vectors are none of a batch norm.
    private static let longest = 1 << 16

    /// The name of the norm, without what its tensors end in.
    let name: String
    private let gain: [Float]
    private let variance: [Float]

    /// Of a tensor of running variances; nil for other tensors.
    init?(of tensor: TensorView, in file: TensorFile) {
        guard tensor.name.hasSuffix(Self.ending), let variance = Self.vector(tensor) else { return nil }
        name = String(tensor.name.dropLast(Self.ending.count))
        self.variance = variance
        // Without a weight of its own a norm multiplies by one.
        let weight = file.position(named: name + ".weight").flatMap { Self.vector(file.tensors[$0]) }
        gain = weight?.count == variance.count ? weight ?? [] : [Float](repeating: 1, count: variance.count)
    }

    var count: Int { variance.count }

    /// By channel; ε is 1e-5 in PyTorch, 1e-3 in Keras.
    func factors(epsilon: Double = 1e-5) -> [Double] {
        zip(gain, variance).map { Double($0) / (Double($1) + epsilon).squareRoot() }
    }

    private static func vector(_ tensor: TensorView) -> [Float]? {
        tensor.problem == nil && tensor.count > 0 && tensor.count <= longest ? tensor.values(0..<tensor.count) : nil
    }
}
