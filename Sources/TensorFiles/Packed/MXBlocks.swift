import Tensors

/// Blocks of 32 E2M1 elements, two a byte with the low half first, beside one power of two a block: `X_blocks` and `X_scales`, or
/// `X.blocks` and `X.scales`, as OpenAI's gpt-oss has them.
///
/// x = 2^(s - 127) · level. The codes have the shape of the scales with a last axis of 16 bytes: F4 and F8_E8M0 under the name of
/// bytes. Source: the gpt-oss checkpoints; OCP Microscaling Formats v1.0.
enum MXBlocks: Packing {
    static let endings = ["_blocks", ".blocks"], codeTypes: Set<ElementType> = [.uint8]
    private static let bytesPerBlock = 16, elementsPerBlock = 32

    static func unpacked(
        _ codes: TensorView, stem: String, ending: String, beside: TensorsByName
    ) throws(PackingMisfit) -> TensorView? {
        guard let scales = beside.plain(stem + ending.prefix(1) + "scales"),
            scales.elementType == .uint8 || scales.elementType == .float8E8M0
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
        guard let shape = Shape(extents), let levels = codes.reinterpreted(as: .float4, shape: shape),
            let powers = scales.reinterpreted(as: .float8E8M0, shape: scales.shape)
        else { return nil }
        let packed = ScaledCodes(
            levels, scales: powers, run: elementsPerBlock, method: "MXFP4 blocks", recipe: "mxfp4",
            parts: PackedParts([codes, scales]))
        return TensorView(name: stem, packed: packed, elementType: codes.elementType, shape: shape)
    }
}
