/// A matrix of signs, one bit each, 1 for what is below zero.
///
/// Rows are stored one after the other; each takes whole words, whose last bits are zero.
struct SignRows: Sendable {
    let rows: Int
    let columns: Int
    var words: [UInt64]

    static func wordCount(_ columns: Int) -> Int { (columns + 63) / 64 }
    var rowWords: Int { Self.wordCount(columns) }

    /// The signs of numbers [rows, columns]; zero counts as +1.
    init(_ values: UnsafePointer<Float>, rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        let rowWords = Self.wordCount(columns)
        words = [UInt64](unsafeUninitializedCapacity: rows * rowWords) { words, count in
            for row in 0..<rows {
                for word in 0..<rowWords {
                    let start = values + row * columns + word * 64
                    var bits: UInt64 = 0
                    for bit in 0..<min(64, columns - word * 64) {
                        bits |= (start[bit] < 0 ? 1 : 0) << UInt64(truncatingIfNeeded: bit)
                    }
                    words[row * rowWords + word] = bits
                }
            }
            count = rows * rowWords
        }
    }
}

extension SignRows {
    /// - Parameter isNegative: of a row and a column.
    init(rows: Int, columns: Int, _ isNegative: (_ row: Int, _ column: Int) -> Bool) {
        self.rows = rows
        self.columns = columns
        let rowWords = Self.wordCount(columns)
        words = [UInt64](repeating: 0, count: rows * rowWords)
        for row in 0..<rows {
            for column in 0..<columns where isNegative(row, column) {
                words[row * rowWords + column / 64] |= 1 << UInt64(column % 64)
            }
        }
    }
}

/// The right side of a product: columns of signs, eight of them side by side, word by word.
struct SignColumns: Sendable {
    let rows: Int
    let columns: Int
    var words: [UInt64]

    /// Columns that are stored side by side.
    static let panel = 8

    /// - Parameter value: of a row and a column.
    init(rows: Int, columns: Int, _ isNegative: (_ row: Int, _ column: Int) -> Bool) {
        self.rows = rows
        self.columns = columns
        let words = SignRows.wordCount(rows), panels = (columns + Self.panel - 1) / Self.panel
        self.words = [UInt64](repeating: 0, count: panels * words * Self.panel)
        for column in 0..<columns {
            let start = column / Self.panel * words * Self.panel + column % Self.panel
            for row in 0..<rows where isNegative(row, column) {
                self.words[start + row / 64 * Self.panel] |= 1 << UInt64(row % 64)
            }
        }
    }
}
