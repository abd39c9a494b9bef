#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Small files that are either whole or not there.
public enum AtomicFile {
    /// Writes beside the target, brings it to the disk and renames it, so that no half-written file is left under the name.
    ///
    /// - Parameter makesFolders: make the folders on the way, for the user alone.
    public static func write(_ bytes: [UInt8], to path: String, makesFolders: Bool = false) throws(FileError) {
        if makesFolders { try makeFolders(above: path) }
        let partial = path + ".\(getpid()).part"
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(path, "a file that can be written") }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { rawWrite(descriptor, $0.baseAddress! + written, bytes.count - written) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            written += count
        }
        let isWhole = written == bytes.count && fsync(descriptor) == 0
        guard close(descriptor) == 0, isWhole, rename(partial, path) == 0 else {
            let error = failure(path, "room for \(bytes.count) bytes")
            unlink(partial)
            throw error
        }
    }

    /// A whole file, where it is no longer than `limit`.
    public static func read(_ path: String, limit: Int = 1 << 20) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "a file that can be read") }
        defer { close(descriptor) }
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = rawRead(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, "a file that can be read") }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= limit else {
                throw FileError(path: path, found: "more than \(limit) bytes", expected: "a short text")
            }
        }
    }

    /// The first bytes of a file, at most `count`.
    public static func head(_ path: String, count: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path, "a file that can be read") }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: count)
        let read = rawRead(descriptor, &buffer, count)
        return Array(buffer.prefix(max(0, read)))
    }

    private static func makeFolders(above path: String) throws(FileError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var folder = ""
        for (index, part) in parts.enumerated() {
            folder += (index == 0 ? "" : "/") + part
            if folder.isEmpty || Folder.isFolder(folder) { continue }
            if mkdir(folder, 0o700) != 0 && errno != EEXIST { throw failure(folder, "a folder that can be made") }
        }
    }

    private static func failure(_ path: String, _ expected: String) -> FileError {
        FileError(path: path, found: SystemMessage.text(errno), expected: expected)
    }
}

// Inside the type the names would be its own.
private func rawWrite(_ descriptor: Int32, _ base: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, base, count)
}
private func rawRead(_ descriptor: Int32, _ base: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, base, count)
}
