import Basics
import Platform

/// Files that are either whole or not there.
public enum AtomicFile {
    /// Writes a small file beside the target, brings it to the disk and renames it, so that no half-written file is left under the name.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - path: of the file; the part that is being written lies beside it.
    ///   - makesFolders: make the folders on the way, for the user alone. Files of the program's own, which these are, are plain
    ///     files: a pipe in their place is refused, and not waited for.
    public static func write(_ bytes: [UInt8], to path: String, makesFolders: Bool = false) throws(FileError) {
        if makesFolders {
            try makeFolders(above: path)
            var info = stat()
            guard stat(path, &info) != 0 || info.st_mode & S_IFMT == S_IFREG else {
                throw FileError(path: path, found: "a folder, pipe or device", expected: "a plain file")
            }
        }
        try write(to: path) { sink throws(FileError) in try sink.write(bytes) }
    }

    /// The same for a file of any size, which `body` writes piece by piece. Where it throws, nothing is left.
    ///
    /// Links are followed: the file that they lead to is replaced, and keeps its mode and, where the user may give it away, its owner.
    /// Devices, pipes and sockets are written to as they are.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - inputs: files that must not be written over, under whatever name: what is read from them is mapped, not copied.
    ///   - body: writes the content; where it throws, the file stays as it was.
    public static func write(
        to path: String, notOver inputs: [String] = [], _ body: (inout FileSink) throws(FileError) -> Void
    ) throws(FileError) {
        if let input = inputs.first(where: { isSame($0, path) }) {
            throw FileError(
                path: path, found: "the file that is read (\(Printable.text(input)))",
                expected: "another name to write to")
        }
        guard !Folder.isFolder(path) else {
            throw FileError(path: path, found: "a folder", expected: "the name of a file to write")
        }
        var before = stat()
        let exists = stat(path, &before) == 0
        if exists, before.st_mode & S_IFMT != S_IFREG { return try writeThrough(path, body) }
        guard let target = followed(path) else {
            throw FileError(
                path: path, found: "a link to a name that is not UTF-8", expected: "another name to write to")
        }
        // A descriptor of the process, such as /dev/stdout: what it leads to is somebody's who has it open.
        if let descriptor = ownDescriptor(path) { return try write(to: descriptor, path, body) }
        PartFiles.sweep(beside: target)
        let (descriptor, partial) = try openPart(of: target)
        PartFiles.add(partial)
        defer { PartFiles.remove(partial) }
        if exists {
            // The owner first: giving a file away takes some of its mode.
            let isOwner = fchown(descriptor, before.st_uid, before.st_gid) == 0
            let isGroup = isOwner || fchown(descriptor, uid_t.max, before.st_gid) == 0
            // Nobody may read it who could not before.
            _ = fchmod(descriptor, before.st_mode & (isOwner ? 0o7777 : isGroup ? 0o777 : 0o707))
        }
        var sink = FileSink(descriptor: descriptor, path: path)
        do throws(FileError) {
            try body(&sink)
            try sink.flush()
        } catch {
            close(descriptor)
            unlink(partial)
            throw error
        }
        let isWhole = fsync(descriptor) == 0
        guard close(descriptor) == 0, isWhole, rename(partial, target) == 0 else {
            let error = failure(path, "room for \(sink.written) bytes")
            unlink(partial)
            throw error
        }
    }

    /// The file that a path leads to by links, whether it exists or not; the path itself where links go in circles.
    /// nil where the name it leads to cannot be written here.
    private static func followed(_ path: String) -> String? {
        var target = path
        for _ in 0..<40 {
            var info = stat()
            guard lstat(target, &info) == 0, info.st_mode & S_IFMT == S_IFLNK else { return target }
            var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
            let count = readlink(target, &buffer, buffer.count - 1)
            guard count > 0 else { return target }
            guard let link = String(validating: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self) else {
                return nil
            }
            let folder = target.contains("/") ? String(target[...target.lastIndex(of: "/")!]) : ""
            target = link.hasPrefix("/") ? link : folder + link
        }
        return path
    }

    /// Writes to what is no plain file, in place.
    private static func writeThrough(
        _ path: String, _ body: (inout FileSink) throws(FileError) -> Void
    ) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { throw failure(path, "a file that can be written") }
        try write(to: descriptor, path, body)
    }

    /// A copy of the descriptor that a path such as `/dev/stdout` or `/dev/fd/3` stands for; nil for other paths.
    private static func ownDescriptor(_ path: String) -> Int32? {
        let names = ["/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2]
        let whole = Folder.absolute(path)
        let number =
            names[whole]
            ?? ["/dev/fd/", "/proc/self/fd/"].first { whole.hasPrefix($0) }.flatMap {
                Int(whole.dropFirst($0.count))
            }
        guard let number, let descriptor = Int32(exactly: number) else { return nil }
        let copy = dup(descriptor)
        return copy >= 0 ? copy : nil
    }

    /// Writes to an open descriptor, and closes it.
    private static func write(
        to descriptor: Int32, _ path: String, _ body: (inout FileSink) throws(FileError) -> Void
    ) throws(FileError) {
        defer { close(descriptor) }
        var sink = FileSink(descriptor: descriptor, path: path)
        try body(&sink)
        try sink.flush()
    }

    /// A new file beside the target, which nobody had before: neither another writer's part nor a link to elsewhere.
    private static func openPart(of path: String) throws(FileError) -> (descriptor: Int32, path: String) {
        for number in 0..<1_000 {
            let partial = "\(path).\(getpid())-\(number).part"
            let descriptor = open(partial, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (descriptor, partial) }
            guard errno == EEXIST || errno == ELOOP else { break }
        }
        throw failure(path, "a file that can be written")
    }

    /// Whether two paths lead to one file.
    private static func isSame(_ first: String, _ second: String) -> Bool {
        guard let a = FileIdentity(path: first), let b = FileIdentity(path: second) else {
            return Folder.absolute(first) == Folder.absolute(second)
        }
        return a.isSameFile(as: b)
    }

    /// A whole plain file, where it is no longer than `limit`. A pipe or a device in its place is refused and not waited for.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - limit: in bytes.
    ///   - anyKind: what the user names may be a pipe, which is waited for.
    public static func read(_ path: String, limit: Int = 1 << 20, anyKind: Bool = false) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | (anyKind ? 0 : O_NONBLOCK))
        guard descriptor >= 0 else { throw failure(path, "a file that can be read") }
        defer { close(descriptor) }
        var info = stat()
        guard anyKind || fstat(descriptor, &info) == 0 && info.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, found: "a folder, pipe or device", expected: "a plain file")
        }
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

    /// A folder with all above it; what cannot be made fails when something is written there.
    public static func makeFolder(_ path: String) { try? makeFolders(above: path + "/") }

    private static func makeFolders(above path: String) throws(FileError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var folder = ""
        for (index, part) in parts.enumerated() {
            folder += (index == 0 ? "" : "/") + part
            if folder.isEmpty || Folder.isFolder(folder) { continue }
            if mkdir(folder, 0o700) != 0 && errno != EEXIST { throw failure(folder, "a folder that can be made") }
        }
    }

    fileprivate static func failure(_ path: String, _ expected: String) -> FileError {
        FileError(path: path, found: SystemMessage.text(errno), expected: expected)
    }
}

/// Where a file is written to, piece by piece.
public struct FileSink {
    fileprivate let descriptor: Int32
    /// The target.
    let path: String
    /// Bytes so far.
    public private(set) var written = 0
    private var waiting: [UInt8] = []
    /// Small pieces wait until they are so many bytes.
    private static let room = 1 << 16

    fileprivate init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    public mutating func write(_ bytes: [UInt8]) throws(FileError) {
        written += bytes.count
        waiting += bytes
        if waiting.count >= Self.room { try flush() }
    }

    /// Leaves room for bytes that are written in any order, from any thread, before the file is closed; they are zeros until then.
    ///
    /// - Returns: where the room begins.
    public mutating func reserve(_ count: Int) throws(FileError) -> FileWindow {
        try flush()
        let window = FileWindow(descriptor: descriptor, path: path, start: written, count: count)
        written += count
        // Asked for at once: a full disk says so before the work.
        guard Self.hasRoom(descriptor, window.start, count), lseek(descriptor, off_t(written), SEEK_SET) >= 0 else {
            throw AtomicFile.failure(path, "a plain file with room for \(written) bytes")
        }
        return window
    }

    /// Makes a file longer, on the disk too where the system does that; false sets `errno`.
    private static func hasRoom(_ descriptor: Int32, _ start: Int, _ count: Int) -> Bool {
        #if os(Linux)
            let failure = count > 0 ? posix_fallocate(descriptor, off_t(start), off_t(count)) : 0
            if failure == 0 { return true }
            guard failure == EOPNOTSUPP || failure == EINVAL else {
                errno = failure
                return false
            }
        #endif
        return ftruncate(descriptor, off_t(start + count)) == 0
    }

    fileprivate mutating func flush() throws(FileError) {
        var at = 0
        while at < waiting.count {
            let count = waiting.withUnsafeBytes { rawWrite(descriptor, $0.baseAddress! + at, waiting.count - at) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw AtomicFile.failure(path, "room for \(written) bytes and more") }
            at += count
        }
        waiting.removeAll(keepingCapacity: true)
    }
}

extension FileSink {
    /// Writes over bytes that were written before.
    public mutating func rewrite(_ bytes: [UInt8], at offset: Int) throws(FileError) {
        try flush()
        let window = FileWindow(descriptor: descriptor, path: path, start: offset, count: bytes.count)
        let result = bytes.withUnsafeBytes { raw in Result { () throws(FileError) in try window.write(raw, at: 0) } }
        try result.get()
    }

    /// What was written so far, to be read again.
    public mutating func readback() throws(FileError) -> FileReadback {
        try flush()
        return FileReadback(descriptor: descriptor, path: path)
    }
}

/// The bytes of a file that is being written.
public struct FileReadback: Sendable {
    fileprivate let descriptor: Int32
    fileprivate let path: String

    /// The check sum of zip archives (CRC-32) of a part of the file.
    public func checksum(_ range: Range<Int>) throws(FileError) -> UInt32 {
        var sum = Zlib.Checksum(), room = [UInt8](repeating: 0, count: 1 << 20), at = range.lowerBound
        while at < range.upperBound {
            let wanted = min(room.count, range.upperBound - at)
            let count = room.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, wanted, off_t(at)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw AtomicFile.failure(path, "a file that can be read again") }
            room.withUnsafeBytes { sum.add(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            at += count
        }
        return sum.value
    }
}

/// A part of a file that is being written, for bytes in any order.
public struct FileWindow: Sendable {
    fileprivate let descriptor: Int32
    fileprivate let path: String
    /// In the file.
    public let start: Int
    public let count: Int

    /// - Parameters:
    ///   - bytes: what is written.
    ///   - offset: from the beginning of the window.
    /// - Precondition: the bytes lie within it.
    public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        precondition(offset >= 0 && offset + bytes.count <= count, "bytes outside of their window")
        var at = 0
        while at < bytes.count {
            let done = pwrite(descriptor, bytes.baseAddress! + at, bytes.count - at, off_t(start + offset + at))
            if done < 0 && errno == EINTR { continue }
            guard done > 0 else { throw AtomicFile.failure(path, "room for \(start + count) bytes") }
            at += done
        }
    }
}

// Inside the type the names would be its own.
private func rawWrite(_ descriptor: Int32, _ base: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, base, count)
}
private func rawRead(_ descriptor: Int32, _ base: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, base, count)
}
