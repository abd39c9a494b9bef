import Basics
public import Quantization

/// The tensor over two axes in so many cells.
struct HeatMapQuestion: Question {
    typealias Answer = HeatMap

    let rowAxis: Int
    let columnAxis: Int
    let part: HeatMap.Part?
    let rows: Int
    let columns: Int

    func answer(_ work: TensorWork) throws(Cancelled) {
        guard let evaluator = work.evaluator else { return }
        let map = try work.remembered(self, bytes: { _ in 32 * rows * columns }) { () throws(Cancelled) in
            try evaluator.heatMap(
                rowAxis: rowAxis, columnAxis: columnAxis, part: part, rows: rows, columns: columns,
                context: work.quiet)
        }
        work.put(self) { $0 = map }
    }

    /// The cursor stays within the picture.
    static func hasArrived(_ state: inout ExplorerState) {
        guard let map = state.heatMap else { return }
        if let center = state.channels.center {
            let row = (0..<map.rows).first { map.rowIndices($0).contains(center.row) }
            let column = (0..<map.columns).first { map.columnIndices($0).contains(center.column) }
            if let row, let column { state.channels.cell = (row, column) }
        }
        let cell = state.channels.cell
        state.channels.cell = (min(cell.row, map.rows - 1), min(cell.column, map.columns - 1))
    }
}

extension ExplorerState {
    public var heatMap: HeatMap? { results[HeatMapQuestion.self] }
}
