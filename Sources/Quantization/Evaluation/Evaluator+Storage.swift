public import Basics
import KernelTypes
public import Tensors

/// What is stored of a tensor under a recipe: reconstructions, and what they are made of.
extension Evaluator {
    /// Calls `body` on all cores with every element once: neighbouring elements in row-major order, as they are and as they are reconstructed.
    /// What is not finite stays as it is.
    ///
    /// Memory is bounded by parts and by the number of long ranges.
    ///
    /// - Parameters:
    ///   - context: threads, and a flag that ends the work.
    ///   - body: gets elements, values, reconstructions, and the number of the worker from 0 on.
    /// - Precondition: ranges are chosen on the elements themselves (`range:self` or `range:dynamic`).
    public func reconstruct(
        _ context: WorkContext,
        _ body: @escaping @Sendable (Range<Int>, UnsafePointer<Float>, UnsafePointer<Float>, Int) -> Void
    ) throws(Cancelled) {
        precondition(ahead == nil, "entries that ranges are calibrated on are not quantized")
        if let better = try prepared(context) { return try better.reconstruct(context, body) }
        guard tensor.count > 0 else { return }
        let rooms = PerWorker(context.threads) { Scratch() }
        try reconstructionPass(context).forEach(context.silent) { _, part, worker in
            let count = part.elements.count, output = rooms[worker].floats(count)
            for i in 0..<count {
                output[i] = part.values[i].isFinite ? part.reconstruction[i] : part.values[i]
            }
            body(part.elements, part.values, UnsafePointer(output), worker)
        }
    }

    /// The scale and the zero-point of every range, in the order of the layout: x̂ = S·(q - z).
    ///
    /// Takes twelve bytes a range.
    ///
    /// - Precondition: as for `reconstruct`; the format has one scale a range.
    public func storedRanges(_ context: WorkContext) throws(Cancelled) -> StoredRanges {
        precondition(ahead == nil, "entries that ranges are calibrated on are not quantized")
        if let better = try prepared(context) { return try better.storedRanges(context) }
        let grids = try allGrids(context), lowest = recipe.codes.lowerBound, isAffine = recipe.format.hasEqualSteps
        return StoredRanges(
            scales: (0..<layout.rangeCount).map { grids.scale[$0] },
            zeroPoints: isAffine ? (0..<layout.rangeCount).map { lowest - Int(grids.low[$0]) } : [],
            layout: layout)
    }
}

/// Scales and zero-points of all ranges of a tensor.
public struct StoredRanges: Sendable {
    public let scales: [Float]
    /// Empty where the format has none.
    public let zeroPoints: [Int]
    let layout: RangeLayout

    /// The range of an element.
    public func range(ofElement element: Int) -> Int { layout.range(ofElement: element) }
}

extension GGMLFormat {
    /// Bytes and elements of a block.
    public var blockBytes: Int { type.encoder.block.bytes }
    public var blockElements: Int { type.encoder.block.elements }
    /// The type of the blocks in a file; nil where files have none.
    public var elementType: ElementType? { ElementType(rawValue: type.name.uppercased()) }

    /// The blocks of some elements of a tensor, as GGUF files store them. What is not finite takes part as zero.
    ///
    /// - Precondition: the elements are whole blocks of rows.
    public func encode(_ tensor: TensorView, _ elements: Range<Int>, into output: UnsafeMutableRawPointer) {
        func encode<Encoder: BlockEncoder>(_ encoder: Encoder.Type) {
            let unit = Encoder.Block.elements
            precondition(elements.lowerBound % unit == 0 && elements.count % unit == 0, "half a block")
            let room = Scratch(), clean = room.floats(elements.count)
            tensor.withValues(elements, scratch: clean) { values in
                for i in 0..<elements.count { clean[i] = values[i].isFinite ? values[i] : 0 }
            }
            let weights = tensor.columnWeights
            for start in stride(from: 0, to: elements.count, by: unit) {
                let block = output + start / unit * Encoder.Block.bytes
                guard let weights else {
                    Encoder.encode(clean + start, weights: nil, into: block)
                    continue
                }
                weights.values.withUnsafeBufferPointer { all in
                    Encoder.encode(
                        clean + start,
                        weights: all.baseAddress.map { $0 + weights.index(ofElement: elements.lowerBound + start) },
                        into: block)
                }
            }
        }
        func open(_ encoder: any BlockEncoder.Type) { encode(encoder) }
        open(type.encoder)
    }
}
