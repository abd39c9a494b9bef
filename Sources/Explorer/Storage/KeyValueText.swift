import Basics
public import TensorFiles

/// The form of configuration and session files: `name = value` lines; `#` at the start of a word begins a comment; blank lines mean nothing.
public struct KeyValueText: Equatable, Sendable {
    public struct Line: Equatable, Sendable {
        public let number: Int
        public let name: String
        public let value: String
    }

    public let lines: [Line]

    /// - Throws: where a line has no `=`, or a name twice.
    public init(_ text: String, path: String) throws(FileError) {
        var lines: [Line] = []
        for (index, whole) in text.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }
        ).enumerated() {
            let line = Self.trimmed(Self.withoutComment(whole))
            if line.isEmpty { continue }
            guard let mark = line.firstIndex(of: "=") else {
                throw Self.failure(
                    path, index + 1, found: Printable.quoted(String(line)), expected: Words.nameAndValue)
            }
            let name = String(Self.trimmed(line[..<mark]))
            guard !lines.contains(where: { $0.name == name }) else {
                throw Self.failure(
                    path, index + 1, found: Words.secondTime(Printable.quoted(name)), expected: Words.eachNameOnce)
            }
            lines.append(
                Line(number: index + 1, name: name, value: String(Self.trimmed(line[line.index(after: mark)...]))))
        }
        self.lines = lines
    }

    static func failure(_ path: String, _ line: Int, found: String, expected: String) -> FileError {
        FileError(path: "\(path):\(line)", found: found, expected: expected)
    }

    /// A comment begins with `#` at the start of a line or after a blank.
    private static func withoutComment(_ line: Substring) -> Substring {
        var isAfterBlank = true
        for index in line.indices {
            if line[index] == "#", isAfterBlank { return line[..<index] }
            isAfterBlank = line[index] == " " || line[index] == "\t"
        }
        return line
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        // Blanks of other alphabets belong to names.
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
        while let first = text.first, isBlank(first) { text = text.dropFirst() }
        while let last = text.last, isBlank(last) { text = text.dropLast() }
        return text
    }

    // MARK: Names that may hold anything

    /// A text with `%`, `#` and every control character, and blanks at its ends, as `%` and the hexadecimal value of its bytes.
    static func escaped(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            let isEnd = index == 0 || index == bytes.count - 1
            if byte < 0x20 || byte == 0x7F || byte == 0x25 || byte == 0x23 || byte == 0x20 && isEnd {
                result += Array((byte < 16 ? "%0" : "%").utf8) + Array(String(byte, radix: 16).utf8)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func unescaped(_ text: String) -> String {
        var result: [UInt8] = [], bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == 0x25, bytes.count >= 2,
                let value = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                bytes = bytes.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}
