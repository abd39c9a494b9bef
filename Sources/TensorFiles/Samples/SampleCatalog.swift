import Platform
import Tensors

/// Small files to look at and to test with, the same bytes on every machine.
public enum SampleCatalog {
    public struct Sample: Sendable {
        public let fileName: String
        public let bytes: [UInt8]
    }

    /// About 300 kB together.
    public static func samples() -> [Sample] {
        let gauss = Quantiles.gaussian(4_096).map { Float($0) }, laplace = Quantiles.laplace(4_096).map { Float($0) }
        let vector = Shape([4_096])!
        return [
            Sample(fileName: "gauss.npy", bytes: NpyWriter.bytes(gauss, shape: vector)),
            Sample(fileName: "laplace.npy", bytes: NpyWriter.bytes(laplace, shape: vector)),
            Sample(fileName: "shapes.safetensors", bytes: shapes()),
            Sample(fileName: "toynet.safetensors", bytes: toyNetwork()),
        ]
    }

    /// The tensor to begin with.
    public static let first = "gauss"
    /// Channels of unequal widths and a few outliers: what there is to see of quantization at a glance.
    public static let telling = "unequal_channels"

    /// What `TensorFile.format` says of them.
    public static let formatName = "built-in samples"

    /// All samples as one opened file, in memory.
    public static func open() throws(FileError) -> TensorFile {
        var tensors: [TensorView] = [], metadata: [(key: String, value: String)] = []
        for sample in samples() {
            let file = try FileFormatCatalog.open(ByteArray(sample.bytes), path: sample.fileName)
            tensors += file.tensors
            metadata += file.metadata
        }
        return TensorFile(path: "samples", format: formatName, metadata: metadata, tensors: tensors)
    }

    /// Tensors that each show one thing.
    private static func shapes() -> [UInt8] {
        let normal = Quantiles.shuffledGaussian()
        func values(_ count: Int, from start: Int = 0, _ value: (Int, Double) -> Double) -> [Float] {
            (0..<count).map { Float(value($0, normal[(start + $0) % normal.count])) }
        }
        // Channel c is narrower by 2^-c than the first.
        let scaled = values(4_096) { index, x in x * exp2(-Double(index / 512)) }
        // Two columns of a matrix carry values thirty times larger, as in the activations of language models.
        let outliers = values(64 * 128, from: 512) { index, x in index % 128 == 17 || index % 128 == 90 ? 30 * x : x }
        // Output channels of unlike widths and offsets.
        let unequal = values(24 * 96, from: 99) { index, x in
            let channel = index / 96
            return (0.02 + 0.11 * Double(channel * 7 % 24)) * x + 0.15 * Double(channel % 5 - 2)
        }
        // A batch of activations after ReLU whose scale drifts from entry to entry.
        let relu = values(16 * 8 * 32, from: 2_048) { index, x in
            max(0, x) * (1 + 0.6 * sin(Double(index / 256) * 0.9))
        }
        let single = values(1_024, from: 7) { index, x in index == 700 ? 50 : x }
        return SafetensorsWriter.bytes(
            [
                .init(name: "constant", extents: [4, 16], values: [Float](repeating: 0.25, count: 64)),
                .init(name: "one_outlier", extents: [1_024], values: single),
                .init(name: "outlier_columns", extents: [64, 128], values: outliers),
                .init(name: "relu_batch", type: .float16, extents: [16, 8, 32], values: relu),
                .init(name: "scaled_channels", extents: [8, 512], values: scaled),
                .init(name: "unequal_channels", type: .bfloat16, extents: [24, 96], values: unequal),
                .init(
                    name: "with_nan", extents: [2, 32],
                    values: values(64) { index, x in index == 5 ? .nan : index == 40 ? .infinity : x }),
            ],
            metadata: [("about", "tensors that each show one thing about quantization")])
    }

    /// The layers of a small convolutional network in several types.
    private static func toyNetwork() -> [UInt8] {
        let normal = Quantiles.shuffledGaussian()
        func weights(_ count: Int, from start: Int, deviation: Double) -> [Float] {
            (0..<count).map { Float(deviation * normal[(start + $0 * 3) % normal.count]) }
        }
        var entries: [SafetensorsWriter.Entry] = [
            .init(name: "embed.ids", type: .int64, extents: [32], values: (0..<32).map { Float($0 * 37 % 101) }),
            .init(name: "embed.mask", type: .bool, extents: [32], values: (0..<32).map { $0 < 24 ? 1 : 0 }),
        ]
        for layer in 0..<12 {
            let width = 16, deviation = 0.25 / Double(layer + 1).squareRoot()
            entries.append(
                .init(
                    name: "layers.\(layer).conv.weight", type: layer % 3 == 1 ? .bfloat16 : .float32,
                    extents: [width, 8, 3, 3],
                    values: weights(width * 72, from: 101 * layer, deviation: deviation)))
            entries.append(
                .init(
                    name: "layers.\(layer).conv.bias", extents: [width],
                    values: weights(width, from: 31 * layer, deviation: 0.05)))
        }
        entries.append(
            .init(
                name: "head.weight", type: .float8E4M3, extents: [10, 64],
                values: weights(640, from: 5, deviation: 0.4)))
        entries.append(
            .init(name: "head.bias", type: .float64, extents: [10], values: weights(10, from: 77, deviation: 0.1)))
        return SafetensorsWriter.bytes(entries, metadata: [("architecture", "toynet"), ("made_by", "qlens samples")])
    }
}
