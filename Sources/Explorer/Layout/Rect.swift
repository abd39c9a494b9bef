/// A part of the window, in cells.
public struct Rect: Hashable, Sendable {
    public var row: Int
    public var column: Int
    public var height: Int
    public var width: Int

    public init(row: Int, column: Int, height: Int, width: Int) {
        self.row = row
        self.column = column
        self.height = max(0, height)
        self.width = max(0, width)
    }

    /// Without a frame of one cell.
    public var inner: Rect { Rect(row: row + 1, column: column + 1, height: height - 2, width: width - 2) }
    public var endRow: Int { row + height }
    public var endColumn: Int { column + width }

    public func contains(row: Int, column: Int) -> Bool {
        row >= self.row && row < endRow && column >= self.column && column < endColumn
    }
}
