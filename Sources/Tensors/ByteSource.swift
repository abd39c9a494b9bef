/// Bytes that live as long as the object: a mapped file, or memory for tests and small generated tensors.
///
/// The bytes are lent through a closure, so that no pointer outlives its owner.
public protocol ByteSource: AnyObject, Sendable {
    var byteCount: Int { get }
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result
}

/// Bytes held in an array.
public final class ByteArray: ByteSource {
    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The native bytes of the values.
    public convenience init(_ values: [Float]) { self.init(values.withUnsafeBytes { Array($0) }) }

    public var byteCount: Int { bytes.count }

    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try bytes.withUnsafeBytes(body)
    }
}
