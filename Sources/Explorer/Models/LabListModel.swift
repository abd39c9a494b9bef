import Basics
import Lab

/// The experiments, the settings of the chosen one, and how far its run is.
public struct LabListModel: Sendable {
    public struct Row: Sendable {
        public let name: String
        public let value: String
        public let isExperiment: Bool
        public let isSelected: Bool
        /// The chosen experiment, or a value that is not the experiment's own.
        public let isMarked: Bool
    }

    public let rows: [Row]
    /// What the row under the cursor is.
    public let explanation: String
    /// The run: what it does, how far it is.
    public let status: [String]
    /// From 0 to 1; nil where nothing runs.
    public let share: Double?

    init(_ state: ExplorerState) {
        let lab = state.lab, all = ExperimentCatalog.all
        let experiments = all.enumerated().map { place, experiment in
            Row(
                name: experiment.name, value: experiment.section, isExperiment: true,
                isSelected: lab.cursor == place, isMarked: lab.place == place)
        }
        let settings = lab.settings.enumerated().map { place, setting in
            let value = lab.value(of: setting)
            return Row(
                name: setting.name, value: ScreenText.safe(value.isEmpty ? Words.none : value), isExperiment: false,
                isSelected: lab.cursor == all.count + place, isMarked: value != lab.usualValue(of: setting))
        }
        rows = experiments + settings
        explanation = lab.setting?.summary ?? lab.experiment.summary
        guard let report = lab.report else {
            status = [Words.labEnterRuns(lab.experiment.name)]
            share = nil
            return
        }
        let seconds = NumberText.fixed(report.seconds, places: 1)
        let head = Words.labHead(report.experiment, seed: "\(report.seed)", seconds: seconds)
        switch report.state {
        case .running:
            status = [head, lab.isPaused ? Words.labPaused : report.stage]
            share = report.share
        case .finished: (status, share) = ([head, Words.complete], nil)
        case .cancelled: (status, share) = ([head, Words.labStopped], nil)
        case .failed(let problem): (status, share) = ([head, ScreenText.safe(problem)], nil)
        }
    }
}
