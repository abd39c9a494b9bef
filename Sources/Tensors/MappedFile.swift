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
    private let fileIdentity: Identity
    /// nil where it was written to so lately that another writing might bear the same time.
    public let identity: String?
    /// Under which the mapping is guarded; -1 where it is not.
    private let guardPlace: Int32

    private struct Identity: Equatable {
        let device: UInt64
        let number: UInt64
        let size: Int
        let seconds: Int
        let nanoseconds: Int

        var text: String { "\(device):\(number):\(size):\(seconds).\(nanoseconds)" }

        init(_ status: stat) {
            device = UInt64(truncatingIfNeeded: status.st_dev)
            number = UInt64(truncatingIfNeeded: status.st_ino)
            size = Int(status.st_size)
            #if canImport(Darwin)
                (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
            #else
                (seconds, nanoseconds) = (Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec))
            #endif
        }
    }

    /// When the file's node was last changed, which nobody can set back as the time of writing can be; nil where that is so lately that
    /// another change might bear the same time: clocks of file systems tick every few milliseconds.
    private static func settledChange(_ status: stat) -> String? {
        #if canImport(Darwin)
            let (seconds, nanoseconds) = (status.st_ctimespec.tv_sec, status.st_ctimespec.tv_nsec)
        #else
            let (seconds, nanoseconds) = (Int(status.st_ctim.tv_sec), Int(status.st_ctim.tv_nsec))
        #endif
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let age = Double(now.tv_sec - seconds) + Double(now.tv_nsec - nanoseconds) * 1e-9
        return age > 0.02 || age < 0 ? "\(seconds).\(nanoseconds)" : nil
    }

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
        fileIdentity = Identity(status)
        identity = Self.settledChange(status).map { "\(Identity(status).text):\($0)" }
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
        var status = stat()
        // A path that is gone or leads to another file says nothing of this one.
        guard stat(path, &status) == 0 else { return nil }
        let now = Identity(status)
        guard now.device == fileIdentity.device, now.number == fileIdentity.number, now != fileIdentity else {
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
