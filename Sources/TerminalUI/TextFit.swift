import Explorer

/// Texts brought into columns.
enum TextFit {
    /// The text, shortened with an ellipsis where it is wider than `width`.
    static func cut(_ text: String, to width: Int) -> String {
        guard CharacterWidth.of(text) > width else { return text }
        guard width > 2 else { return width > 0 ? String(text.prefix(width)) : "" }
        var result = "", used = 0
        // ASCII writes the ellipsis as two dots.
        for character in text {
            let next = CharacterWidth.of(String(character))
            if used + next > width - 2 { break }
            result.append(character)
            used += next
        }
        return result + "…"
    }

    /// The text without its middle where it is too wide: names of tensors differ at both ends.
    static func cutMiddle(_ text: String, to width: Int) -> String {
        guard CharacterWidth.of(text) > width, width > 8 else { return cut(text, to: width) }
        let characters = Array(text)
        // ASCII writes the ellipsis as two dots.
        var left = "", right = "", used = 2, first = 0, last = characters.count
        while first < last {
            // More of the beginning, where numbers of layers are.
            let takesLeft = 2 * CharacterWidth.of(left) <= 3 * CharacterWidth.of(right)
            let next = takesLeft ? characters[first] : characters[last - 1]
            let nextWidth = CharacterWidth.of(String(next))
            if used + nextWidth > width { break }
            used += nextWidth
            if takesLeft {
                left.append(next)
                first += 1
            } else {
                right = String(next) + right
                last -= 1
            }
        }
        return left + "…" + right
    }

    /// A tensor's name, shortened where it is too wide: what is before the number of its layer goes first, then `.weight`, then
    /// the middle.
    static func cutName(_ name: String, to width: Int) -> String {
        guard CharacterWidth.of(name) > width, width > 8 else { return cut(name, to: width) }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard let layer = parts.dropFirst().firstIndex(where: { Int($0) != nil }) else {
            return withoutBeginning(parts.map(String.init), to: width) ?? cutMiddle(name, to: width)
        }
        // ASCII writes the ellipsis as two dots.
        let rest = parts[layer...].joined(separator: "."), ending = ".weight"
        if CharacterWidth.of(rest) + 2 <= width { return "…" + rest }
        let short = rest.hasSuffix(ending) ? String(rest.dropLast(ending.count)) : rest
        if CharacterWidth.of(short) + 2 <= width { return "…" + short }
        return "…" + cutMiddle(short, to: width - 2)
    }

    /// The last parts of a name, without `.weight` where that helps; nil where the last one is too wide.
    private static func withoutBeginning(_ parts: [String], to width: Int) -> String? {
        let short = parts.count > 2 && parts.last == "weight" ? Array(parts.dropLast()) : parts
        for parts in [parts, short] {
            for first in 1..<max(2, parts.count) where first < parts.count {
                let rest = parts[first...].joined(separator: ".")
                if rest != "weight", CharacterWidth.of(rest) + 2 <= width { return "…" + rest }
            }
        }
        return nil
    }

    /// The first of several wordings that fits, from the longest on; the last one where none does.
    static func longest(of texts: [String], to width: Int) -> String {
        texts.first { CharacterWidth.of($0) <= width } ?? texts.last ?? ""
    }

    /// As many whole words as leave room for an ellipsis after them.
    static func withEllipsis(_ text: String, to width: Int) -> String {
        var words = text.split(separator: " ")
        // ASCII writes the ellipsis as two dots.
        while words.count > 1, CharacterWidth.of(words.joined(separator: " ")) + 3 > width { words.removeLast() }
        return words.joined(separator: " ") + " …"
    }

    /// The text in lines of at most `width` columns, broken at blanks where there are any, else anywhere: nothing is lost.
    static func wrapped(_ text: String, to width: Int) -> [String] {
        let width = max(2, width)
        var lines: [String] = [], line = "", used = 0
        func finish() {
            lines.append(line)
            (line, used) = ("", 0)
        }
        for word in text.split(separator: " ") {
            let wordWidth = CharacterWidth.of(String(word))
            if used > 0, used + 1 + wordWidth > width { finish() }
            if used > 0 {
                line += " "
                used += 1
            }
            for character in word {
                let next = CharacterWidth.of(String(character))
                if used + next > width { finish() }
                line.append(character)
                used += next
            }
        }
        if !line.isEmpty || lines.isEmpty { finish() }
        return lines
    }

    /// The part of a line around its cursor that fits, and the cursor's column in it.
    static func window(_ editor: LineEditor, width: Int) -> (text: String, cursor: Int) {
        let characters = editor.text.map(visible)
        let widths = characters.map { CharacterWidth.of(String($0)) }
        var start = 0
        var cursor = widths[..<editor.cursor].reduce(0, +)
        while cursor > width - 1, start < editor.cursor {
            cursor -= widths[start]
            start += 1
        }
        return (String(characters[start...]), cursor)
    }

    /// Control characters that were pasted show as a middle dot.
    private static func visible(_ character: Character) -> Character {
        character.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "·" : character
    }
}
