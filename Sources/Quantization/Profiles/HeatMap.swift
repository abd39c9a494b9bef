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
    public let rowExtent: Int
    public let columnExtent: Int
    /// Cells.
    public let rows: Int
    public let columns: Int
    private let cells: [[Float]]

    fileprivate init(_ axes: HeatMapAxes, _ cells: [[Float]]) {
        (rowAxis, columnAxis) = (axes.rowAxis, axes.columnAxis)
        (rowExtent, columnExtent, rows, columns) = (axes.rowExtent, axes.columnExtent, axes.rows, axes.columns)
        self.cells = cells
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
    public func rowIndices(_ row: Int) -> Range<Int> { Self.indices(row, rows, rowExtent) }
    public func columnIndices(_ column: Int) -> Range<Int> { Self.indices(column, columns, columnExtent) }

    private static func indices(_ cell: Int, _ cells: Int, _ extent: Int) -> Range<Int> {
        (cell * extent + cells - 1) / cells..<((cell + 1) * extent + cells - 1) / cells
    }
}

/// Where elements belong in a picture.
private struct HeatMapAxes: Sendable {
    let rowAxis: Int, columnAxis: Int
    let rowExtent: Int, columnExtent: Int
    let rows: Int, columns: Int
    private let rowInner: Int, columnInner: Int
    private let isVector: Bool
    private let last: Int

    init?(_ shape: Shape, rowAxis: Int, columnAxis: Int, rows: Int, columns: Int) {
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
        last = shape.extents.last ?? 1
        self.rows = max(1, min(rows, rowExtent))
        self.columns = max(1, min(columns, columnExtent))
    }

    @inline(__always)
    private func row(_ element: Int) -> Int { element / rowInner % rowExtent * rows / rowExtent }
    @inline(__always)
    private func column(_ element: Int) -> Int { element / columnInner % columnExtent * columns / columnExtent }

    /// Calls `body(elements, cell)` for runs of elements of one cell each, in order.
    @inline(__always)
    func forEachRun(_ elements: Range<Int>, _ body: (Range<Int>, Int) -> Void) {
        var at = elements.lowerBound
        while at < elements.upperBound {
            let cellRow = row(at), cellColumn = column(at)
            // To the end of the line along the last axis, or of its cell where that axis is one of the two.
            let index = at % last
            var end = at - index + last
            if isVector || columnInner == 1 {
                end = at - index + min(last, ((cellColumn + 1) * columnExtent + columns - 1) / columns)
            } else if rowInner == 1 {
                end = at - index + min(last, ((cellRow + 1) * rowExtent + rows - 1) / rows)
            }
            end = min(end, elements.upperBound)
            body(at..<end, cellRow * columns + cellColumn)
            at = end
        }
    }
}

extension Evaluator {
    /// The picture over two axes in at most so many cells. Exact; one pass. nil where the tensor has no such axes.
    public func heatMap(
        rowAxis: Int, columnAxis: Int, rows: Int, columns: Int, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> HeatMap? {
        if let better = try prepared(context) {
            return try better.heatMap(
                rowAxis: rowAxis, columnAxis: columnAxis, rows: rows, columns: columns, context: context)
        }
        guard tensor.count > 0,
            let axes = HeatMapAxes(
                tensor.shape, rowAxis: rowAxis, columnAxis: columnAxis, rows: rows, columns: columns)
        else { return nil }
        let tables = PerWorker(context.threads) { HeatMapTable(axes.rows * axes.columns) }
        try reconstructionPass(context).forEach(context) { _, part, worker in
            let table = tables[worker]
            axes.forEachRun(part.elements) { elements, cell in
                let start = elements.lowerBound - part.elements.lowerBound
                table.add(part.values + start, part.reconstruction + start, elements.count, cell)
            }
        }
        let first = tables[0]
        for other in tables.all.dropFirst() { first.merge(other) }
        return HeatMap(axes, first.cells)
    }
}

/// Sums and largest magnitudes of every cell; of one worker.
private final class HeatMapTable {
    private var counts: [Int]
    private var squares: [SIMD4<Double>]
    private var largest: [SIMD4<Float>]

    init(_ count: Int) {
        counts = [Int](repeating: 0, count: count)
        squares = [SIMD4<Double>](repeating: .zero, count: count)
        largest = [SIMD4<Float>](repeating: .zero, count: count)
    }

    func add(_ values: UnsafePointer<Float>, _ back: UnsafePointer<Float>, _ count: Int, _ cell: Int) {
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
