import Basics
import TensorFiles
import Tensors

/// The list of tensors.
public struct ListModel: Sendable {
    public struct Row: Sendable {
        public let name: String
        /// The shape, or the outlier score where the list is sorted by it.
        public let note: String
        public let isOpen: Bool
        /// A mark of what is wrong with it.
        public let badge: TensorBadge?
        /// The index of the tensor in the file.
        public let index: Int
    }

    public let title: String
    /// The part of the list around the open tensor.
    public let rows: [Row]
    /// The notes are outlier scores.
    public let hasScores: Bool
    /// The position of the open tensor in `rows`.
    public let cursor: Int?
    public let filter: String?
    /// The filter is being typed.
    public let isFiltering: Bool

    init(_ state: ExplorerState) {
        // Only what a screen can show: lists have up to 100,000 names.
        let cursor = state.listCursor
        let start = max(0, min((cursor ?? 0) - state.rows / 2, state.listed.count - state.rows))
        rows = state.listed[start..<min(start + state.rows, state.listed.count)].map { index in
            let view = state.file.tensors[index]
            return Row(
                name: ScreenText.safe(view.name), note: Self.note(index, view, state),
                isOpen: index == state.tensorIndex, badge: TensorBadge.of(index, state), index: index)
        }
        hasScores = state.order == .outlier
        self.cursor = cursor.map { $0 - start }
        let total = state.file.tensors.count
        var title = Words.tensors + (state.listed.count == total ? " \(total)" : " \(state.listed.count)/\(total)")
        if state.order == .outlier, state.facts.count < total {
            title += " ≈ " + Words.scored(state.facts.count, of: total)
        }
        self.title = title
        filter = state.isFiltering || !state.filter.isEmpty ? state.filter : nil
        isFiltering = state.isFiltering
    }

    private static func note(_ index: Int, _ view: TensorView, _ state: ExplorerState) -> String {
        guard state.order == .outlier else { return view.storedShape.compact }
        guard let facts = state.facts[index] else { return "…" }
        return facts?.outlierScore.map { $0 < 100 ? NumberText.fixed($0, places: 2) : NumberText.short($0) }
            ?? Words.none
    }
}
