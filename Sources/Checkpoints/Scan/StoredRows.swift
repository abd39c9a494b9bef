import Basics
import Platform
import TensorFiles

/// Rows of JSON by their keys, in a file that several processes may add to at once.
///
/// Lines are added whole, so that a killed process leaves at most half a line, which is not read. Each line ends in a check sum of what it
/// says: one that was damaged counts as none. What cannot be stored is lost silently.
final class StoredRows: Sendable {
    /// Changes whenever numbers do.
    private static let version = "qlens scan 3"
    /// The oldest files go where there are more.
    private static let mostFiles = 256
    private static let longest = 256 << 20

    private let path: String
    private let ending: String
    private let rows: [String: JSONValue]
    private let needsNewline: Bool
    private let isMissing: Bool
    private let isTooLong: Bool

    /// - Parameters:
    ///   - folder: where such files lie; it is made when the first row is stored.
    ///   - name: what the rows are of.
    ///   - ending: of the file; the oldest files with the same one make room.
    init(folder: String, name: String, ending: String) {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        self.ending = ending
        path = folder + "/" + String(hash, radix: 16) + ending
        // Nothing but a plain file of a bearable size is read.
        let size = Folder.size(ofFile: path)
        isTooLong = (size ?? 0) > Self.longest
        let bytes = size == nil || isTooLong ? [] : (try? AtomicFile.read(path, limit: Self.longest)) ?? []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
        isMissing = lines.first.map { !$0.elementsEqual(Self.version.utf8) } ?? true
        needsNewline = !isMissing && bytes.last != UInt8(ascii: "\n")
        var rows: [String: JSONValue] = [:]
        for line in isMissing ? [] : lines.dropFirst() {
            guard let text = Self.checked(line), let value = try? JSONValue(Array(text), path: path),
                let key = value["key"]?.string
            else { continue }
            rows[key] = value["row"]
        }
        self.rows = rows
    }

    subscript(key: String) -> JSONValue? { rows[key] }

    func add(_ row: JSONValue, key: String) {
        let line = JSONValue.object([("key", .string(key)), ("row", row)]).text
        append(line + " " + Self.checksum(line.utf8) + "\n")
    }

    /// FNV-1a in 16 digits.
    private static func checksum(_ bytes: some Sequence<UInt8>) -> String {
        let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// A line without its check sum; nil where that is another one.
    private static func checked(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.count > 17 else { return nil }
        let text = line.dropLast(17)
        return line.suffix(17).elementsEqual((" " + checksum(text)).utf8) ? text : nil
    }

    private func append(_ line: String) {
        if isMissing, !Folder.exists(path) {
            AtomicFile.makeFolder(Self.folder(of: path))
            dropOldest()
        }
        if Folder.exists(path), Folder.size(ofFile: path) == nil { return }
        let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let descriptor = open(path, flags | (isMissing && isStale ? O_TRUNC : 0), 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        // The head of a new file, and the end of a line that was cut.
        let before = status.st_size == 0 ? Self.version + "\n" : needsNewline ? "\n" : ""
        let text = Array((before + line).utf8)
        _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    /// A file of another version is begun anew.
    private var isStale: Bool {
        if isTooLong, (Folder.size(ofFile: path) ?? 0) > Self.longest { return true }
        guard let head = try? AtomicFile.head(path, count: Self.version.utf8.count) else { return false }
        return !head.isEmpty && !head.elementsEqual(Self.version.utf8)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }

    private func dropOldest() {
        let folder = Self.folder(of: path)
        let all = ((try? Folder.names(in: folder)) ?? []).filter { $0.hasSuffix(ending) }
        guard all.count >= Self.mostFiles else { return }
        let dated = all.map { name -> (path: String, time: Int) in
            var status = stat()
            let path = folder + "/" + name
            guard stat(path, &status) == 0 else { return (path, 0) }
            #if canImport(Darwin)
                return (path, status.st_mtimespec.tv_sec)
            #else
                return (path, Int(status.st_mtim.tv_sec))
            #endif
        }
        for (path, _) in dated.sorted(by: { $0.time < $1.time }).prefix(all.count - Self.mostFiles + 1) { unlink(path) }
    }
}
