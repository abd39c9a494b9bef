/// The bits of elements as integers, for tensors whose elements are codes.
extension TensorView {
    /// The bits of an element as an integer, with its sign where the type has one.
    ///
    /// - Precondition: the values are not packed, and the type has 4, 8, 16 or 32 bits; `element` lies within the tensor.
    public func code(of element: Int) -> Int {
        precondition(packed == nil && element >= 0 && element < count)
        var place = firstElement + element
        if let strides {
            // Along the axes, the last one first.
            var rest = place
            place = 0
            for (extent, stride) in zip(wholeShape.extents, strides).reversed() {
                place += rest % extent * stride
                rest /= extent
            }
        }
        var code = 0
        withStoredBytes { bytes in
            func load<Word: FixedWidthInteger & BitwiseCopyable>(_ type: Word.Type) -> Int {
                let word = bytes.loadUnaligned(fromByteOffset: place * MemoryLayout<Word>.size, as: Word.self)
                return Int(truncatingIfNeeded: isByteSwapped ? word.byteSwapped : word)
            }
            switch (elementType, elementType.bitWidth) {
            case (_, 4): code = Int(bytes.halfByte(place, from: 0))
            case (.int8, _): code = load(Int8.self)
            case (.int16, _): code = load(Int16.self)
            case (.int32, _): code = load(Int32.self)
            case (_, 8): code = load(UInt8.self)
            case (_, 16): code = load(UInt16.self)
            case (_, 32): code = load(UInt32.self)
            default: preconditionFailure("codes of \(elementType.rawValue)")
            }
        }
        return code
    }

    /// The same bytes as elements of another type; nil where they are not as many bytes, or not contiguous.
    public func reinterpreted(as type: ElementType, shape: Shape) -> TensorView? {
        guard isPlain, isWhole, type.byteCount(of: shape.count) == byteCount else { return nil }
        return TensorView(name: name, elementType: type, shape: shape, source: source, byteOffset: byteOffset)
    }
}
