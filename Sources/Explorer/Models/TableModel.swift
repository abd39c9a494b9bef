/// Rows and columns of text with a cursor: what several screens show.
public struct TableModel: Sendable {
    public struct Column: Sendable {
        public let title: String
        /// Begins at its left edge; the first column is as wide as there is room.
        public let isLeading: Bool
        /// Sorted by, or where the cursor is.
        public let isMarked: Bool
        /// Columns of an outline and of a bar before the text of its cells, with a blank after each.
        public let outlineWidth: Int
        public let barWidth: Int

        init(
            _ title: String, isLeading: Bool = false, isMarked: Bool = false, outlineWidth: Int = 0, barWidth: Int = 0
        ) {
            (self.title, self.isLeading, self.isMarked) = (title, isLeading, isMarked)
            (self.outlineWidth, self.barWidth) = (outlineWidth, barWidth)
        }
    }

    public struct Cell: Sendable {
        public enum Kind: Sendable { case plain, dim, best, warning }
        public let text: String
        public let kind: Kind
        /// Drawn before the text: a part of the farthest from 0 to 1, and heights from 0 to 1.
        public let bar: Double?
        public let outline: [Double]?

        init(_ text: String, _ kind: Kind = .plain, bar: Double? = nil, outline: [Double]? = nil) {
            (self.text, self.kind, self.bar, self.outline) = (text, kind, bar, outline)
        }

        func with(bar: Double?, outline: [Double]?) -> Cell { Cell(text, kind, bar: bar, outline: outline) }
    }

    public struct Row: Sendable {
        public let cells: [Cell]
        public let isSelected: Bool
    }

    public let title: String
    public let columns: [Column]
    /// The part of all rows around the cursor.
    public let rows: [Row]
    /// The index of the first of them among all, how many there are, and the cursor's index in `rows`.
    public let start: Int
    public let count: Int
    public let cursor: Int
    /// What is being looked for, in the title.
    public let filter: String?
    /// Instead of rows.
    public let notice: Notice?
    /// A line under the rows.
    public let footnote: String?

    /// - Parameters:
    ///   - hasSelection: whether the row at the cursor is chosen.
    ///   - row: made for the shown rows alone.
    init(
        title: String, columns: [Column], count: Int, cursor: Int, hasSelection: Bool = true, shown: Int,
        filter: String? = nil, notice: Notice? = nil, footnote: String? = nil, row: (Int) -> [Cell]
    ) {
        self.title = title
        self.columns = columns
        self.count = count
        let first = max(0, min(cursor - shown, count - 2 * shown))
        start = first
        self.cursor = max(0, cursor - first)
        rows = (first..<min(first + 2 * shown, count)).map {
            Row(cells: row($0), isSelected: hasSelection && $0 == cursor)
        }
        self.filter = filter
        self.notice = notice
        self.footnote = footnote
    }
}
