import Basics
import Quantization

extension TableModel {
    /// The recipes of the Sweep screen.
    init(sweepOf state: ExplorerState) {
        let sweep = state.sweep, rows = state.sweptTable, metric = sweep.quality.metric
        let columns = SweepColumn.allCases.map { column in
            Column(
                Words.title(of: column, metric) + (column == sweep.column ? (sweep.isReversed ? "▲" : "▼") : " "),
                isLeading: column == .recipe, isMarked: column == sweep.column)
        }
        let text = sweep.filter.string
        let here = state.sweepCursor, current = state.recipe.description
        let cursor = rows.firstIndex { $0.point.name == here } ?? -1
        self.init(
            title: Words.sweepTableTitle(shown: rows.count, frontier: rows.count { $0.isOnFrontier }),
            columns: columns, count: rows.count, cursor: cursor, shown: state.rows,
            filter: state.isFiltering && state.screen == .sweep ? text + "_" : text.isEmpty ? nil : text,
            notice: rows.isEmpty ? (state.sweptRows.isEmpty ? state.waitingNotice : .waiting(Words.noMatch)) : nil
        ) { place in
            let row = rows[place], metrics = row.point.metrics, mark = row.point.isExact ? "" : "≈"
            return SweepColumn.allCases.map { column in
                switch column {
                case .recipe:
                    Cell(Words.sweepName(row.point.name, isCurrent: row.point.name == current))
                case .bits: Cell(NumberText.fixed(metrics.size.bitsPerWeight, places: 3))
                case .quality:
                    Cell(
                        mark + (metric.value(metrics).map { QualityPlotModel.text(metric, $0) } ?? Words.exact),
                        row.isOnFrontier ? .best : .plain)
                case .gap:
                    row.isOnFrontier
                        ? Cell(Words.frontierMark, .best)
                        : Cell(row.gap.map { "-" + NumberText.fixed($0, places: 2) } ?? Words.none)
                case .maxAbsError: Cell(NumberText.significant(metrics.maxAbsError, digits: 3))
                case .zeroed: Cell(NumberText.significant(metrics.zeroedFraction * 100, digits: 3))
                case .bytes: Cell(NumberText.grouped(Int(metrics.size.bytes)), .dim)
                }
            }
        }
    }
}
