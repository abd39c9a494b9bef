/// A part of another source's bytes, such as a member of an archive.
public final class ByteSlice: ByteSource {
    private let whole: any ByteSource
    private let range: Range<Int>

    /// Returns nil where the range does not lie within the source.
    public init?(_ whole: any ByteSource, _ range: Range<Int>) {
        guard range.lowerBound >= 0, range.upperBound <= whole.byteCount else { return nil }
        self.whole = whole
        self.range = range
    }

    public var byteCount: Int { range.count }
    public var fault: SourceFault? { whole.fault }
    public var identity: String? { whole.identity.map { "\($0)+\(range.lowerBound)" } }

    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try whole.withBytes { bytes throws(Failure) in
            guard range.upperBound <= bytes.count else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
            return try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }
}
