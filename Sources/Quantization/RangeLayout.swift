/// How the ranges of a granularity lie in memory.
///
/// Every granularity is a tiling of a matrix of `rows` × `rowLength` elements in row-major order. Rows come in blocks of
/// `rowsPerBlock`, cut into bands of `bandRows` (the last of a block may be short); each row of a band is cut into pieces of
/// `pieceLength` (the last may be short). The pieces at one place in all rows of a band make one range:
///
///     range(row, column) = (row/rowsPerBlock · bandsPerBlock + row%rowsPerBlock / bandRows) · pieces + column/pieceLength
///
/// So a band is contiguous and holds `pieces` whole ranges, whose numbers are neighbours.
public struct RangeLayout: Hashable, Sendable {
    public let rows: Int
    public let rowLength: Int
    public let pieceLength: Int
    public let rowsPerBlock: Int
    public let bandRows: Int
    /// Pieces of a row, ranges of a band.
    public let pieces: Int
    public let bandsPerBlock: Int
    public let bandCount: Int
    public let rangeCount: Int

    /// Ranges that are runs within rows: each row is a block and a band.
    init(rows: Int, rowLength: Int, pieceLength: Int) {
        self.init(rows: rows, rowLength: rowLength, pieceLength: pieceLength, rowsPerBlock: 1, bandRows: 1)
    }

    init(rows: Int, rowLength: Int, pieceLength: Int, rowsPerBlock: Int, bandRows: Int) {
        self.rows = rows
        self.rowLength = rowLength
        self.pieceLength = max(1, min(pieceLength, max(1, rowLength)))
        self.rowsPerBlock = max(1, rowsPerBlock)
        self.bandRows = max(1, min(bandRows, self.rowsPerBlock))
        pieces = rowLength == 0 ? 0 : (rowLength - 1) / self.pieceLength + 1
        bandsPerBlock = (self.rowsPerBlock - 1) / self.bandRows + 1
        bandCount = rows / self.rowsPerBlock * bandsPerBlock
        rangeCount = bandCount * pieces
    }

    /// The same ranges once for each of `entries` equal parts of axis 0, which all of them span now: range r of entry e becomes
    /// range e·rangeCount + r.
    func split(into entries: Int) -> RangeLayout {
        guard entries > 1 else { return self }
        if rows == 1 {
            return RangeLayout(rows: entries, rowLength: rowLength / entries, pieceLength: rowLength / entries)
        }
        return RangeLayout(
            rows: rows, rowLength: rowLength, pieceLength: pieceLength, rowsPerBlock: rows / entries,
            bandRows: rows / entries)
    }

    public var count: Int { rows * rowLength }

    /// Elements of the largest range.
    var largestRange: Int { bandRows * pieceLength }

    /// Whether each range is one run of memory.
    public var isContiguous: Bool { bandRows == 1 }

    /// Where all ranges are runs of one length that is a power of two from 16 to 8,192: its exponent. The range of element i
    /// is then i >> shift.
    var runShift: Int? {
        guard isContiguous, (16...8_192).contains(pieceLength), pieceLength & (pieceLength - 1) == 0,
            rowLength % pieceLength == 0
        else { return nil }
        return pieceLength.trailingZeroBitCount
    }

    /// Elements of the largest band, or, where ranges are runs, of the largest range.
    var unitLength: Int { isContiguous ? pieceLength : bandRows * rowLength }

    /// The rows of a band.
    func rows(ofBand band: Int) -> Range<Int> {
        let start = band / bandsPerBlock * rowsPerBlock + band % bandsPerBlock * bandRows
        return start..<min(start + bandRows, (band / bandsPerBlock + 1) * rowsPerBlock)
    }

    /// The first range of a row.
    func firstRange(ofRow row: Int) -> Int {
        (row / rowsPerBlock * bandsPerBlock + row % rowsPerBlock / bandRows) * pieces
    }

    /// The range of an element.
    public func range(ofElement element: Int) -> Int {
        firstRange(ofRow: element / rowLength) + element % rowLength / pieceLength
    }

    /// The elements of a range, as runs of memory in row-major order.
    public func runs(ofRange range: Int) -> RangeRuns {
        let columns = range % pieces * pieceLength
        return RangeRuns(
            rows: rows(ofBand: range / pieces), rowLength: rowLength,
            columns: columns..<min(columns + pieceLength, rowLength))
    }
}

/// The runs of one range: the same columns of some neighbouring rows.
public struct RangeRuns: Hashable, Sendable {
    public let rows: Range<Int>
    public let rowLength: Int
    public let columns: Range<Int>

    public var count: Int { rows.count * columns.count }

    /// The elements of the run in one row.
    public func run(inRow row: Int) -> Range<Int> {
        row * rowLength + columns.lowerBound..<row * rowLength + columns.upperBound
    }
}
