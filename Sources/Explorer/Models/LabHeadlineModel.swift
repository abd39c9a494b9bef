import Lab

/// The claim of an experiment as a headline, and what a run of it found.
public struct LabHeadlineModel: Sendable {
    /// The experiment, with its section of the survey.
    public let title: String
    public let claim: String
    /// In one sentence with its numbers; nil until it is known.
    public let finding: String?
    /// What to do, where nothing was found yet.
    public let hint: String

    init(_ state: ExplorerState) {
        let lab = state.lab, report = lab.report
        let experiment = report.flatMap { ExperimentCatalog.experiment($0.experiment) } ?? lab.experiment
        // A run of another experiment is not what the list is at.
        let isOfChosen = report == nil || report?.experiment == lab.experiment.name || lab.isRunning
        let shown = isOfChosen ? experiment : lab.experiment
        title = "\(shown.name) ── survey \(shown.section)"
        claim = shown.claim
        finding = isOfChosen ? report?.finding : nil
        hint =
            isOfChosen && report != nil
            ? (lab.isRunning ? report?.stage ?? "" : "") : Words.labBefore(seconds: shown.usualSeconds)
    }
}
