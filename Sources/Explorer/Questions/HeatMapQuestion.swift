import Basics
public import Quantization

/// The tensor over two axes in so many cells.
struct HeatMapQuestion: Question {
    typealias Answer = HeatMap

    let rowAxis: Int
    let columnAxis: Int
    let rows: Int
    let columns: Int

    func answer(_ work: TensorWork) throws(Cancelled) {
        guard let evaluator = work.evaluator else { return }
        let map = try work.remembered(self, bytes: { _ in 16 * rows * columns }) { () throws(Cancelled) in
            try evaluator.heatMap(
                rowAxis: rowAxis, columnAxis: columnAxis, rows: rows, columns: columns, context: work.quiet)
        }
        work.put(self) { $0 = map }
    }

    /// The cursor stays within the picture.
    static func hasArrived(_ state: inout ExplorerState) {
        guard let map = state.heatMap else { return }
        let cell = state.channels.cell
        state.channels.cell = (min(cell.row, map.rows - 1), min(cell.column, map.columns - 1))
    }
}

extension ExplorerState {
    public var heatMap: HeatMap? { results[HeatMapQuestion.self] }
}
