/// Values that cannot be read: the tensor is listed with its shape, and says why it has none.
///
/// One tensor of an unknown type must not cost the rest of the file.
struct UnreadableValues: PackedValues {
    let method: String
    let byteCount: Int
    let problem: SourceFault
    /// Its elements where they are of whole bytes, for a reader who knows better.
    let items: RawItems?

    var fault: SourceFault? { problem }
    var recipe: String? { nil }
    var parts: [String] { [] }

    func decode(_ range: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        output.update(repeating: .nan, count: range.count)
    }

    func stored(_ element: Int) -> StoredValue { StoredValue(code: 0, level: .nan, scale: .nan) }
}

/// Elements whose size is known and whose type is not.
public struct RawItems: Sendable {
    let source: any ByteSource
    let byteOffset: Int
    /// Of an element.
    let byteCount: Int
    let strides: [Int]?
    let isByteSwapped: Bool

    /// - Parameters:
    ///   - source: the bytes.
    ///   - byteOffset: of the first element.
    ///   - byteCount: of an element.
    ///   - strides: elements between neighbours along each axis; nil for row-major order.
    ///   - isByteSwapped: whether bytes are in the order opposite to this machine's.
    public init(
        _ source: any ByteSource, byteOffset: Int, byteCount: Int, strides: [Int]? = nil, isByteSwapped: Bool = false
    ) {
        self.source = source
        self.byteOffset = byteOffset
        self.byteCount = byteCount
        self.strides = strides
        self.isByteSwapped = isByteSwapped
    }
}

extension TensorView {
    /// A tensor that is in the file, but whose values cannot be read.
    ///
    /// - Parameters:
    ///   - name: as the file has it.
    ///   - typeName: what the file says of the type of its elements.
    ///   - shape: its extents, outermost first.
    ///   - byteCount: bytes of data in the file, as far as they are known.
    ///   - problem: why they cannot be read.
    ///   - items: where the elements are, if they are of whole bytes.
    public init(
        unreadable name: String, typeName: String, shape: Shape, byteCount: Int, problem: SourceFault,
        items: RawItems? = nil
    ) {
        self.init(
            name: name,
            packed: UnreadableValues(method: typeName, byteCount: byteCount, problem: problem, items: items),
            elementType: .uint8, shape: shape)
    }

    /// Why the values cannot be read, known when the file is opened; nil where they can.
    public var problem: SourceFault? { (packed as? UnreadableValues)?.problem }

    /// Bytes of an element whose type is not known; nil for other tensors.
    public var rawItemSize: Int? { (packed as? UnreadableValues)?.items?.byteCount }

    /// The tensor with elements of a type that its user knows it has; nil where they are not of that size.
    public func reinterpreted(as type: ElementType) -> TensorView? {
        guard let items = (packed as? UnreadableValues)?.items, type.block == nil,
            type.bitWidth == 8 * items.byteCount
        else { return nil }
        return TensorView(
            name: name, elementType: type, shape: storedShape, strides: items.strides,
            isByteSwapped: items.isByteSwapped, source: items.source, byteOffset: items.byteOffset)
    }
}
