import Basics

/// Files that lie where a model should: what a download left there instead.
///
/// The most frequent "corrupt file" is a pointer of Git LFS or a web page under the model's name.
enum MistakenFile {
    /// What a file is by its first bytes, and what to do; nil where it is nothing that is known.
    static func recognise(_ head: [UInt8]) -> (found: String, expected: String)? {
        if head.isEmpty { return ("an empty file", "a tensor file (the download may have been interrupted)") }
        if let (name, _) = archives.first(where: { head.starts(with: $0.magic) }) {
            return ("a \(name) file", "the file that is packed in it (unpack it first)")
        }
        guard let text = text(head) else {
            return head.count >= 32 && head.allSatisfy { $0 == 0 }
                ? ("nothing but zeros at the beginning", "a tensor file (the download may have been interrupted)") : nil
        }
        let start = text.drop { $0.isWhitespace }.lowercased()
        if start.hasPrefix("version https://git-lfs.github.com/spec/") {
            let size = text.split(separator: "\n").first { $0.hasPrefix("size ") }.flatMap { Int($0.dropFirst(5)) }
            let of = size.map { " to a file of \(NumberText.grouped($0)) bytes" } ?? ""
            return ("a Git LFS pointer\(of)", "the file itself (run git lfs pull, or download it)")
        }
        if ["<!doctype html", "<html", "<head", "<body"].contains(where: { start.hasPrefix($0) }) {
            return ("a web page (HTML)", "the file itself (its link may need a login, or lead to a page about it)")
        }
        if start.hasPrefix("<?xml") || start.hasPrefix("<error") {
            return ("an XML text", "the file itself (a server may have answered with an error)")
        }
        let line = Printable.quoted(String(text.split(separator: "\n").first?.prefix(48) ?? ""))
        return ("a text that begins \(line)", "a tensor file (a server may have answered with an error)")
    }

    private static let archives: [(name: String, magic: [UInt8])] = [
        ("gzip", [0x1F, 0x8B]), ("bzip2", Array("BZh".utf8)), ("xz", [0xFD] + Array("7zXZ".utf8)),
        ("Zstandard", [0x28, 0xB5, 0x2F, 0xFD]), ("7z", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]),
        ("RAR", Array("Rar!".utf8)), ("PDF", Array("%PDF".utf8)),
    ]

    /// The bytes as text, where they are nothing but printed characters.
    private static func text(_ head: [UInt8]) -> String? {
        guard !head.contains(where: { $0 < 0x20 && ![9, 10, 13].contains($0) || $0 == 0x7F }) else { return nil }
        // The last character may be cut.
        let text = String(decoding: head, as: UTF8.self)
        return text.dropLast(head.count > 4 ? 1 : 0).contains("\u{FFFD}") ? nil : text
    }
}
