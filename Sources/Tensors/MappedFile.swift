#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A whole file mapped read-only: opening costs no reading, and pages come and go with use.
public final class MappedFile: ByteSource, @unchecked Sendable {
    /// Why a file could not be mapped.
    public enum Failure: Error, Equatable {
        case cannotOpen(errorNumber: Int32)
        case notARegularFile
        case cannotMap(errorNumber: Int32)
    }

    private let base: UnsafeRawPointer?
    public let byteCount: Int

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
        guard byteCount > 0 else {
            base = nil
            return
        }
        guard let address = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), address != MAP_FAILED else {
            throw .cannotMap(errorNumber: errno)
        }
        base = UnsafeRawPointer(address)
    }

    deinit {
        if let base { munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }
    }

    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(start: base, count: byteCount))
    }
}
