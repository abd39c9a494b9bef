/// The stored elements of a tensor as they are, for copies of it.
extension TensorView {
    /// Whether its elements can be copied: they are stored one by one, or in blocks, rather than followed from several tensors.
    public var canBeCopied: Bool { packed == nil && problem == nil && isWhole }

    /// Copies elements in row-major order and little-endian bytes, whatever their order in the file.
    ///
    /// - Parameters:
    ///   - elements: of the stored shape; of block types whole blocks. Types of less than a byte are copied whole only.
    ///   - output: room for as many bytes.
    /// - Returns: false where the bytes cannot be had; `fault` says why.
    /// - Precondition: `canBeCopied`.
    public func copyElements(_ elements: Range<Int>, into output: UnsafeMutableRawPointer) -> Bool {
        precondition(canBeCopied, "a tensor that follows from others")
        guard let first = elementType.byteCount(of: elements.lowerBound),
            let count = elementType.byteCount(of: elements.count)
        else { return false }
        let size = elementType.bitWidth / 8 / elementType.componentCount
        let isSwapped = isByteSwapped && elementType.block == nil && size > 1
        return withStoredBytes { base in
            if let strides {
                copy(base, elements, strides, into: output)
            } else {
                output.copyMemory(from: base + first, byteCount: count)
            }
            guard isSwapped else { return }
            let bytes = output.assumingMemoryBound(to: UInt8.self)
            for start in stride(from: 0, to: count, by: size) {
                for i in 0..<size / 2 {
                    (bytes[start + i], bytes[start + size - 1 - i]) = (bytes[start + size - 1 - i], bytes[start + i])
                }
            }
        }
    }

    /// Element (i₀, …) is at Σ iₖ·strideₖ.
    private func copy(
        _ base: UnsafeRawPointer, _ elements: Range<Int>, _ strides: [Int], into output: UnsafeMutableRawPointer
    ) {
        let size = elementType.bitWidth / 8, extents = storedShape.extents
        var index = [Int](repeating: 0, count: extents.count), rest = elements.lowerBound
        for axis in stride(from: extents.count - 1, through: 0, by: -1) where extents[axis] > 0 {
            index[axis] = rest % extents[axis]
            rest /= extents[axis]
        }
        for place in 0..<elements.count {
            let at = zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }
            (output + place * size).copyMemory(from: base + at * size, byteCount: size)
            var axis = extents.count - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < extents[axis] { break }
                index[axis] = 0
                axis -= 1
            }
        }
    }
}
