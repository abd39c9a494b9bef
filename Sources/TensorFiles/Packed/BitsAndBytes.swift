import Tensors

/// Four-bit codes of a book of 16 levels under the largest magnitudes of blocks of the flattened tensor, as bitsandbytes stores NF4
/// and FP4; the block scales may be 8-bit codes of a book of their own (double quantization).
///
///     x = map[code] · absmax[i / blocksize],   absmax = nested_map[a] · nested_absmax[j / nested_blocksize] + offset
///
/// Two codes a byte, the high half first. Source: `QuantState` of bitsandbytes.
struct BitsAndBytes: Packing, PackedOfParts {
    static let endings = [""], codeTypes: Set<ElementType> = [.uint8]
    private static let statePrefix = ".quant_state.bitsandbytes__"

    private let codes: TensorView
    private let levels: [Float]
    private let block: Int
    private let absmax: TensorView
    private let nested: Nested?
    private let kind: String
    private let rowLength: Int
    let all: PackedParts

    /// How the largest magnitudes are stored as codes.
    private struct Nested {
        let levels: [Float]
        let absmax: TensorView
        let block: Int
        let offset: Float
    }

    static func unpacked(
        _ codes: TensorView, stem: String, ending: String, beside: TensorsByName
    ) throws(PackingMisfit) -> TensorView? {
        for kind in ["nf4", "fp4"] {
            guard let state = beside.plain(codes.name + statePrefix + kind) else { continue }
            let settings = try State(state)
            let packed = try BitsAndBytes(codes, kind: kind, settings, beside)
            return TensorView(name: codes.name, packed: packed, elementType: codes.elementType, shape: settings.shape)
        }
        return nil
    }

    /// The JSON text that a tensor of bytes holds.
    private struct State {
        var shape = Shape.scalar
        var block = 0
        var nestedBlock = 0
        var offset: Float = 0

        init(_ tensor: TensorView) throws(PackingMisfit) {
            let expected = "JSON with shape and blocksize"
            guard tensor.elementType == .uint8, tensor.count > 1, tensor.count <= 65_536 else {
                throw PackingMisfit(
                    found: "a quant_state of \(tensor.count) \(tensor.elementType.rawValue)", expected: expected)
            }
            var bytes: [UInt8] = []
            tensor.withStoredBytes { bytes = Array(UnsafeRawBufferPointer(start: $0, count: tensor.count)) }
            var scanner = JSONScanner(bytes), extents: [Int] = []
            do throws(Misfit) {
                try scanner.object { key, _, scanner throws(Misfit) in
                    switch key {
                    case "shape":
                        try scanner.array { scanner throws(Misfit) in
                            guard extents.count < 16 else {
                                throw Misfit(offset: 0, found: "more than 16 axes", expected: "fewer")
                            }
                            extents.append(try scanner.count())
                        }
                    case "blocksize": self.block = try scanner.count()
                    case "nested_blocksize": self.nestedBlock = try scanner.count()
                    case "nested_offset": self.offset = Float(try scanner.scalarText()) ?? .nan
                    default: try scanner.skipValue()
                    }
                }
            } catch {
                throw PackingMisfit(found: "a quant_state with \(error.found)", expected: expected)
            }
            guard let known = Shape(extents), known.count > 0, block > 0, offset.isFinite else {
                throw PackingMisfit(
                    found: "a quant_state of shape \(extents) and blocksize \(block)", expected: expected)
            }
            shape = known
        }
    }

    private init(_ codes: TensorView, kind: String, _ state: State, _ beside: TensorsByName) throws(PackingMisfit) {
        func part(_ name: String) throws(PackingMisfit) -> TensorView {
            guard let tensor = beside.plain(codes.name + "." + name) else {
                throw PackingMisfit(found: "no \(name)", expected: "one beside the codes")
            }
            return tensor
        }
        func book(_ name: String, _ count: Int) throws(PackingMisfit) -> TensorView {
            let tensor = try part(name)
            guard tensor.count == count, tensor.elementType == .float32 else {
                throw PackingMisfit(
                    found: "\(name) \(tensor.elementType.rawValue) \(tensor.shape)", expected: "F32 [\(count)]")
            }
            return tensor
        }
        self.codes = codes
        self.kind = kind
        block = state.block
        rowLength = state.shape.extents.last ?? 1
        guard codes.count == state.shape.count.pieces(of: 2) else {
            throw PackingMisfit(found: "\(codes.count) bytes of codes", expected: "half of shape \(state.shape)")
        }
        let map = try book("quant_map", 16)
        absmax = try part("absmax")
        let blocks = state.shape.count.pieces(of: state.block)
        guard absmax.count == blocks else {
            throw PackingMisfit(
                found: "\(absmax.count) scales", expected: "\(blocks), one for \(state.block) elements each")
        }
        levels = map.values(0..<16)
        var parts = [codes, absmax, map]
        if absmax.elementType == .uint8 {
            let nestedMap = try book("nested_quant_map", 256), nestedScales = try part("nested_absmax")
            guard state.nestedBlock > 0, nestedScales.count == blocks.pieces(of: state.nestedBlock),
                nestedScales.elementType == .float32
            else {
                throw PackingMisfit(
                    found:
                        "nested_absmax \(nestedScales.elementType.rawValue) \(nestedScales.shape) for blocks of \(state.nestedBlock)",
                    expected: "F32, one for each block of scales")
            }
            nested = Nested(
                levels: nestedMap.values(0..<256), absmax: nestedScales, block: state.nestedBlock, offset: state.offset)
            parts += [nestedScales, nestedMap]
        } else {
            guard absmax.elementType == .float32 else {
                throw PackingMisfit(found: "absmax \(absmax.elementType.rawValue)", expected: "F32 or U8")
            }
            nested = nil
        }
        all = PackedParts(parts)
    }

    var method: String { "bitsandbytes \(kind.uppercased())" }

    /// Blocks run over the flattened tensor: they are runs of rows where rows are whole blocks.
    var recipe: String? {
        guard kind == "nf4", rowLength % block == 0 else { return nil }
        return "nf4 group:\(block)" + (nested == nil ? "" : " scale:dq")
    }

    private func scales(_ range: Range<Int>) -> [Float] {
        let stored = absmax.values(range)
        guard let nested, !range.isEmpty else { return stored }
        let first = range.lowerBound / nested.block
        let outer = nested.absmax.values(first..<(range.upperBound - 1) / nested.block + 1)
        return zip(range, stored).map { number, code in
            nested.levels[Int(code)] * outer[number / nested.block - first] + nested.offset
        }
    }

    @inline(__always)
    private func code(_ bytes: UnsafeRawPointer, _ element: Int) -> Int {
        Int(bytes.load(fromByteOffset: element >> 1, as: UInt8.self) >> (element & 1 == 0 ? 4 : 0) & 0xF)
    }

    func stored(_ element: Int) -> StoredValue {
        var code = 0
        codes.withStoredBytes { code = self.code($0, element) }
        let number = element / block
        return StoredValue(code: code, level: levels[code], scale: scales(number..<number + 1)[0])
    }

    func decode(_ range: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        let first = range.lowerBound / block
        let scales = scales(first..<(range.upperBound - 1) / block + 1)
        let areLent = codes.withStoredBytes { bytes in
            for element in range {
                output[element - range.lowerBound] = levels[code(bytes, element)] * scales[element / block - first]
            }
        }
        if !areLent { output.update(repeating: 0, count: range.count) }
    }
}
