import CSystem
public import Explorer

/// One column of a row. A character two columns wide is followed by a cell of width 0.
public struct Cell: Hashable, Sendable {
    public var scalar: UInt32
    /// A combining mark over the scalar, 0 for none.
    public var mark: UInt32
    public var width: UInt8
    public var style: Style

    public init(_ scalar: UInt32 = 32, mark: UInt32 = 0, width: UInt8 = 1, style: Style = Style()) {
        self.scalar = scalar
        self.mark = mark
        self.width = width
        self.style = style
    }
}

/// A grid of cells that painters fill and the driver sends to the screen.
public struct Canvas: Equatable, Sendable {
    public let rows: Int
    public let columns: Int
    public private(set) var cells: [Cell]
    /// Where set, every character is brought to ASCII.
    public let isASCII: Bool

    public init(rows: Int, columns: Int, isASCII: Bool = false) {
        self.rows = max(0, rows)
        self.columns = max(0, columns)
        self.isASCII = isASCII
        cells = Array(repeating: Cell(), count: self.rows * self.columns)
    }

    var bounds: Rect { Rect(row: 0, column: 0, height: rows, width: columns) }

    public subscript(row: Int, column: Int) -> Cell { cells[row * columns + column] }

    /// Writes text from a position on, cut at `limit` (the end of the row by default); returns the column after it.
    @discardableResult
    public mutating func put(_ row: Int, _ column: Int, _ text: String, _ style: Style = Style(), limit: Int? = nil)
        -> Int
    {
        guard row >= 0, row < rows else { return column }
        let end = min(columns, limit ?? columns)
        var at = column
        for scalar in (isASCII ? ASCII.text(text) : text).unicodeScalars {
            let width = CharacterWidth.of(scalar)
            if width < 0 { continue }
            if width == 0 {
                if at > column, at <= end, at - 1 >= 0 {
                    let base = at >= 2 && cells[row * columns + at - 1].width == 0 ? at - 2 : at - 1
                    cells[row * columns + base].mark = scalar.value
                }
                continue
            }
            if at + width > end { break }
            if at >= 0 { set(row, at, Cell(scalar.value, width: UInt8(width), style: style)) }
            at += width
        }
        return at
    }

    /// One character, whatever was there.
    public mutating func set(_ row: Int, _ column: Int, _ cell: Cell) {
        guard row >= 0, row < rows, column >= 0, column < columns else { return }
        // A half of a wide character that is overwritten leaves a blank there.
        let index = row * columns + column
        if cells[index].width == 0, column > 0 { cells[index - 1] = Cell(style: cells[index - 1].style) }
        if cells[index].width == 2, column + 1 < columns { cells[index + 1] = Cell(style: cells[index + 1].style) }
        if cell.width == 2 {
            guard column + 1 < columns else {
                cells[index] = Cell(style: cell.style)
                return
            }
            if cells[index + 1].width == 2, column + 2 < columns { cells[index + 2] = Cell(style: cell.style) }
            cells[index + 1] = Cell(0, width: 0, style: cell.style)
        }
        cells[index] = cell
    }

    public mutating func fill(_ rect: Rect, _ scalar: Unicode.Scalar = " ", _ style: Style = Style()) {
        for row in max(0, rect.row)..<max(0, min(rows, rect.endRow)) {
            for column in max(0, rect.column)..<max(max(0, rect.column), min(columns, rect.endColumn)) {
                set(row, column, Cell(scalar.value, style: style))
            }
        }
    }

    /// The characters of a row, without trailing blanks.
    public func line(_ row: Int) -> String {
        var scalars = String.UnicodeScalarView()
        for cell in cells[row * columns..<(row + 1) * columns] where cell.width > 0 {
            scalars.append(Unicode.Scalar(cell.scalar) ?? " ")
            if cell.mark != 0, let mark = Unicode.Scalar(cell.mark) { scalars.append(mark) }
        }
        while scalars.last == " " { scalars.removeLast() }
        return String(scalars)
    }
}

/// Columns that a text takes.
public enum CharacterWidth {
    static func of(_ scalar: Unicode.Scalar) -> Int {
        scalar.value < 0x20 || scalar.value == 0x7F
            ? -1 : scalar.value < 0x300 ? 1 : Int(qlens_character_width(scalar.value))
    }

    public static func of(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + max(0, of($1)) } }
}

/// Stand-ins for the characters that the program's words use.
enum ASCII {
    private static let replacements: [Unicode.Scalar: String] = [
        "▸": ">", "≈": "~", "…": "..", "−": "-", "–": "-", "·": "*", "×": "x", "‖": "|", "σ": "std", "∞": "inf",
        "├": "+", "└": "+", "─": "-", "●": "*", "↑": "up", "↓": "down", "←": "<-", "\u{302}": "^",
        "▲": "^", "▼": "v", "Δ": "D", "→": "->", "½": "1/2", "±": "+-", "√": "sqrt", "Σ": "sum", "²": "^2", "α": "a",
        "β": "b", "━": "=", "’": "'", "★": "*", "◆": "#", "∙": ",", "╌": "-", "▶": ">", "◀": "<", "╸": "-", "┃": "!",
        "█": "#",
    ]

    static func text(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        return text.unicodeScalars.map { $0.isASCII ? String($0) : replacements[$0] ?? "?" }.joined()
    }
}
