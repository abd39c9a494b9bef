import Checkpoints

extension PanelID {
    public static let diagnosis = PanelID("diagnosis")
}

/// What went wrong in another file's tensor: usual causes, and what correcting each would leave.
struct DiagnosisPanel: Panel {
    let id = PanelID.diagnosis
    var title: String { Words.diagnosis }
    var plainly: String { Words.diagnosisPlainly }
    var explanation: String { Words.diagnosisExplanation }
    var hints: [String] { Words.diagnosisHints }

    func content(_ state: ExplorerState) -> TableModel { TableModel(diagnosisOf: state) }

    /// The whole sentences of the cause at the cursor.
    func now(_ state: ExplorerState) -> [String] {
        guard let diagnosis = state.diagnosis else { return [] }
        guard diagnosis.findings.indices.contains(state.findingCursor) else { return [diagnosis.sentence] }
        let finding = diagnosis.findings[state.findingCursor]
        return [finding.sentence, finding.evidence]
    }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        state.moveFinding(by: state.offset(of: motion, length: state.diagnosis?.findings.count ?? 0))
    }

    func enter(_ state: inout ExplorerState) -> [Request] { state.correctFinding() }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .row(let place) = target else { return state.point(to: id) }
        return state.point(toFinding: place)
    }
}

extension Words {
    static let diagnosis = "What went wrong"
    static let diagnosisPlainly =
        "When a converted file is worse than it should be, one of a few mistakes is usual; here each is tried as an explanation."
    static let diagnosisExplanation =
        "Usual ways for an export to go wrong, tried on the pair under the cursor: for each that shows a sign, the part of the error that correcting it would remove and the SQNR that it would leave. A cause is named where correcting it removes at least half of the error. Enter takes a cause as corrected in all tensors that show it: the list of pairs and A over B then show what is left. Rows are those of qlens diagnose."
    package static let diagnosisHints = ["Enter take as corrected", "j k cause", "i whole sentences", "Tab pairs"]
}
