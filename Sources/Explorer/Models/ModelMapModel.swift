import Basics
import Checkpoints
import Quantization

extension LayerMapModel {
    /// The metric that the ranking is sorted by, the worst the brightest; differences to a pinned recipe have signs.
    init(scanOf state: ExplorerState) {
        let model = state.model
        let order =
            model.order == .value(.name) || model.order == .value(.elements)
            ? RankColumn.value(.metric(.sqnr)) : model.order
        let title = "\(Words.modelMap) ── \(Words.columnTitle(order, isBesidePinned: model.pinned != nil))"
        guard model.scan != nil, !model.sorted.isEmpty else {
            self.init(title: title, notice: .problem(model.problem, or: Words.working))
            return
        }
        let grid = model.grid
        func value(_ position: Int) -> Double? {
            model.row(position).flatMap { order.value($0, pinned: model.pinnedRow(position)) }.flatMap {
                $0.isFinite ? $0 : nil
            }
        }
        /// The worst of a cell: what comes first in the list.
        func worst(_ positions: [Int]) -> Double? {
            positions.compactMap(value).min { order.precedes($0, $1) ?? false }
        }
        let isSigned = order == .difference, all = grid.cells.joined().compactMap(worst)
        guard let best = all.max(by: { order.precedes($0, $1) ?? false }),
            let last = all.min(by: { order.precedes($0, $1) ?? false })
        else {
            self.init(title: title, notice: .waiting(Words.working))
            return
        }
        let most = max(all.map { abs($0) }.max() ?? 1, 1e-30)
        func text(_ value: Double) -> String { NumberText.significant(value, digits: 3) }
        let cursor = grid.place(of: state.rankedPosition)
        self.init(
            title: title, grid, cursor: cursor,
            value: cursor.flatMap { worst(grid.cells[$0.layer][$0.module]) }.map(text) ?? "",
            key: isSigned ? (text(-most), "0", text(most)) : (text(best), "", text(last)), isSigned: isSigned
        ) { positions in
            guard let worst = worst(positions) else { return nil }
            let share = isSigned ? worst / most : best == last ? 0 : (worst - best) / (last - best)
            return Cell(digits: "", share: share, isPinned: false)
        }
    }
}

extension ExplorerState {
    /// The weight under the cursor of the list.
    var rankedPosition: Int? { model.sorted.indices.contains(rankCursor) ? model.sorted[rankCursor] : nil }

    /// Puts the cursor of the list on a weight.
    mutating func go(toWeight position: Int) -> [Request] {
        guard let place = model.sorted.firstIndex(of: position) else { return [] }
        return go(toRank: place)
    }
}
