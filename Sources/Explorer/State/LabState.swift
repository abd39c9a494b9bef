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
    public internal(set) var report: LabReport?
    public internal(set) var isPaused = false
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
    public var isRunning: Bool { report?.state == .running }

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
