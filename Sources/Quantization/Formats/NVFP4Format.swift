/// NVIDIA's four-bit floats: blocks of 16 E2M1 elements, an E4M3 scale a block, one Float32 a tensor.
///
/// g = max|x|/(6·448) over the tensor, S = g·E4M3(t/(6·g)) with t the block's largest magnitude; so the largest block has the
/// largest E4M3 scale. A scale that E4M3 would make zero takes its smallest value. Source: NVIDIA Model Optimizer and TensorRT.
public struct NVFP4Format: ScaledFormat, Hashable {
    public var name: String { "nvfp4" }
    public var bits: Int { 4 }
    public static let blockSize = 16
    var book: CodeBook { SmallFloatFormat.e2m1.book }
    var needsTensorLargest: Bool { true }
    public var smallFloat: SmallFloatFormat? { .e2m1 }

    public var traits: FormatTraits {
        .blocks(of: Self.blockSize, scale: "E4M3 numbers under one Float32 of the tensor")
    }

    public var formula: String { "S = g·E4M3(t/(6·g))" }
    public func text(ofCode code: Int) -> String { SmallFloatFormat.e2m1.text(ofCode: code) }

    func scaleRule(_ type: ScaleType, tensorLargest: Float) -> ScaleRule {
        .twoLevels(
            tensorScale: tensorLargest > 0 ? max(tensorLargest / (6 * 448), .leastNormalMagnitude) : 1, level: 6)
    }

    public func storedBits(_ size: StoredParts) -> Double {
        Double(size.ranges) * Double(Self.blockSize * bits + 8) + 32
    }

    public static let family = FormatFamily(
        prefix: "nvfp4", pattern: "nvfp4",
        summary: "blocks of 16 four-bit floats under E4M3 scales and one Float32: 4.5 bits a weight",
        source: "NVIDIA Model Optimizer, TensorRT", choices: [FormatChoice("nvfp4")], usual: ["nvfp4"],
        parse: { $0 == "nvfp4" ? .success(NVFP4Format()) : .failure(FormatError(expected: "nvfp4")) })
}
