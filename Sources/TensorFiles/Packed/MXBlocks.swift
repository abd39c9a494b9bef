import Tensors

/// Blocks of 32 E2M1 elements, two a byte with the low half first, beside one power of two a block: `X_blocks` and `X_scales`, or
/// `X.blocks` and `X.scales`, as OpenAI's gpt-oss has them.
///
/// x = 2^(s - 127) · level. The codes have the shape of the scales with a last axis of 16 bytes. Source: the gpt-oss checkpoints;
/// OCP Microscaling Formats v1.0.
struct MXBlocks: Packing, PackedValues {
    static let endings = ["_blocks", ".blocks"], codeTypes: Set<ElementType> = [.uint8]
    private static let bytesPerBlock = 16, elementsPerBlock = 32
    private static let levels: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6]

    private let codes: TensorView
    private let scales: TensorView
    private let all: PackedParts

    static func unpacked(
        _ codes: TensorView, stem: String, ending: String, beside: TensorsByName
    ) throws(PackingMisfit) -> TensorView? {
        let name = stem + ending.prefix(1) + "scales"
        guard let scales = beside.plain(name), scales.elementType == .uint8 || scales.elementType == .float8E8M0
        else { return nil }
        var extents = scales.shape.extents
        guard !extents.isEmpty, codes.shape.extents == extents + [bytesPerBlock] else {
            throw PackingMisfit(
                found: "blocks \(codes.shape) with scales \(scales.shape)",
                expected: "scales with an axis of 16 bytes behind")
        }
        // Beside an axis of no length others may be as long as they like.
        guard scales.count > 0 else { return nil }
        extents[extents.count - 1] *= elementsPerBlock
        guard let shape = Shape(extents) else { return nil }
        let packed = MXBlocks(codes: codes, scales: scales, all: PackedParts([codes, scales]))
        return TensorView(name: stem, packed: packed, elementType: codes.elementType, shape: shape)
    }

    var method: String { "MXFP4 blocks" }
    var recipe: String? { "mxfp4" }
    var parts: [String] { all.names }
    var byteCount: Int { all.byteCount }
    var fault: SourceFault? { all.fault }

    @inline(__always)
    private func code(_ bytes: UnsafeRawPointer, _ element: Int) -> Int {
        Int(bytes.load(fromByteOffset: element >> 1, as: UInt8.self) >> (element & 1 == 0 ? 0 : 4) & 0xF)
    }

    /// 255 is no number.
    private func scale(_ block: Int) -> Float {
        var code: UInt8 = 0
        scales.withStoredBytes { code = $0.load(fromByteOffset: block, as: UInt8.self) }
        if code == 255 { return .nan }
        return code == 0 ? 0x1p-127 : Float(bitPattern: UInt32(code) << 23)
    }

    func stored(_ element: Int) -> StoredValue {
        var code = 0
        codes.withStoredBytes { code = self.code($0, element) }
        let block = element / Self.elementsPerBlock
        return StoredValue(code: code, level: Self.levels[code], scale: scale(block), scaleNumber: block)
    }

    func decode(_ range: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        codes.withStoredBytes { bytes in
            var at = range.lowerBound
            while at < range.upperBound {
                let block = at / Self.elementsPerBlock, scale = scale(block)
                let end = min(range.upperBound, (block + 1) * Self.elementsPerBlock)
                for element in at..<end {
                    output[element - range.lowerBound] = Self.levels[code(bytes, element)] * scale
                }
                at = end
            }
        }
    }
}
