import Basics
import Synchronization
import Tensors

/// The bytes of a stored member of an archive, in place.
///
/// Whether they are those that the directory's check sum is of is looked up when somebody first asks what is wrong with them, which is after
/// a pass over them: listing a file reads no values.
final class StoredMember: ByteSource {
    private let bytes: ByteSlice
    private let name: String
    private let checksum: UInt32
    private let isRight = Mutex<Bool?>(nil)

    init(_ bytes: ByteSlice, name: String, checksum: UInt32) {
        self.bytes = bytes
        self.name = name
        self.checksum = checksum
    }

    var byteCount: Int { bytes.byteCount }
    var identity: String? { bytes.identity }

    var fault: SourceFault? {
        if let fault = bytes.fault { return fault }
        let isRight = isRight.withLock { known in
            if let known { return known }
            let found = bytes.withBytes { Zlib.checksum($0) } == checksum
            known = found
            return found
        }
        // Bytes that went away meanwhile are what is wrong.
        if let fault = bytes.fault { return fault }
        return isRight
            ? nil
            : SourceFault(
                found: "zip member \(Printable.quoted(name)) with bytes of another check sum",
                expected: "those that the directory of the archive was written for")
    }

    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withBytes(body)
    }
}
