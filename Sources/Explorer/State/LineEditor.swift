/// A line of text that is being typed, with a cursor.
public struct LineEditor: Equatable, Sendable {
    public private(set) var text: [Character]
    /// Before which character the cursor is.
    public private(set) var cursor: Int

    public init(_ text: String = "") {
        self.text = Array(text)
        cursor = self.text.count
    }

    public var string: String { String(text) }
    public var isEmpty: Bool { text.isEmpty }

    /// What a key does to a line.
    public enum Edit: Equatable, Sendable {
        case insert(String)
        case eraseBackward, eraseForward, eraseWord, eraseToStart, eraseToEnd
        case left, right, start, end
    }

    public mutating func apply(_ edit: Edit) {
        switch edit {
        case .insert(let more):
            // A line stays a line, and of a length that can be shown and stored: breaks become blanks.
            var pasted = more[...]
            while let last = pasted.last, last.isNewline { pasted = pasted.dropLast() }
            let clean = pasted.map { $0.isNewline || $0 == "\t" ? " " : $0 }.prefix(4_096)
            text.insert(contentsOf: clean, at: cursor)
            cursor += clean.count
        case .eraseBackward: if cursor > 0 { remove(cursor - 1..<cursor) }
        case .eraseForward: if cursor < text.count { remove(cursor..<cursor + 1) }
        case .eraseWord:
            var start = cursor
            while start > 0, text[start - 1] == " " { start -= 1 }
            while start > 0, text[start - 1] != " " { start -= 1 }
            remove(start..<cursor)
        case .eraseToStart: remove(0..<cursor)
        case .eraseToEnd: remove(cursor..<text.count)
        case .left: cursor = max(0, cursor - 1)
        case .right: cursor = min(text.count, cursor + 1)
        case .start: cursor = 0
        case .end: cursor = text.count
        }
    }

    private mutating func remove(_ range: Range<Int>) {
        text.removeSubrange(range)
        cursor = range.lowerBound
    }
}
