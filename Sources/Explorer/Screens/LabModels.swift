public import Lab
import Quantization

/// What the Lab screen says.
public struct LabModel: Sendable {
    public let list: LabListModel
    public let curves: LabCurvesModel
    public let outcomes: LabOutcomesModel
    public let layer: LabLayerModel
    public let regions: LabRegionsModel

    init(_ state: ExplorerState) {
        list = LabListModel(state)
        curves = LabCurvesModel(state)
        outcomes = LabOutcomesModel(state)
        layer = LabLayerModel(state)
        regions = LabRegionsModel(state)
    }
}

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
                isSelected: lab.cursor == all.count + place, isMarked: value != setting.value)
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

/// Curves of a run, a picture for each kind.
public struct LabCurvesModel: Sendable {
    public struct Picture: Sendable {
        public let kind: LabReport.Curve.Kind
        public let title: String
        /// The ends of both axes.
        public let low: String
        public let high: String
        public let first: String
        public let last: String
        public let curves: [Line]
    }

    /// One curve, its points in the unit square.
    public struct Line: Sendable {
        public let name: String
        public let mark: Character
        /// The last value.
        public let value: String
        public let points: [(x: Double, y: Double)]

        /// The height at a place of the axis, between points on the line that joins them; nil beyond the ends.
        public func height(at x: Double) -> Double? {
            guard let first = points.first, let last = points.last, x >= first.x, x <= last.x else { return nil }
            var low = 0, high = points.count - 1
            while high - low > 1 {
                let middle = (low + high) / 2
                if points[middle].x <= x { low = middle } else { high = middle }
            }
            let (a, b) = (points[low], points[high])
            return b.x > a.x ? a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x) : b.y
        }
    }

    public let pictures: [Picture]
    /// Where there is room for one, this.
    public let shown: Int
    public let notice: String?

    init(_ state: ExplorerState) {
        let lab = state.lab, curves = lab.report?.curves ?? []
        pictures = LabReport.Curve.Kind.allCases.compactMap { kind in
            let some = curves.filter {
                $0.kind == kind && ($0.layer == nil || $0.layer == lab.layerName) && !$0.points.isEmpty
            }
            return some.isEmpty ? nil : Self.picture(kind, some, layer: lab.layerName)
        }
        shown = pictures.firstIndex { $0.kind == lab.kind } ?? 0
        notice = pictures.isEmpty ? (lab.report == nil ? Words.labNoCurves : Words.working) : nil
    }

    private static func picture(_ kind: LabReport.Curve.Kind, _ curves: [LabReport.Curve], layer: String?) -> Picture {
        let points = curves.flatMap { $0.points }
        let isLogarithmic = kind == .calibration
        func place(_ x: Double) -> Double { isLogarithmic ? Decibel.of(max(x, 1)) : x }
        let beginsAtZero = kind != .calibration && kind != .bits
        let first = beginsAtZero ? 0 : points.map { place($0.x) }.min() ?? 0
        let last = max(points.map { place($0.x) }.max() ?? 1, first + 1e-9)
        var low = points.map { $0.y }.min() ?? 0, high = points.map { $0.y }.max() ?? 1
        switch kind {
        case .loss, .limit: low = 0
        case .accuracy, .calibration, .bits:
            high = 1
            low = min(0.95, (low * 20).rounded(.down) / 20)
        }
        if high <= low { high = low + 1 }
        func text(_ y: Double) -> String {
            kind == .loss || kind == .limit
                ? NumberText.significant(y, digits: 3) : NumberText.fixed(y * 100, places: 1)
        }
        return Picture(
            kind: kind, title: Words.labCurves(kind, layer: layer), low: text(low), high: text(high),
            first: NumberText.significant(beginsAtZero ? 0 : points.map { $0.x }.min() ?? 0, digits: 3),
            last: NumberText.significant(points.map { $0.x }.max() ?? 1, digits: 3),
            curves: curves.enumerated().map { number, curve in
                let sorted = curve.points.sorted { $0.x < $1.x }
                return Line(
                    name: curve.series, mark: Character(Unicode.Scalar(UInt8(97 + number % 26))),
                    value: sorted.last.map { text($0.y) } ?? "",
                    points: sorted.map { ((place($0.x) - first) / (last - first), ($0.y - low) / (high - low)) })
            })
    }
}

/// Accuracies as bars against the float network's, and what else a run has found.
public struct LabOutcomesModel: Sendable {
    public struct Bar: Sendable {
        public let name: String
        public let share: Double
        public let value: String
        /// In points, against float.
        public let difference: String
        public let isReference: Bool
    }

    public let bars: [Bar]
    /// Of float, where it is known.
    public let reference: Double?
    public let lines: [String]
    public let notice: String?

    init(_ state: ExplorerState) {
        let results = state.lab.report?.results ?? [], ending = "_accuracy"
        let reference = state.lab.report?[result: "float_accuracy"]
        self.reference = reference
        bars = results.compactMap { result -> Bar? in
            guard result.name.hasSuffix(ending), case .number(let value) = result.value else { return nil }
            let isReference = result.name == "float" + ending
            return Bar(
                name: String(result.name.dropLast(ending.count)).replacing("_", with: " "), share: value,
                value: NumberText.fixed(value * 100, places: 2),
                difference: isReference
                    ? "" : reference.map { Self.points(value - $0) } ?? "",
                isReference: isReference)
        }
        lines = results.filter { !$0.name.hasSuffix(ending) }.flatMap { result -> [String] in
            let name = result.name.replacing("_", with: " ")
            switch result.value {
            case .number(let value): return ["\(name) \(NumberText.significant(value))"]
            case .byName(let values, let order):
                return [name] + order.map { "  \($0) \(NumberText.significant(values[$0] ?? 0))" }
            }
        }
        notice = results.isEmpty ? Words.labNoOutcomes : nil
    }

    /// With its sign.
    private static func points(_ difference: Double) -> String {
        (difference < 0 ? "" : "+") + NumberText.fixed(difference * 100, places: 2)
    }
}

/// Weights of the layer that is looked at, before and after rounding.
public struct LabLayerModel: Sendable {
    public let title: String
    public let latent: [UInt64]
    public let quantized: [UInt64]
    /// The axis goes from -limit to limit.
    public let limit: String
    public let notice: String?

    init(_ state: ExplorerState) {
        let layers = state.lab.report?.layers ?? []
        guard let picture = layers.isEmpty ? nil : layers[min(state.lab.layer, layers.count - 1)] else {
            (title, latent, quantized, limit) = (Words.labLayer, [], [], "")
            notice = Words.labNoLayers
            return
        }
        title = Words.labLayerTitle(
            ScreenText.safe(picture.name), number: min(state.lab.layer, layers.count - 1) + 1, of: layers.count)
        latent = picture.latent.map { UInt64($0) }
        quantized = picture.quantized.map { UInt64($0) }
        limit = NumberText.significant(picture.limit, digits: 3)
        notice = nil
    }
}

/// Where a network decides for which class.
public struct LabRegionsModel: Sendable {
    public let columns: Int
    public let rows: Int
    /// Row after row from the top.
    public let classes: [Int]
    public let notice: String?

    init(_ state: ExplorerState) {
        let regions = state.lab.report?.regions
        (columns, rows, classes) = (regions?.columns ?? 0, regions?.rows ?? 0, regions?.classes ?? [])
        notice = regions == nil ? Words.labNoRegions : nil
    }
}
