import Platform
public import Tensors

/// The outline of a tensor's values, for a row of a list: a shape to recognise, not numbers to read.
public struct Silhouette: Sendable {
    /// log(1 + count) of equal bins from the least to the largest value, as parts of the largest: an outlier makes it narrow; empty where no element is finite.
    public let heights: [Double]

    public static let bins = 16
    private static let runs = 16, runLength = 1_024

    /// From 16 runs of 1,024 neighbouring elements at most, evenly over the tensor.
    public init(_ tensor: TensorView) {
        var values: [Float] = []
        let count = tensor.count
        for run in 0..<Self.runs {
            let start = count <= Self.runs * Self.runLength ? run * Self.runLength : run * (count / Self.runs)
            guard start < count else { break }
            values += tensor.values(start..<min(count, start + Self.runLength)).filter { $0.isFinite }
        }
        guard !values.isEmpty else {
            heights = []
            return
        }
        var counts = [Int](repeating: 0, count: Self.bins)
        let low = Double(values.min() ?? 0), high = Double(values.max() ?? 0)
        for value in values {
            let place = high > low ? (Double(value) - low) / (high - low) : 0.5
            counts[max(0, min(Self.bins - 1, Int(place * Double(Self.bins))))] += 1
        }
        // By their logarithms: tails are what differs.
        let most = log1p(Double(counts.max() ?? 1))
        heights = counts.map { log1p(Double($0)) / most }
    }
}
