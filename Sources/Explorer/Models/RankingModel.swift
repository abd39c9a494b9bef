import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

extension TableModel {
    /// Every weight of the file under the recipe.
    init(rankingOf state: ExplorerState) {
        let model = state.model, orders = state.rankColumns
        let isBesidePinned = model.pinned != nil
        let columns = orders.enumerated().map { place, order in
            Column(
                Words.columnTitle(order, isBesidePinned: isBesidePinned)
                    + (order == model.order ? (model.isReversed ? "▲" : "▼") : " "),
                isLeading: place == 0, isMarked: order == model.order,
                // The outline of the values stands before the first number, the bar before what is sorted by.
                outlineWidth: place == 1 ? 9 : 0, barWidth: order == model.order && place > 0 ? 9 : 0)
        }
        let bars = Self.bars(state)
        let all = model.scan?.candidates.count ?? 0
        let known = max(0, all - model.pending.count)
        let notice: Notice? =
            model.scan == nil
            ? .waiting(Words.working)
            : all == 0
                ? .waiting(Words.noWeights)
                : model.sorted.isEmpty
                    ? .problem(
                        model.problem,
                        or: known == 0 || state.filter.isEmpty
                            ? (model.isPaused ? Words.paused : Words.working) : Words.noMatch)
                    : nil
        self.init(
            title: Words.rankingTitle(
                known: known, of: all,
                shown: state.filter.isEmpty || known < all ? known : model.sorted.count,
                order: Words.sorted(by: model.order, isReversed: model.isReversed)),
            columns: columns, count: model.sorted.count, cursor: state.rankCursor,
            hasSelection: state.isRankCursorOpen, shown: state.rows,
            filter: state.isFiltering ? state.filter + "_" : state.filter.isEmpty ? nil : state.filter, notice: notice
        ) { place in
            let position = model.sorted[place]
            guard let row = model.row(position) else { return [] }
            // Its mark is after the name, of which the beginning is cut.
            let badge = TensorBadge.of(position, state)
            return orders.enumerated().map { place, order in
                let cell = Self.cell(order, row, pinned: model.pinnedRow(position), badge)
                let outline = place == 1 ? state.silhouettes[position]?.heights : nil
                let bar = order == model.order && place > 0 ? bars(row, model.pinnedRow(position)) : nil
                return cell.with(bar: bar, outline: outline)
            }
        }
    }

    /// How far a row is from zero, as a part of the farthest.
    private static func bars(_ state: ExplorerState) -> (Scan.Row, Scan.Row?) -> Double? {
        let model = state.model, order = model.order
        func size(_ row: Scan.Row, _ pinned: Scan.Row?) -> Double? {
            order.value(row, pinned: pinned).flatMap { $0.isFinite ? abs($0) : nil }
        }
        // The list is sorted: the farthest are at its ends.
        let ends = [model.sorted.first, model.sorted.last].compactMap { $0 }
        let most =
            ends.compactMap { position in model.row(position).flatMap { size($0, model.pinnedRow(position)) } }
            .max() ?? 0
        return { row, pinned in most > 0 ? size(row, pinned).map { min(1, $0 / most) } : nil }
    }

    private static func cell(_ column: RankColumn, _ row: Scan.Row, pinned: Scan.Row?, _ badge: TensorBadge?) -> Cell {
        switch column {
        case .value(.name):
            return Cell(
                ScreenText.safe(row.name) + (badge.map { " " + $0.mark } ?? ""),
                badge == .notFinite ? .warning : .plain)
        case .value(.elements): return Cell(row.shape.compact, .dim)
        case .value(.metric(.sqnr)): return Cell(sqnr(row))
        case .value(.metric(.bitsPerWeight)): return Cell(NumberText.fixed(row.metrics.size.bitsPerWeight, places: 3))
        case .value(.metric(.bytes)): return Cell(NumberText.grouped(Int(row.metrics.size.bytes)))
        case .value(.metric(.zeroedFraction)):
            return Cell(NumberText.significant(row.metrics.zeroedFraction * 100, digits: 3))
        case .value(let order):
            return Cell(order.value(row.metrics, row.shape).map { NumberText.significant($0) } ?? Words.none)
        case .pinned: return Cell(pinned.map(sqnr) ?? Words.notKnownYet, .dim)
        case .difference:
            guard let difference = column.value(row, pinned: pinned) else {
                return Cell(pinned == nil ? Words.notKnownYet : Words.none)
            }
            return Cell(Words.signed(difference), difference < 0 ? .warning : difference > 0 ? .best : .plain)
        }
    }

    private static func sqnr(_ row: Scan.Row) -> String {
        row.metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? (row.metrics.mse == 0 ? Words.exact : Words.none)
    }
}
