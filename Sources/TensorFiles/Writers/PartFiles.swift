import CSystem
import Platform

/// Files that are being written: removed where the process is ended by a signal, and swept later where nobody could.
enum PartFiles {
    /// Signals that end the process unlink the file first.
    static func add(_ path: String) { qlens_part_file_add(path) }
    static func remove(_ path: String) { qlens_part_file_remove(path) }

    /// Removes `TARGET.PID-N.part` beside a target where no process of that number lives any more.
    static func sweep(beside target: String) {
        let (folder, name) =
            target.lastIndex(of: "/").map {
                (String(target[...$0]), String(target[target.index(after: $0)...]))
            } ?? ("./", target)
        guard let listing = opendir(folder) else { return }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let file = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            // By bytes: other spellings of a name are other files.
            let bytes = Array(file.utf8), head = Array((name + ".").utf8)
            guard bytes.starts(with: head), file.hasSuffix(".part") else { continue }
            let middle = String(decoding: bytes.dropFirst(head.count).dropLast(5), as: UTF8.self).split(separator: "-")
            var info = stat()
            guard middle.count == 2, let process = pid_t(middle[0]), Int(middle[1]) != nil, process > 0,
                kill(process, 0) != 0, errno == ESRCH, stat(folder + file, &info) == 0
            else { continue }
            unlink(folder + file)
        }
    }
}
