import Tensors

/// Encodes a tensor in blocks of a ggml type, and decodes them again.
struct GGMLCoder: JointCoder {
    private let encoder: any BlockEncoder.Type
    private let levels: [Int8]
    /// Places of levels in the list, by the level's bits.
    private let places: [UInt16]
    private let weights: ColumnWeights?
    let unit: Int
    let run: Int
    var blocks: GGMLCoder? { self }
    var codeCount: Int { levels.count }
    var valuesPerCode: Int { 1 }

    init(_ format: GGMLFormat, _ tensor: TensorView) {
        encoder = format.type.encoder
        levels = format.type.levels
        unit = format.blockSize
        run = format.runLength
        weights = tensor.columnWeights
        var places = [UInt16](repeating: 0, count: 256)
        for (place, level) in format.type.levels.enumerated() { places[Int(UInt8(bitPattern: level))] = UInt16(place) }
        self.places = places
    }

    func code(_ x: UnsafePointer<Float>, _ count: Int, element: Int, into output: JointOutput) {
        guard let weights else { return encode(encoder, x, count, { _ in nil }, into: output) }
        weights.values.withUnsafeBufferPointer { all in
            guard let first = all.baseAddress else { return }
            encode(encoder, x, count, { first + weights.index(ofElement: element + $0) }, into: output)
        }
    }

    private func encode<Encoder: BlockEncoder>(
        _ encoder: Encoder.Type, _ x: UnsafePointer<Float>, _ count: Int,
        _ weights: (Int) -> UnsafePointer<Float>?, into output: JointOutput
    ) {
        withUnsafeTemporaryAllocation(byteCount: Encoder.Block.bytes, alignment: 16) { room in
            guard let block = room.baseAddress else { return }
            BlockParts.withRoom { parts in
                for start in stride(from: 0, to: count, by: unit) {
                    Encoder.encode(x + start, weights: weights(start), into: block)
                    Encoder.Block.unpack(block, into: parts)
                    Encoder.Block.expand(parts, into: output.reconstruction + start)
                    for i in 0..<unit { output.codes[start + i] = places[Int(UInt8(bitPattern: parts.codes[i]))] }
                    for i in 0..<unit / run {
                        output.scales[start / run + i] = parts.scales[i]
                        output.offsets[start / run + i] = Encoder.Block.hasOffset ? parts.offsets[i] : 0
                    }
                }
            }
        }
    }

    /// What some values of whole units become.
    func block<Result>(_ values: [Float], element: Int, _ body: (JointOutput) -> Result) -> Result {
        var codes = [UInt16](repeating: 0, count: values.count)
        let room = Scratch(), numbers = room.floats(3 * values.count)
        return codes.withUnsafeMutableBufferPointer { codes in
            values.withUnsafeBufferPointer { values in
                let output = JointOutput(
                    reconstruction: numbers, codes: codes.baseAddress!, scales: numbers + values.count,
                    offsets: numbers + 2 * values.count)
                code(values.baseAddress!, values.count, element: element, into: output)
                return body(output)
            }
        }
    }

    func quantizer(ofValuesAt first: Int, in output: JointOutput) -> Quantizer {
        .run(RunQuantizer(scale: output.scales[first / run], offset: output.offsets[first / run], book: levels))
    }
}
