/// A tensor in stored bytes: where they are, how they are written, and what shape they have.
///
/// Nothing is read on creation. Elements are numbered in row-major order of `shape` whatever the order in the file.
public struct TensorView: Sendable {
    /// The order in which the file holds the elements.
    public enum Order: Sendable { case rowMajor, columnMajor }

    public let name: String
    public let elementType: ElementType
    /// The shape as stored; complex elements count once.
    public let storedShape: Shape
    /// The shape of the numbers: `storedShape`, with a last axis of 2 for complex elements.
    public let shape: Shape
    public let order: Order
    /// The bytes of an element are in the order opposite to this machine's.
    public let isByteSwapped: Bool
    /// Bytes of data in the file.
    public let byteCount: Int
    private let source: any ByteSource
    private let byteOffset: Int
    /// Of a view of some entries: the number of its first element in the tensor that they belong to, and that tensor's shape.
    private let firstElement: Int
    private let wholeShape: Shape

    /// Returns nil where the data does not lie within the source or its size overflows.
    public init?(
        name: String, elementType: ElementType, shape: Shape, order: Order = .rowMajor, isByteSwapped: Bool = false,
        source: any ByteSource, byteOffset: Int = 0
    ) {
        let parts = elementType.componentCount
        guard let bytes = elementType.byteCount(of: shape.count),
            let numbers = parts == 1 ? shape : Shape(shape.extents + [parts]),
            byteOffset >= 0, byteOffset <= source.byteCount, bytes <= source.byteCount - byteOffset
        else { return nil }
        self.name = name
        self.elementType = elementType
        storedShape = shape
        self.shape = numbers
        self.order = order
        self.isByteSwapped = isByteSwapped
        byteCount = bytes
        self.source = source
        self.byteOffset = byteOffset
        firstElement = 0
        wholeShape = shape
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
        order = whole.order
        isByteSwapped = whole.isByteSwapped
        byteCount = (storedShape.count * elementType.bitWidth + 7) / 8
        source = whole.source
        byteOffset = whole.byteOffset
        firstElement = whole.firstElement + entries.lowerBound * whole.shape.product(from: 1)
        wholeShape = whole.wholeShape
    }

    /// A tensor of the given values in memory; nil where their number is not the shape's.
    public init?(name: String, values: [Float], shape: Shape) {
        guard values.count == shape.count else { return nil }
        self.init(name: name, elementType: .float32, shape: shape, source: ByteArray(values))
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
        return try source.withBytes { bytes throws(Failure) in
            guard !range.isEmpty, let start = bytes.baseAddress else { return try body(UnsafePointer(scratch)) }
            let base = start + byteOffset
            if order == .columnMajor && shape.rank > 1 {
                decodeColumnMajor(base, range, into: scratch)
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

    /// Lends the bytes of the stored tensor from its first one on.
    func withStoredBytes(_ body: (UnsafeRawPointer) -> Void) {
        source.withBytes { bytes in
            if let start = bytes.baseAddress { body(start + byteOffset) }
        }
    }

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

    /// Gathers elements of a tensor that stores its first axis fastest.
    ///
    /// Element (i₀, …, i₍r₋₁₎) stands at Σ iₖ·Πⱼ₍ⱼ<ₖ₎ extentⱼ; the parts of complex elements stay together.
    private func decodeColumnMajor(
        _ base: UnsafeRawPointer, _ range: Range<Int>, into output: UnsafeMutablePointer<Float>
    ) {
        let parts = elementType.componentCount
        let extents = wholeShape.extents
        var strides = [Int](repeating: 1, count: extents.count)
        for axis in 1..<max(1, extents.count) { strides[axis] = strides[axis - 1] * extents[axis - 1] }
        var index = [Int](repeating: 0, count: extents.count)
        var rest = range.lowerBound / parts
        for axis in stride(from: extents.count - 1, through: 0, by: -1) {
            index[axis] = rest % extents[axis]
            rest /= extents[axis]
        }
        var part = range.lowerBound % parts
        var at = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
        for position in 0..<range.count {
            let component = at * parts + part
            elementType.decode(from: base, component..<component + 1, swapped: isByteSwapped, into: output + position)
            part += 1
            guard part == parts else { continue }
            part = 0
            var axis = extents.count - 1
            while axis >= 0 {
                index[axis] += 1
                at += strides[axis]
                if index[axis] < extents[axis] { break }
                at -= strides[axis] * extents[axis]
                index[axis] = 0
                axis -= 1
            }
        }
    }
}
