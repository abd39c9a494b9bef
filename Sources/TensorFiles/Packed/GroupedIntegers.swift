import Tensors

/// Integers of a few bits in 32-bit words, with scales and zero-points for groups of inputs: what GPTQ and AWQ write for a linear
/// layer.
///
///     W[o, i] = scales[g, o] · (q[i, o] - z[g, o]),   g the group of input i
///
/// GPTQ packs along the inputs, lowest bits first, and stores z - 1 in its first version; with `g_idx` inputs may be in any groups.
/// AWQ packs eight outputs a word in the order 0 2 4 6 1 3 5 7 and stores z. Source: AutoGPTQ, GPTQModel, AutoAWQ.
struct GroupedIntegers: Packing, PackedOfParts {
    static let endings = [".qweight"], codeTypes: Set<ElementType> = [.int32, .uint32]

    private enum Layout { case gptq, awq }

    private let layout: Layout
    private let bits: Int
    private let inputs: Int
    private let outputs: Int
    private let groups: Int
    /// Inputs of a group, where they follow each other; the last one may have fewer.
    private let groupSize: Int
    /// What is added to a stored zero-point.
    private let zeroShift: Int
    private let codes: TensorView
    private let zeros: TensorView
    private let scales: TensorView
    /// The group of every input; nil where they follow each other.
    private let groupIndex: [Int32]?
    let all: PackedParts

    static func unpacked(
        _ codes: TensorView, stem: String, ending: String, beside: TensorsByName
    ) throws(PackingMisfit) -> TensorView? {
        guard let zeros = beside.plain(stem + ".qzeros"), let scales = beside.plain(stem + ".scales") else {
            return nil
        }
        let packed = try GroupedIntegers(codes, zeros, scales, beside.plain(stem + ".g_idx"), beside)
        guard let shape = Shape([packed.outputs, packed.inputs]) else { return nil }
        return TensorView(name: stem + ".weight", packed: packed, elementType: codes.elementType, shape: shape)
    }

    private init(
        _ codes: TensorView, _ zeros: TensorView, _ scales: TensorView, _ index: TensorView?,
        _ beside: TensorsByName
    ) throws(PackingMisfit) {
        let shapes = [codes, zeros, scales].map { $0.shape }
        func misfit(_ expected: String) -> PackingMisfit {
            PackingMisfit(found: "qweight \(shapes[0]), qzeros \(shapes[1]), scales \(shapes[2])", expected: expected)
        }
        guard [codes, zeros].allSatisfy({ $0.elementType == .int32 || $0.elementType == .uint32 }),
            scales.elementType.isFloatingPoint, shapes.allSatisfy({ $0.rank == 2 && $0.count > 0 })
        else { throw misfit("two matrices of 32-bit words and one of floats") }
        groups = shapes[2].extents[0]
        outputs = shapes[2].extents[1]
        guard shapes[1].extents[0] == groups, shapes[1].extents[1] * 32 % outputs == 0 else {
            throw misfit("zero-points for every group and output")
        }
        bits = shapes[1].extents[1] * 32 / outputs
        if shapes[0].extents[1] == outputs {
            layout = .gptq
            guard [2, 3, 4, 8].contains(bits), shapes[0].extents[0] * 32 % bits == 0 else {
                throw misfit("2, 3, 4 or 8 bits")
            }
            inputs = shapes[0].extents[0] * 32 / bits
        } else {
            layout = .awq
            guard bits == 4, shapes[0].extents[1] * 8 == outputs else { throw misfit("4 bits, eight outputs a word") }
            inputs = shapes[0].extents[0]
        }
        zeroShift = layout == .gptq && beside.settings["checkpoint_format"] != "gptq_v2" ? 1 : 0
        var found: [Int32]?
        var length = beside.runLength(inputs, pieces: groups, setting: beside.number("group_size")) ?? inputs
        if layout == .gptq, let index {
            guard index.shape.extents == [inputs], index.elementType == .int32 else {
                throw PackingMisfit(
                    found: "g_idx \(index.elementType.rawValue) \(index.shape)", expected: "I32 [\(inputs)]")
            }
            guard beside.allows(inputs) else {
                throw PackingMisfit(found: "very many group indices in one file", expected: "fewer")
            }
            let count = Int32(truncatingIfNeeded: groups)
            var wrapped = Self.words(index, inputs)
            // Some writers count groups down from zero, in the order of Python's indices.
            for i in wrapped.indices where wrapped[i] < 0 { wrapped[i] &+= count }
            guard wrapped.allSatisfy({ $0 >= 0 && $0 < count }) else {
                throw PackingMisfit(found: "a g_idx beyond the groups", expected: "0 … \(count - 1)")
            }
            let size = max(1, wrapped.prefix { $0 == 0 }.count)
            let isPlain = wrapped.enumerated().allSatisfy { Int($1) == $0 / size }
            found = isPlain ? nil : wrapped
            if isPlain { length = size }
        }
        guard found != nil || inputs.pieces(of: length) == groups else {
            throw misfit("inputs in groups of equal length")
        }
        groupSize = length
        groupIndex = found
        (self.codes, self.zeros, self.scales) = (codes, zeros, scales)
        all = PackedParts([codes, zeros, scales] + (layout == .gptq ? [index].compactMap { $0 } : []))
    }

    private static func words(_ tensor: TensorView, _ count: Int) -> [Int32] {
        var result = [Int32](repeating: 0, count: count)
        tensor.withStoredBytes { bytes in
            for i in 0..<count { result[i] = bytes.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self) }
        }
        return result
    }

    var method: String { "\(layout == .gptq ? "GPTQ" : "AWQ") \(bits)-bit" }

    /// Where all zero-points are the middle the grid is the symmetric one of codes -2^(b-1) … 2^(b-1) - 1.
    var recipe: String? {
        guard groupIndex == nil, [.float16, .bfloat16, .float32].contains(scales.elementType) else { return nil }
        let middle = 1 << (bits - 1)
        var isSymmetric = true
        zeros.withStoredBytes { bytes in
            isSymmetric = (0..<groups).allSatisfy { group in
                (0..<outputs).allSatisfy { zero(bytes, group, $0) == middle }
            }
        }
        let granularity = groups == 1 ? "channel:0" : "group:\(groupSize)"
        return "int\(bits) \(isSymmetric ? "symfull" : "asym") \(granularity)\(scales.elementType.scaleToken)"
    }

    @inline(__always)
    private func group(ofInput i: Int) -> Int { groupIndex.map { Int($0[i]) } ?? i / groupSize }

    /// `bits` bits of a row of words that are `stride` words apart, from bit `start` on; they may span two words.
    @inline(__always)
    private func field(_ words: UnsafeRawPointer, _ start: Int, stride: Int) -> Int {
        let word = start >> 5, shift = start & 31
        func load(_ word: Int) -> UInt32 {
            UInt32(littleEndian: words.loadUnaligned(fromByteOffset: word &* stride &* 4, as: UInt32.self))
        }
        var value = load(word) >> UInt32(shift)
        if shift + bits > 32 { value |= load(word + 1) << UInt32(32 - shift) }
        return Int(value & (1 << UInt32(bits) - 1))
    }

    /// Where AWQ keeps output c of eight.
    private static let places = [0, 4, 1, 5, 2, 6, 3, 7]

    @inline(__always)
    private func awqField(_ row: UnsafeRawPointer, _ output: Int) -> Int {
        field(row, (output & ~7 | Self.places[output & 7]) * 4, stride: 1)
    }

    @inline(__always)
    private func zero(_ bytes: UnsafeRawPointer, _ group: Int, _ output: Int) -> Int {
        let row = bytes + group * (outputs * bits / 32) * 4
        return layout == .gptq ? field(row, output * bits, stride: 1) + zeroShift : awqField(row, output)
    }

    @inline(__always)
    private func code(_ bytes: UnsafeRawPointer, _ input: Int, _ output: Int) -> Int {
        layout == .gptq
            ? field(bytes + output * 4, input * bits, stride: outputs)
            : awqField(bytes + input * (outputs / 8) * 4, output)
    }

    func stored(_ element: Int) -> StoredValue {
        let output = element / inputs, input = element % inputs, group = group(ofInput: input)
        var code = 0, zero = 0
        codes.withStoredBytes { code = self.code($0, input, output) }
        zeros.withStoredBytes { zero = self.zero($0, group, output) }
        let place = group * outputs + output
        return StoredValue(
            code: code, level: Float(code), scale: scales.values(place..<place + 1)[0], zeroPoint: zero)
    }

    /// Rows go in bands, so that neighbouring outputs, which share words and lines of scales, are met together.
    func decode(_ range: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        var at = range.lowerBound
        while at < range.upperBound {
            let row = at / inputs, column = at % inputs
            let isWhole = column == 0 && range.upperBound - at >= inputs
            let rows = isWhole ? min(64, (range.upperBound - at) / inputs) : 1
            let columns = column..<(isWhole ? inputs : min(inputs, column + range.upperBound - at))
            decode(rows: row..<row + rows, columns: columns, into: output + (at - range.lowerBound))
            at += rows * columns.count
        }
    }

    private func decode(rows: Range<Int>, columns: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        var scale = [Float](repeating: 0, count: rows.count), zero = scale
        var known = -1
        let areLent = codes.withStoredBytes { codes in
            for input in columns {
                let group = group(ofInput: input)
                if group != known {
                    known = group
                    let first = group * outputs + rows.lowerBound
                    scale = scales.values(first..<first + rows.count)
                    zeros.withStoredBytes { zeros in
                        for i in 0..<rows.count { zero[i] = Float(self.zero(zeros, group, rows.lowerBound + i)) }
                    }
                }
                for i in 0..<rows.count {
                    let code = Float(self.code(codes, input, rows.lowerBound + i))
                    output[i * columns.count + input - columns.lowerBound] = scale[i] * (code - zero[i])
                }
            }
        }
        if !areLent { output.update(repeating: 0, count: rows.count * columns.count) }
    }
}
