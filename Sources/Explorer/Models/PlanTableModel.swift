import Basics
import Checkpoints
import Hardware
import Quantization

extension TableModel {
    /// The weights of the plan.
    init(planOf state: ExplorerState) {
        let planning = state.planning, rows = state.plannedRows
        let hasTime = planning.settings.hardware != nil
        let columns = PlanColumn.allCases.filter { $0 != .time || hasTime }
        let whole = planning.plan?.total.error ?? 0
        let most = rows.map { $0.metrics.size.bitsPerWeight }.max() ?? 8
        let gains = rows.map { $0.next?.gainPerBit ?? 0 }.max() ?? 0
        let filter = planning.filter.string
        let cursor = rows.firstIndex { $0.position == planning.cursor } ?? 0
        self.init(
            title: Words.planTableTitle(planning.plan, shown: rows.count, pending: planning.plan?.pendingCount ?? 0),
            columns: columns.map { column in
                Column(
                    Words.title(of: column) + (column == planning.column ? "▼" : " "),
                    isLeading: column == .name || column == .recipe || column == .bits,
                    isMarked: column == planning.column)
            },
            count: rows.count, cursor: cursor, shown: state.rows,
            filter: state.isFiltering && state.screen == .plan ? filter + "_" : filter.isEmpty ? nil : filter,
            notice: rows.isEmpty
                ? .problem(
                    planning.problem,
                    or: planning.plan == nil || filter.isEmpty ? Words.working : Words.noMatch) : nil
        ) { place in
            let row = rows[place]
            return columns.map { column in
                switch column {
                case .name: Cell(ScreenText.safe(row.name) + (row.isPinned ? " " + Words.pinMark : ""))
                case .recipe: Cell(row.treatment.description, .dim)
                case .bits: Cell(Words.bitsBar(row.metrics.size.bitsPerWeight, most: max(8, most)))
                case .sqnr:
                    Cell(
                        row.metrics.sqnr.map { NumberText.fixed($0, places: 1) }
                            ?? (row.error == 0 ? Words.exact : Words.none))
                case .share: Cell(whole > 0 ? NumberText.significant(row.error / whole * 100, digits: 2) : Words.none)
                case .gain:
                    // Against the best buy: what a bit is worth elsewhere decides.
                    row.next.map {
                        Cell(NumberText.significant($0.gainPerBit / max(gains, .leastNormalMagnitude), digits: 2))
                    }
                        ?? Cell(Words.none, .dim)
                case .time:
                    Cell(
                        row.time.map {
                            NumberText.significant($0.total * 1e3, digits: 3) + Words.boundMark($0.side)
                        } ?? Words.none)
                }
            }
        }
    }
}

extension Words {
    static let pinMark = "▪"

    static func title(of column: PlanColumn) -> String {
        switch column {
        case .name: "weight"
        case .recipe: "recipe"
        case .bits: "bits"
        case .sqnr: "SQNR dB"
        case .share: "% of error"
        case .gain: "next bit"
        case .time: "ms"
        }
    }

    static func planTableTitle(_ plan: Plan?, shown: Int, pending: Int) -> String {
        guard let plan else { return "Weights" }
        let count = shown == plan.rows.count ? "\(shown)" : "\(shown) of \(plan.rows.count)"
        let pinned = plan.rows.count { $0.isPinned }
        return "Weights \(count)" + (pinned > 0 ? " ── \(pinned) pinned" : "")
            + (pending > 0 ? " ── \(pending) not known yet" : "")
    }

    /// A bar of eight cells and the number.
    static func bitsBar(_ bits: Double, most: Double) -> String {
        let cells = max(0, min(8, Int((bits / most * 8).rounded())))
        return String(repeating: "━", count: cells) + String(repeating: " ", count: 9 - cells)
            + NumberText.fixed(bits, places: 2)
    }

    static func boundMark(_ side: LayerTime.Side) -> String {
        switch side {
        case .memory: " mem"
        case .arithmetic: " ops"
        }
    }
}
