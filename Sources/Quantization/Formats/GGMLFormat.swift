import Basics
public import Tensors

/// Block types of ggml, as llama.cpp and its kin quantize to them: integers or levels of a book under scales of short runs, which
/// super-blocks store as codes in turn.
///
/// Types without a search give the bytes of ggml's reference quantizer, the others look for scales of the least squared error
/// (`BlockEncoder`), weighted by the columns' importance where the tensor has one. Blocks are cut along the last axis, whose length
/// they must divide: ggml would silently take another type. Source: the ggml library.
public struct GGMLFormat: JointFormat, Hashable {
    let type: BlockEncoderCatalog.Entry

    public var name: String { Self.prefix + type.name }
    public var bits: Int { Int.bitWidth - (type.levels.count - 1).leadingZeroBitCount }
    public var codeCount: Int { type.levels.count }
    public var rowMultiple: Int { blockSize }
    /// Elements of a block, and of a run of one scale.
    var blockSize: Int { type.encoder.block.elements }
    var runLength: Int { type.encoder.block.run }
    private var block: any BlockType.Type { type.encoder.block }
    var learningShare: Double { 0 }

    func coder(for tensor: TensorView, isEstimate: Bool, _ context: WorkContext) -> any JointCoder {
        GGMLCoder(self, tensor)
    }

    func sample(of tensor: TensorView, _ layout: RangeLayout) -> TensorSample {
        TensorSample(tensor, layout, blocksOf: blockSize)
    }

    public var traits: FormatTraits {
        let runs = blockSize == runLength ? "" : ", which blocks of \(blockSize) hold together"
        return FormatTraits(
            hasOffset: block.hasOffset, clipping: .none(type.words),
            granularity: .fixed(.group(size: runLength), "its scales are of runs of \(runLength)\(runs)"),
            scaleTypes: [], noScale: "its scales are stored as the type says", study: .blocks)
    }

    public var formula: String { block.hasOffset ? "r̂ = S·q + m" : "r̂ = S·q" }

    public func storedBits(_ size: StoredParts) -> Double {
        Double(size.elements.pieces(of: blockSize)) * Double(block.bytes * 8)
    }

    static let prefix = "ggml:"

    public static let family = FormatFamily(
        prefix: prefix, pattern: "ggml:TYPE (\(BlockEncoderCatalog.entries.map { $0.name }.joined(separator: ", ")))",
        summary: "the blocks of GGUF files, as llama.cpp quantizes to them", source: "ggml",
        choices: BlockEncoderCatalog.entries.map { FormatChoice(prefix + $0.name, words: $0.words) },
        usual: BlockEncoderCatalog.entries.map { prefix + $0.name },
        parse: { token in
            let name = token.dropFirst(prefix.count)
            guard let type = BlockEncoderCatalog.entries.first(where: { $0.name == name }) else {
                let known = BlockEncoderCatalog.entries.map { prefix + $0.name }.joined(separator: ", ")
                return .failure(FormatError(expected: "one of \(known)"))
            }
            return .success(GGMLFormat(type: type))
        })

    public static func == (first: GGMLFormat, second: GGMLFormat) -> Bool { first.name == second.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A tensor whose rows are not whole blocks.
public struct BlockError: Error, Equatable, Sendable, CustomStringConvertible {
    public let format: String
    public let shape: Shape
    public let multiple: Int

    public var description: String {
        let last = shape.extents.last ?? 1
        return "\(format) stores rows of whole blocks: found rows of \(last) in shape \(shape), "
            + "expected a multiple of \(multiple) along the last axis (other tools would silently take another type)"
    }
}
