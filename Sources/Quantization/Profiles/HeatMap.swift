public import Basics
import Tensors

/// A picture of a tensor over two of its axes: values, reconstructions and errors, in cells.
///
/// A cell holds neighbouring indices of both axes and all of the others; its number is the root of the mean square, or the largest
/// magnitude, of its finite elements.
public struct HeatMap: Sendable {
    public enum Layer: Int, CaseIterable, Sendable { case original, reconstruction, error }
    public enum Measure: Int, CaseIterable, Sendable { case rootMeanSquare, largest }

    /// Axes of the shape that is judged. A vector is one row: both are 0 then.
    public let rowAxis: Int
    public let columnAxis: Int
    /// The indices of both axes that are in the picture.
    public let part: Part
    /// Cells.
    public let rows: Int
    public let columns: Int
    private let cells: [[Float]]
    private let elements: [SIMD2<Float>]

    fileprivate init(_ axes: HeatMapAxes, _ table: HeatMapTable) {
        (rowAxis, columnAxis) = (axes.rowAxis, axes.columnAxis)
        (part, rows, columns) = (axes.part, axes.rows, axes.columns)
        (cells, elements) = (table.cells, table.elements)
    }

    /// Some neighbouring indices of both axes.
    public struct Part: Hashable, Sendable {
        public let rows: Range<Int>
        public let columns: Range<Int>

        public init(rows: Range<Int>, columns: Range<Int>) { (self.rows, self.columns) = (rows, columns) }
    }

    /// Every cell is one element.
    public var hasSingleElements: Bool { !elements.isEmpty }

    /// The element of a cell and what it becomes, with their signs; nil where cells hold more than one.
    public func element(row: Int, column: Int) -> (original: Float, reconstruction: Float)? {
        guard hasSingleElements else { return nil }
        let pair = elements[row * columns + column]
        return (pair.x, pair.y)
    }

    /// The number of a cell; nil where none of its elements is finite.
    public func value(_ layer: Layer, _ measure: Measure, row: Int, column: Int) -> Float? {
        let value = cells[layer.rawValue * 2 + measure.rawValue][row * columns + column]
        return value.isNaN ? nil : value
    }

    /// The largest of all cells, and the least that is not zero.
    public func extremes(_ layer: Layer, _ measure: Measure) -> (least: Float, most: Float) {
        let all = cells[layer.rawValue * 2 + measure.rawValue]
        return all.reduce((Float.infinity, Float(0))) { extremes, value in
            guard value > 0 else { return extremes }
            return (min(extremes.0, value), max(extremes.1, value))
        }
    }

    /// The indices of an axis that a cell holds.
    public func rowIndices(_ row: Int) -> Range<Int> { Self.indices(row, rows, part.rows) }
    public func columnIndices(_ column: Int) -> Range<Int> { Self.indices(column, columns, part.columns) }

    private static func indices(_ cell: Int, _ cells: Int, _ part: Range<Int>) -> Range<Int> {
        let start = part.lowerBound, extent = part.count
        return start + (cell * extent + cells - 1) / cells..<start + ((cell + 1) * extent + cells - 1) / cells
    }
}

/// Where elements belong in a picture.
private struct HeatMapAxes: Sendable {
    let rowAxis: Int, columnAxis: Int
    let rows: Int, columns: Int
    let part: HeatMap.Part
    /// Every cell is one element.
    let isSingle: Bool
    private let rowExtent: Int, columnExtent: Int
    private let rowInner: Int, columnInner: Int
    private let isVector: Bool
    private let last: Int

    init?(_ shape: Shape, rowAxis: Int, columnAxis: Int, part: HeatMap.Part?, rows: Int, columns: Int) {
        isVector = shape.rank < 2
        if isVector {
            (self.rowAxis, self.columnAxis, rowExtent, columnExtent) = (0, 0, 1, shape.count)
            (rowInner, columnInner) = (shape.count, 1)
        } else {
            guard rowAxis != columnAxis, (0..<shape.rank).contains(rowAxis), (0..<shape.rank).contains(columnAxis)
            else { return nil }
            (self.rowAxis, self.columnAxis) = (rowAxis, columnAxis)
            (rowExtent, columnExtent) = (shape.extents[rowAxis], shape.extents[columnAxis])
            (rowInner, columnInner) = (shape.product(from: rowAxis + 1), shape.product(from: columnAxis + 1))
        }
        let whole = HeatMap.Part(rows: 0..<rowExtent, columns: 0..<columnExtent)
        let wanted = part.map {
            HeatMap.Part(rows: $0.rows.clamped(to: whole.rows), columns: $0.columns.clamped(to: whole.columns))
        }
        let shown = wanted.flatMap { $0.rows.isEmpty || $0.columns.isEmpty ? nil : $0 } ?? whole
        self.part = shown
        last = shape.extents.last ?? 1
        self.rows = max(1, min(rows, shown.rows.count))
        self.columns = max(1, min(columns, shown.columns.count))
        isSingle =
            rowExtent * columnExtent == shape.count && self.rows == shown.rows.count
            && self.columns == shown.columns.count
    }

    /// Calls `body(elements, cell)` for runs of elements of one cell each, in order; elements beyond the part are passed over.
    @inline(__always)
    func forEachRun(_ elements: Range<Int>, _ body: (Range<Int>, Int) -> Void) {
        var at = elements.lowerBound
        while at < elements.upperBound {
            let line = at - at % last
            let row = at / rowInner % rowExtent - part.rows.lowerBound
            let column = at / columnInner % columnExtent - part.columns.lowerBound
            let cellRow = row * rows / part.rows.count, cellColumn = column * columns / part.columns.count
            let isInside = row >= 0 && row < part.rows.count && column >= 0 && column < part.columns.count
            // To the end of the line along the last axis, or of its cell where that axis is one of the two.
            var end = line + last
            if isVector || columnInner == 1 {
                end = Self.end(at, column, cellColumn, columns, part.columns, end)
            } else if rowInner == 1 {
                end = Self.end(at, row, cellRow, rows, part.rows, end)
            }
            end = min(end, elements.upperBound)
            if isInside { body(at..<end, cellRow * columns + cellColumn) }
            at = end
        }
    }

    /// Where a run along a line ends that begins `at` an index of the part: with its cell, where the part begins, or with the line, which is one
    /// element where axes of one element follow.
    @inline(__always)
    private static func end(
        _ at: Int, _ index: Int, _ cell: Int, _ cells: Int, _ part: Range<Int>, _ lineEnd: Int
    ) -> Int {
        if index < 0 { return min(lineEnd, at - index) }
        if index >= part.count { return lineEnd }
        return min(lineEnd, at - index + ((cell + 1) * part.count + cells - 1) / cells)
    }
}

extension Evaluator {
    /// The picture over two axes in at most so many cells: of the indices in `part`, or of all where that is nil. Exact; one pass. nil where the
    /// tensor has no such axes.
    public func heatMap(
        rowAxis: Int, columnAxis: Int, part: HeatMap.Part? = nil, rows: Int, columns: Int,
        context: WorkContext = WorkContext()
    ) throws(Cancelled) -> HeatMap? {
        if let better = try prepared(context) {
            return try better.heatMap(
                rowAxis: rowAxis, columnAxis: columnAxis, part: part, rows: rows, columns: columns, context: context)
        }
        guard tensor.count > 0,
            let axes = HeatMapAxes(
                tensor.shape, rowAxis: rowAxis, columnAxis: columnAxis, part: part, rows: rows, columns: columns)
        else { return nil }
        let tables = PerWorker(context.threads) {
            HeatMapTable(axes.rows * axes.columns, isSingle: axes.isSingle)
        }
        try reconstructionPass(context).forEach(context) { _, part, worker in
            let table = tables[worker]
            axes.forEachRun(part.elements) { elements, cell in
                let start = elements.lowerBound - part.elements.lowerBound
                table.add(part.values + start, part.reconstruction + start, elements.count, cell)
            }
        }
        let first = tables[0]
        for other in tables.all.dropFirst() { first.merge(other) }
        return HeatMap(axes, first)
    }
}

/// Sums and largest magnitudes of every cell; of one worker.
private final class HeatMapTable {
    private var counts: [Int]
    private var squares: [SIMD4<Double>]
    private var largest: [SIMD4<Float>]
    /// x and x̂ of the only element of each cell; empty where cells hold more.
    private(set) var elements: [SIMD2<Float>]

    init(_ count: Int, isSingle: Bool) {
        elements = [SIMD2<Float>](repeating: .zero, count: isSingle ? count : 0)
        counts = [Int](repeating: 0, count: count)
        squares = [SIMD4<Double>](repeating: .zero, count: count)
        largest = [SIMD4<Float>](repeating: .zero, count: count)
    }

    func add(_ values: UnsafePointer<Float>, _ back: UnsafePointer<Float>, _ count: Int, _ cell: Int) {
        if !elements.isEmpty { elements[cell] = SIMD2(values[0], back[0]) }
        var finite = 0, x2 = 0.0, y2 = 0.0, e2 = 0.0, x1: Float = 0, y1: Float = 0, e1: Float = 0
        for i in 0..<count where values[i].isFinite {
            let x = abs(values[i]), y = abs(back[i]), e = abs(back[i] - values[i])
            finite += 1
            x2 += Double(x) * Double(x)
            y2 += Double(y) * Double(y)
            e2 += Double(e) * Double(e)
            if x > x1 { x1 = x }
            if y > y1 { y1 = y }
            if e > e1 { e1 = e }
        }
        counts[cell] += finite
        squares[cell] += SIMD4(x2, y2, e2, 0)
        let most = SIMD4(x1, y1, e1, 0)
        largest[cell].replace(with: most, where: most .> largest[cell])
    }

    func merge(_ other: HeatMapTable) {
        // Of each element one worker alone has seen something; the others hold zeros.
        for cell in elements.indices where elements[cell] == .zero { elements[cell] = other.elements[cell] }
        for cell in counts.indices {
            counts[cell] += other.counts[cell]
            squares[cell] += other.squares[cell]
            largest[cell].replace(with: other.largest[cell], where: other.largest[cell] .> largest[cell])
        }
    }

    /// By layer and measure; not a number where a cell has no finite element.
    var cells: [[Float]] {
        HeatMap.Layer.allCases.flatMap { layer in
            HeatMap.Measure.allCases.map { measure in
                counts.indices.map { cell in
                    guard counts[cell] > 0 else { return .nan }
                    return measure == .largest
                        ? largest[cell][layer.rawValue]
                        : Float((squares[cell][layer.rawValue] / Double(counts[cell])).squareRoot())
                }
            }
        }
    }
}
