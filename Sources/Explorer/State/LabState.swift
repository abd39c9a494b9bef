public import Lab

/// What the Lab screen shows: the experiments, their settings, and the last run.
public struct LabState: Sendable {
    /// The chosen experiment, as an index into the catalogue.
    public internal(set) var place = 0
    /// Values that are not the experiments' own, by experiment and setting.
    var chosen: [String: [String: String]] = [:]
    /// The row of the list that the cursor is on: the experiments, then the settings of the chosen one.
    public internal(set) var cursor = 0
    /// What the last run has found; nil before the first one.
    var latest: LabReport?
    /// What is looked at of it.
    public internal(set) var report: LabReport? {
        get { pastPlace.flatMap { past.indices.contains($0) ? past[$0] : nil } ?? latest }
        set { latest = newValue }
    }
    public internal(set) var isPaused = false
    /// Pictures of a run follow each other slowly.
    public internal(set) var isSlow = false
    /// The run as it was, in some of its reports, and which of them is looked at; nil looks at the last one.
    var past: [LabReport] = []
    public internal(set) var pastPlace: Int?
    private var pastStride = 1
    private var pastSkipped = 0
    /// The run before, which comes back where the next one is refused.
    var before: LabReport?
    /// Counts the runs, so that late answers about an earlier one are known as such.
    var runNumber = 0
    /// The layer that is shown, as an index into those of the run.
    public internal(set) var layer = 0
    /// How far the list of outcomes is scrolled.
    public internal(set) var outcomeScroll = 0
    /// The table that is shown, as an index into those of the run, and how far it is scrolled.
    public internal(set) var table = 0
    public internal(set) var tableScroll = 0
    /// The kind of samples that is shown, as an index into those of the run; nil for the one that is made at present.
    public internal(set) var picture: Int?
    /// The kind of curves that is shown where there is room for one; nil for what says most.
    public internal(set) var kind: LabReport.Curve.Kind?

    public var experiment: any Experiment { ExperimentCatalog.all[place] }
    public var settings: [LabSetting] { experiment.allSettings }
    public var isRunning: Bool { latest?.state == .running }

    /// The setting that the cursor is on; nil on an experiment.
    public var setting: LabSetting? {
        let row = cursor - ExperimentCatalog.all.count
        return settings.indices.contains(row) ? settings[row] : nil
    }

    public func value(of setting: LabSetting) -> String {
        chosen[experiment.name]?[setting.name] ?? usualValue(of: setting)
    }

    /// What a setting is where nobody chose it: of some the model decides.
    func usualValue(of setting: LabSetting) -> String {
        setting.value(for: chosen[experiment.name]?["model"] ?? "")
    }

    /// Rows of the list.
    var rowCount: Int { ExperimentCatalog.all.count + settings.count }

    /// The name of the layer that is looked at.
    public var layerName: String? {
        guard let layers = report?.layers, !layers.isEmpty else { return nil }
        return layers[min(layer, layers.count - 1)].name
    }

    /// The kind of samples that is looked at; nil where there are none.
    var shownPictures: Int? {
        guard let count = report?.pictures.count, count > 0 else { return nil }
        return min(picture ?? count - 1, count - 1)
    }

    /// Keeps a report to look back at: of a long run every second one, then every fourth, and so on.
    mutating func remember(_ report: LabReport) {
        if past.first.map({ $0.experiment != report.experiment }) ?? false || report.seconds < past.last?.seconds ?? 0 {
            forgetPast()
        }
        pastSkipped += 1
        let isLast = report.state != .running
        guard pastSkipped >= pastStride || isLast else { return }
        pastSkipped = 0
        past.append(report)
        guard past.count > Self.mostPast else { return }
        // The first and the last one stay.
        past = past.indices.filter { $0 % 2 == 0 }.map { past[$0] }
        pastStride *= 2
        if let place = pastPlace { pastPlace = place / 2 }
    }

    mutating func forgetPast() { (past, pastPlace, pastStride, pastSkipped) = ([], nil, 1, 0) }

    private static let mostPast = 200

    mutating func set(_ setting: LabSetting, _ value: String) {
        chosen[experiment.name, default: [:]][setting.name] = value == usualValue(of: setting) ? nil : value
    }
}

/// A run of an experiment.
public struct LabRequest: Sendable {
    public let number: Int
    public let experiment: any Experiment
    public let settings: LabSettings
}
