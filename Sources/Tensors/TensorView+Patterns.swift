/// Tensors of 8- and 16-bit elements, which have no more values than bit patterns.
extension TensorView {
    /// How many patterns an element may have: 256 or 65,536; nil where they are too many to count, are packed, or
    /// are not contiguous in the file.
    public var patternCount: Int? {
        guard elementType.componentCount == 1, elementType.block == nil, packed == nil else { return nil }
        if let strides, !storedShape.isPermutation(strides: strides) { return nil }
        return switch elementType.bitWidth {
        case 8: 256
        case 16: 65_536
        default: nil
        }
    }

    /// The value of every pattern, by pattern.
    public var patternValues: [Float] {
        guard let count = patternCount else { return [] }
        let source = ByteArray(
            (0..<count).flatMap { pattern in
                count == 256 ? [UInt8(pattern)] : [UInt8(pattern & 0xFF), UInt8(pattern >> 8)]
            })
        guard let shape = Shape([count]),
            let view = TensorView(name: "", elementType: elementType, shape: shape, source: source)
        else { return [] }
        return view.values(0..<count)
    }

    /// Counts the patterns of elements `range`, in the order of the file, into two tables of `patternCount` that belong
    /// together. Which elements they are follows from the order only where there are no strides.
    ///
    /// - Precondition: there is a `patternCount`.
    public func countPatterns(
        inStoredOrder range: Range<Int>, _ first: UnsafeMutablePointer<UInt32>, _ second: UnsafeMutablePointer<UInt32>
    ) {
        precondition(patternCount != nil && range.lowerBound >= 0 && range.upperBound <= count)
        let areLent = withStoredBytes { base in
            if elementType.bitWidth == 8 {
                let bytes = base + range.lowerBound
                for i in 0..<range.count { first[Int(bytes.load(fromByteOffset: i, as: UInt8.self))] &+= 1 }
                return
            }
            let words = base + range.lowerBound * 2
            func word(_ i: Int) -> Int {
                let raw = words.loadUnaligned(fromByteOffset: i &* 2, as: UInt16.self)
                return Int(isByteSwapped ? raw.byteSwapped : raw)
            }
            var i = 0
            while i &+ 2 <= range.count {
                first[word(i)] &+= 1
                second[word(i &+ 1)] &+= 1
                i &+= 2
            }
            if i < range.count { first[word(i)] &+= 1 }
        }
        // Bytes that could not be lent are zeros wherever they are read.
        if !areLent { first[0] &+= UInt32(range.count) }
    }
}
