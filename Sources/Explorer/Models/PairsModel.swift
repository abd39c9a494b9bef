import Basics
import Checkpoints
import Quantization

extension TableModel {
    /// Decibels of a whole bar: a thousandth of error is hardly one, and a pair that is nearly the same must not make all others small.
    private static let wholeBar = 60.0

    /// Another file's tensors against the open one's.
    init(pairsOf state: ExplorerState) {
        let heads = Words.pairHeads
        let columns = [
            Column(heads[0], isLeading: true), Column(heads[1], isLeading: true),
            Column(heads[2], isMarked: true, barWidth: 9),
            Column(heads[3]), Column(heads[4]), Column(heads[5], isLeading: true),
        ]
        guard let other = state.comparison.other else {
            self.init(
                title: Words.pairs, columns: columns, count: 0, cursor: 0, shown: 1,
                notice: .waiting(Words.noOtherFile),
                row: { _ in [] })
            return
        }
        let all = other.comparison.pairs.count
        func bar(_ sqnr: Double?) -> Double { sqnr.map { max(0, min(1, $0 / Self.wholeBar)) } ?? 1 }
        let match = other.comparison.match
        let only = Words.onlyIn(match.onlyA.count, match.onlyB.count, ambiguous: match.doubts.count)
        let paused = other.problem ?? (other.rows.count < all && other.isPaused ? Words.paused : nil)
        self.init(
            title: Words.otherTitle(ScreenText.fileName(other.path), known: other.rows.count, of: all),
            columns: columns,
            count: other.sorted.count, cursor: state.pairCursor, shown: state.rows,
            notice: other.sorted.isEmpty ? .problem(other.problem, or: Words.working) : nil,
            footnote: [paused, only.isEmpty ? nil : only].compactMap { $0 }.joined(separator: "  ")
        ) { place in
            guard let row = other.rows[other.sorted[place]] else { return [] }
            let name = ScreenText.safe(row.a) + (row.expert.map { " [\($0)]" } ?? "")
            let mismatches = row.mismatched > 0 ? Words.mismatched(row.mismatched) : nil
            let pair = other.sorted[place], correction = other.correction(of: pair)
            let found = correction.map { Words.corrected($0.cause) } ?? other.diagnoses[pair]?.cause
            let note = ([found].compactMap { $0 } + row.notes + [mismatches].compactMap { $0 }).joined(separator: ", ")
            guard let metrics = row.metrics else {
                return [
                    Cell(name), Cell(row.typeB, .dim), Cell(Words.none), Cell(Words.none), Cell(Words.none),
                    Cell(note, .warning),
                ]
            }
            if let correction {
                return [
                    Cell(name), Cell(row.typeB, .dim),
                    Cell(
                        correction.sqnr.map { NumberText.fixed($0, places: 2) } ?? Words.exact, .best,
                        bar: bar(correction.sqnr)),
                    Cell(Words.none), Cell(Words.none), Cell(note, .best),
                ]
            }
            let isExact = metrics.mse == 0
            return [
                Cell(name), Cell(row.typeB, .dim),
                Cell(
                    metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? (isExact ? Words.exact : Words.none),
                    isExact ? .dim : .plain, bar: metrics.sqnr != nil || isExact ? bar(metrics.sqnr) : nil),
                Cell(NumberText.significant(metrics.mse)), Cell(NumberText.significant(metrics.maxAbsError)),
                Cell(note, row.mismatched > 0 || found != nil ? .warning : .dim),
            ]
        }
    }
}
