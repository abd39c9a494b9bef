import Explorer

/// A number three rows high, to be read from across a desk.
struct LargeDigits {
    let painter: ScreenPainter

    static let height = 3

    /// Five rows of pixels, the first at the top; each digit a row of bits from the left.
    private static let pixels: [Character: [String]] = [
        "0": ["###", "# #", "# #", "# #", "###"], "1": [" # ", "## ", " # ", " # ", "###"],
        "2": ["###", "  #", "###", "#  ", "###"], "3": ["###", "  #", "###", "  #", "###"],
        "4": ["# #", "# #", "###", "  #", "  #"], "5": ["###", "#  ", "###", "  #", "###"],
        "6": ["###", "#  ", "###", "# #", "###"], "7": ["###", "  #", "  #", "  #", "  #"],
        "8": ["###", "# #", "###", "# #", "###"], "9": ["###", "# #", "###", "  #", "###"],
        ".": [" ", " ", " ", " ", "#"], "-": ["  ", "  ", "##", "  ", "  "],
        "~": ["    ", " # #", "# # ", " # #", "# # "], "e": ["   ", "###", "###", "#  ", "###"],
        "+": ["   ", " # ", "###", " # ", "   "], " ": [" ", " ", " ", " ", " "],
    ]

    /// What segments make of the same.
    private static let segments: [Character: [String]] = [
        "0": [" _ ", "| |", "|_|"], "1": ["   ", "  |", "  |"], "2": [" _ ", " _|", "|_ "], "3": [" _ ", " _|", " _|"],
        "4": ["   ", "|_|", "  |"], "5": [" _ ", "|_ ", " _|"], "6": [" _ ", "|_ ", "|_|"], "7": [" _ ", "  |", "  |"],
        "8": [" _ ", "|_|", "|_|"], "9": [" _ ", "|_|", " _|"], ".": [" ", " ", "."], "-": ["  ", "__", "  "],
        "~": ["   ", " /\\", "/ \\"], "e": ["   ", "|-'", "'- "], "+": ["   ", "_|_", " | "], " ": [" ", " ", " "],
    ]

    private func shapes(_ text: String) -> [[String]]? {
        var shapes: [[String]] = []
        for character in text {
            let plain: Character = character == "−" ? "-" : character == "≈" ? "~" : character
            guard let shape = painter.glyphs.isASCII ? Self.segments[plain] : Self.pixels[plain] else { return nil }
            shapes.append(shape)
        }
        return shapes
    }

    /// Columns that a text takes; nil where there is no large form of it.
    func width(of text: String) -> Int? {
        shapes(text).map { $0.reduce(-1) { $0 + $1[0].count + 1 } }
    }

    /// Returns the column after it. A text that has no large form stands in the last of the three rows.
    @discardableResult
    func paint(_ text: String, _ row: Int, _ column: Int, _ style: Style, _ canvas: inout Canvas) -> Int {
        guard let shapes = shapes(text) else { return canvas.put(row + Self.height - 1, column, text, style) }
        var start = column
        for shape in shapes {
            let lines = shape.map { Array($0) }
            for place in 0..<lines[0].count {
                for line in 0..<Self.height {
                    let glyph: Character
                    if painter.glyphs.isASCII {
                        glyph = lines[line][place]
                    } else {
                        // A blank row of pixels is above, so that the number stands on its line.
                        let upper = line == 0 ? false : lines[2 * line - 1][place] == "#"
                        let lower = lines[2 * line][place] == "#"
                        glyph = upper ? (lower ? "█" : "▀") : lower ? "▄" : " "
                    }
                    if glyph != " " { canvas.put(row + line, start + place, String(glyph), style) }
                }
            }
            start += lines[0].count + 1
        }
        return start
    }
}
