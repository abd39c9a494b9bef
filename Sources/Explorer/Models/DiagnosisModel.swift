import Basics
import Checkpoints
import Quantization

extension TableModel {
    /// What went wrong in the other file's tensor.
    init(diagnosisOf state: ExplorerState) {
        let columns = [
            Column(Words.findingHeads[0], isLeading: true), Column(Words.findingHeads[1], isMarked: true),
            Column(Words.findingHeads[2]), Column(Words.findingHeads[3], isLeading: true),
        ]
        func empty(_ title: String, _ notice: Notice) -> TableModel {
            TableModel(title: title, columns: columns, count: 0, cursor: 0, shown: 1, notice: notice, row: { _ in [] })
        }
        guard let other = state.comparison.other, other.isDiagnosed else {
            self = empty(Words.diagnosis, .waiting(Words.noDiagnosis(hasOther: state.comparison.other != nil)))
            return
        }
        let known = other.diagnoses.count, all = other.comparison.pairs.count
        let broken = other.diagnoses.values.count { $0.verdict != .sound }
        let progress = Words.diagnosed(known: known, of: all, broken: broken)
        guard let diagnosis = state.diagnosis else {
            self = empty(
                "\(Words.diagnosis) ── \(progress)",
                .problem(
                    other.problem,
                    or: other.isPaused ? Words.paused : known == all ? Words.noPairHere : Words.working))
            return
        }
        let title = "\(Words.verdict(diagnosis.verdict)) ── \(progress)"
        guard !diagnosis.findings.isEmpty else {
            self = empty(title, .waiting(ScreenText.safe(diagnosis.sentence)))
            return
        }
        let findings = diagnosis.findings
        let chosen = findings[state.findingCursor]
        self.init(
            title: title, columns: columns, count: findings.count, cursor: state.findingCursor, shown: state.rows,
            footnote: ScreenText.safe(chosen.sentence)
        ) { place in
            let finding = findings[place], isCorrected = other.corrected.contains(finding.cause)
            return [
                Cell((isCorrected ? "✓ " : "") + finding.cause, isCorrected ? .best : .plain),
                Cell(NumberText.fixed(finding.removed * 100, places: 1)),
                Cell(finding.sqnr.map { NumberText.fixed($0, places: 2) } ?? Words.exact),
                Cell(ScreenText.safe(finding.evidence), .dim),
            ]
        }
    }
}
