/// Bytes that live as long as the object: a mapped file, or memory for tests and small generated tensors.
///
/// The bytes are lent through a closure, so that no pointer outlives its owner.
public protocol ByteSource: AnyObject, Sendable {
    var byteCount: Int { get }
    /// What went wrong with the bytes while they were used; from then on they may be zeros.
    var fault: SourceFault? { get }
    /// What names these very bytes, so that results about them may be stored; nil where nothing does.
    var identity: String? { get }
    /// Lends all bytes, or none at all where there is no room for them in memory, which `fault` then says.
    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result
}

extension ByteSource {
    public var fault: SourceFault? { nil }
    public var identity: String? { nil }
}

/// What is wrong with bytes that were lent: what was found, and what was expected.
public struct SourceFault: Error, Equatable, Sendable, CustomStringConvertible {
    public let found: String
    public let expected: String

    public init(found: String, expected: String) {
        self.found = found
        self.expected = expected
    }

    public var description: String { "found \(found), expected \(expected)" }
}

/// Bytes held in an array.
public final class ByteArray: ByteSource {
    private let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The native bytes of the values.
    public convenience init(_ values: [Float]) { self.init(values.withUnsafeBytes { Array($0) }) }

    public var byteCount: Int { bytes.count }

    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // The standard library's version forgets the error's type.
        let result: Swift.Result<Result, Failure> = bytes.withUnsafeBytes { bytes in
            do throws(Failure) { return .success(try body(bytes)) } catch { return .failure(error) }
        }
        return try result.get()
    }
}
