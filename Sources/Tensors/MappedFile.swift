import Basics
import CSystem
import Platform

/// A whole file mapped read-only: opening costs no reading, and pages come and go with use.
///
/// Where the file is truncated while it is mapped, zeros are read instead of what is gone; that, and bytes that were written over, is
/// a fault. A file that another one took the name of stays what it was.
public final class MappedFile: ByteSource, @unchecked Sendable {
    /// Why a file could not be mapped.
    public enum Failure: Error, Equatable {
        case cannotOpen(errorNumber: Int32)
        case notARegularFile
        case cannotMap(errorNumber: Int32)
    }

    private let base: UnsafeRawPointer?
    public let byteCount: Int
    private let path: String
    /// Which file it is, and when it was last written to.
    private let fileIdentity: FileIdentity
    /// nil where it was written to so lately that another writing might bear the same time.
    public let identity: String?
    /// Under which the mapping is guarded; -1 where it is not.
    private let guardPlace: Int32

    /// Opens `path`. An empty file is mapped as no bytes.
    public init(path: String) throws(Failure) {
        // Without O_NONBLOCK opening a named pipe would wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .cannotOpen(errorNumber: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .cannotOpen(errorNumber: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile }
        byteCount = Int(status.st_size)
        self.path = path
        fileIdentity = FileIdentity(status)
        identity = fileIdentity.settledText
        guard byteCount > 0 else {
            base = nil
            guardPlace = -1
            return
        }
        guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw .cannotMap(errorNumber: errno)
        }
        base = UnsafeRawPointer(address)
        guardPlace = qlens_guard_mapping(address, byteCount)
    }

    public var fault: SourceFault? {
        let expected = "it to stay as it was when it was opened"
        if qlens_mapping_lost_pages(guardPlace) {
            return SourceFault(found: "a file that was cut short or cannot be read any more", expected: expected)
        }
        // A path that is gone or leads to another file says nothing of this one.
        guard let now = FileIdentity(path: path), now.isSameFile(as: fileIdentity), now != fileIdentity else {
            return nil
        }
        return SourceFault(
            found: now.size == fileIdentity.size
                ? "a file that was written to while it was open"
                : "a file of \(now.size) bytes that had \(fileIdentity.size)", expected: expected)
    }

    deinit {
        qlens_unguard_mapping(guardPlace)
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }
    }

    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: byteCount))
    }
}
