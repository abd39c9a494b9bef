/// A tensor in stored bytes: where they are, how they are written, and what shape they have.
///
/// Nothing is read on creation. Elements are numbered in row-major order of `shape` whatever the order in the file.
public struct TensorView: Sendable {
    public private(set) var name: String
    public let elementType: ElementType
    /// The shape as stored; complex elements count once.
    public let storedShape: Shape
    /// The shape of the numbers: `storedShape`, with a last axis of 2 for complex elements.
    public let shape: Shape
    /// How many elements of the file lie between neighbours along each axis; nil where the elements are in row-major order.
    public let strides: [Int]?
    /// The bytes of an element are in the order opposite to this machine's.
    public let isByteSwapped: Bool
    /// Bytes of data in the file.
    public let byteCount: Int
    let source: any ByteSource
    let byteOffset: Int
    /// Of a view of some entries: the number of its first element in the tensor that they belong to, and that tensor's shape.
    let firstElement: Int
    let wholeShape: Shape
    /// How values follow from several stored tensors; nil where they follow from the bytes alone.
    package let packed: (any PackedValues)?
    /// What errors count, where that is known; no other view of the data has them.
    public private(set) var columnWeights: ColumnWeights?

    /// Returns nil where the data does not lie within the source, its size overflows, or a row is not a whole number of blocks.
    ///
    /// - Parameters:
    ///   - name: as the file has it.
    ///   - elementType: of the stored elements.
    ///   - shape: its extents, outermost first.
    ///   - strides: elements between neighbours along each axis, none negative; 0 repeats. Nil: row-major. Only
    ///     elements of whole bytes may have others than row-major ones.
    ///   - isByteSwapped: the bytes of each element are in the order opposite to this machine's.
    ///   - source: the bytes, read when values are asked for.
    ///   - byteOffset: of the first element within the source.
    public init?(
        name: String, elementType: ElementType, shape: Shape, strides: [Int]? = nil, isByteSwapped: Bool = false,
        source: any ByteSource, byteOffset: Int = 0
    ) {
        let parts = elementType.componentCount
        let strides = strides.flatMap { shape.isRowMajor(strides: $0) ? nil : $0 }
        if let block = elementType.block, shape.count > 0, (shape.extents.last ?? 1) % block.elements != 0 {
            return nil
        }
        if let strides {
            guard elementType.block == nil, elementType.bitWidth % 8 == 0 else { return nil }
            guard strides.count == shape.rank else { return nil }
        }
        guard let bytes = elementType.byteCount(of: shape.count),
            let reach = elementType.byteCount(of: strides.map { shape.reach(strides: $0) } ?? shape.count),
            let numbers = parts == 1 ? shape : Shape(shape.extents + [parts]),
            byteOffset >= 0, byteOffset <= source.byteCount, reach <= source.byteCount - byteOffset
        else { return nil }
        self.name = name
        self.elementType = elementType
        storedShape = shape
        self.shape = numbers
        self.strides = strides
        self.isByteSwapped = isByteSwapped
        byteCount = bytes
        self.source = source
        self.byteOffset = byteOffset
        firstElement = 0
        wholeShape = shape
        packed = nil
    }

    /// A tensor whose values follow from several stored ones.
    ///
    /// - Parameters:
    ///   - name: of the weight that they make.
    ///   - packed: how values follow from the stored tensors.
    ///   - elementType: of the codes.
    ///   - shape: of the values.
    public init(name: String, packed: any PackedValues, elementType: ElementType, shape: Shape) {
        self.name = name
        self.elementType = elementType
        storedShape = shape
        self.shape = shape
        strides = nil
        isByteSwapped = false
        byteCount = packed.byteCount
        source = ByteArray([UInt8]())
        byteOffset = 0
        firstElement = 0
        wholeShape = shape
        self.packed = packed
    }

    /// The entries `range` of axis 0 as a tensor of its own.
    ///
    /// - Precondition: the tensor has an axis, and the entries lie within it.
    public func entries(_ range: Range<Int>) -> TensorView { TensorView(self, entries: range) }

    private init(_ whole: TensorView, entries: Range<Int>) {
        precondition(whole.shape.rank >= 1 && entries.lowerBound >= 0 && entries.upperBound <= whole.shape.extents[0])
        func cut(_ shape: Shape) -> Shape {
            var extents = shape.extents
            extents[0] = entries.count
            // Fewer elements than a shape that is one.
            return Shape(extents) ?? shape
        }
        name = whole.name
        elementType = whole.elementType
        storedShape = cut(whole.storedShape)
        shape = cut(whole.shape)
        strides = whole.strides
        isByteSwapped = whole.isByteSwapped
        byteCount =
            elementType.byteCount(of: storedShape.count) ?? (storedShape.count * elementType.bitWidth + 7) / 8
        source = whole.source
        byteOffset = whole.byteOffset
        firstElement = whole.firstElement + entries.lowerBound * whole.shape.product(from: 1)
        wholeShape = whole.wholeShape
        packed = whole.packed
    }

    /// A tensor of the given values in memory; nil where their number is not the shape's.
    public init?(name: String, values: [Float], shape: Shape) {
        guard values.count == shape.count else { return nil }
        self.init(name: name, elementType: .float32, shape: shape, source: ByteArray(values))
    }

    /// The same tensor with what errors in its columns count.
    public func weighted(by weights: ColumnWeights?) -> TensorView {
        var view = self
        view.columnWeights = weights
        return view
    }

    /// The same tensor under another name.
    public func renamed(_ name: String) -> TensorView {
        var view = self
        view.name = name
        return view
    }

    /// The number of numbers, twice the elements for complex types.
    public var count: Int { shape.count }

    /// Lends elements `range` as Float32: the stored bytes themselves where they are such, else decoded into `scratch`.
    ///
    /// - Precondition: `range` lies within `0..<count` and `scratch` holds at least `range.count` floats.
    @inline(__always)
    public func withValues<Result, Failure: Error>(
        _ range: Range<Int>, scratch: UnsafeMutablePointer<Float>,
        _ body: (UnsafePointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements outside the tensor")
        let range = range.lowerBound + firstElement..<range.upperBound + firstElement
        if let packed {
            if !range.isEmpty { packed.decode(range, into: scratch) }
            return try body(UnsafePointer(scratch))
        }
        return try source.withBytes { bytes throws(Failure) in
            guard let start = bytes.baseAddress else {
                scratch.update(repeating: 0, count: range.count)
                return try body(UnsafePointer(scratch))
            }
            let base = start + byteOffset
            if let strides {
                decode(base, range, strides: strides, into: scratch)
            } else if elementType == .float32 && !isByteSwapped && UInt(bitPattern: base) & 3 == 0 {
                return try body((base + range.lowerBound * 4).assumingMemoryBound(to: Float.self))
            } else {
                elementType.decode(from: base, range, swapped: isByteSwapped, into: scratch)
            }
            return try body(UnsafePointer(scratch))
        }
    }

    /// Whether this is the whole of a stored tensor rather than some entries of one.
    public var isWhole: Bool { shape.count == wholeShape.count * elementType.componentCount }

    /// Lends the bytes of the stored tensor from its first one on; calls nothing and returns false where it has none, as where
    /// there is no room for them in memory.
    @discardableResult
    public func withStoredBytes(_ body: (UnsafeRawPointer) -> Void) -> Bool {
        source.withBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            body(start + byteOffset)
            return true
        }
    }

    /// The stored tensors that packed values follow from; none for others.
    public var parts: [String] { packed?.parts ?? [] }

    /// The type in words: that of the codes where values are packed.
    public var typeName: String { packed?.method ?? elementType.rawValue }

    /// Whether the values are real numbers rather than integers or truth values.
    public var isFloatingPoint: Bool { problem == nil && (packed != nil || elementType.isFloatingPoint) }

    /// Whether reading rounds some values to Float32.
    public var isRoundedOnReading: Bool { packed == nil && elementType.isRoundedOnReading }

    /// The elements are in the bytes one after the other, as this machine writes them.
    public var isPlain: Bool { packed == nil && strides == nil && !isByteSwapped && elementType.block == nil }

    /// The elements of `range` in an array. For heads, tests and small tensors.
    public func values(_ range: Range<Int>) -> [Float] {
        [Float](unsafeUninitializedCapacity: range.count) { buffer, initialized in
            initialized = range.count
            guard let scratch = buffer.baseAddress, !range.isEmpty else { return }
            withValues(range, scratch: scratch) { values in
                if values != UnsafePointer(scratch) { scratch.update(from: values, count: range.count) }
            }
        }
    }

    /// What is wrong with the bytes of the file, found while they were read; values read since it arose may be wrong.
    public var fault: SourceFault? { packed?.fault ?? source.fault }

    /// What names these very values: bytes, type and shape, and what columns count; nil where nothing does.
    public var identity: String? {
        guard let bytes = packed.map({ $0.identity }) ?? source.identity else { return nil }
        let place = "\(byteOffset).\(firstElement)\(isByteSwapped ? "s" : "")\(strides.map { "\($0)" } ?? "")"
        let weights = columnWeights.map { " w\(String($0.fingerprint, radix: 16))" } ?? ""
        return "\(bytes)@\(place) \(typeName) \(storedShape)\(weights)"
    }

    /// Gathers elements that are not in row-major order: element (i₀, …, i₍r₋₁₎) is at Σ iₖ·strideₖ. The parts of
    /// complex elements stay together.
    private func decode(
        _ base: UnsafeRawPointer, _ range: Range<Int>, strides: [Int], into output: UnsafeMutablePointer<Float>
    ) {
        let parts = elementType.componentCount, size = elementType.bitWidth / 8
        let extents = wholeShape.extents
        var index = [Int](repeating: 0, count: extents.count)
        var rest = range.lowerBound / parts
        for axis in stride(from: extents.count - 1, through: 0, by: -1) {
            index[axis] = rest % extents[axis]
            rest /= extents[axis]
        }
        var at = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
        let inner = extents.count - 1
        // The bytes of some elements are brought together first and decoded at once.
        let chunk = 256
        withUnsafeTemporaryAllocation(byteCount: chunk * size, alignment: 16) { gathered in
            guard let room = gathered.baseAddress else { return }
            var element = range.lowerBound / parts, position = range.lowerBound
            while position < range.upperBound {
                var count = 0
                let first = element
                let wanted = min(chunk, (range.upperBound - 1) / parts + 1 - element)
                while count < wanted {
                    let run = min(wanted - count, extents.isEmpty ? 1 : extents[inner] - index[inner])
                    let step = extents.isEmpty ? 0 : strides[inner]
                    Self.gather(base + at * size, step: step * size, size, count: run, into: room + count * size)
                    count += run
                    if extents.isEmpty { continue }
                    index[inner] += run
                    at += run * step
                    var axis = inner
                    while axis >= 0, index[axis] == extents[axis] {
                        at -= strides[axis] * extents[axis]
                        index[axis] = 0
                        axis -= 1
                        if axis >= 0 {
                            index[axis] += 1
                            at += strides[axis]
                        }
                    }
                }
                element += count
                let end = min(element * parts, range.upperBound)
                elementType.decode(
                    from: room, position - first * parts..<end - first * parts, swapped: isByteSwapped,
                    into: output + (position - range.lowerBound))
                position = end
            }
        }
    }

    private static func gather(
        _ base: UnsafeRawPointer, step: Int, _ size: Int, count: Int, into room: UnsafeMutableRawPointer
    ) {
        func copy<Word: BitwiseCopyable>(_ type: Word.Type) {
            for i in 0..<count {
                room.storeBytes(
                    of: base.loadUnaligned(fromByteOffset: i &* step, as: Word.self),
                    toByteOffset: i &* MemoryLayout<Word>.size, as: Word.self)
            }
        }
        switch size {
        case 1: copy(UInt8.self)
        case 2: copy(UInt16.self)
        case 4: copy(UInt32.self)
        case 8: copy(UInt64.self)
        default: for i in 0..<count { (room + i * size).copyMemory(from: base + i * step, byteCount: size) }
        }
    }
}
