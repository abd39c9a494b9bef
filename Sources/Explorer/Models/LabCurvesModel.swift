import Basics
public import Lab
import Quantization

/// Curves of a run, a picture for each kind.
public struct LabCurvesModel: Sendable {
    public struct Picture: Sendable {
        public let kind: LabReport.Curve.Kind
        public let title: String
        /// In the numbers that are shown: shares are percent.
        public let x: Axis
        public let y: Axis
        public let xTitle: String
        public let curves: [Line]
        /// Each point is a result of its own, rather than a step of training.
        public let hasMarks: Bool
    }

    /// One curve, its points in the unit square.
    public struct Line: Sendable {
        public let name: String
        /// The letter of what is trained or tried, the same in every picture and in the list of outcomes, and its number.
        public let mark: Character
        public let number: Int
        /// The last value.
        public let value: String
        public let points: [(x: Double, y: Double)]
    }

    public let pictures: [Picture]
    /// Where there is room for one, this.
    public let shown: Int
    public let notice: Notice?

    init(_ state: ExplorerState) {
        let lab = state.lab, curves = lab.report?.curves ?? []
        pictures = LabReport.Curve.Kind.allCases.compactMap { kind in
            let some = curves.filter {
                $0.kind == kind && ($0.layer == nil || $0.layer == lab.layerName) && !$0.points.isEmpty
            }
            return some.isEmpty ? nil : Self.picture(kind, some, layer: lab.layerName, Self.series(lab.report))
        }
        let kind = Self.kind(lab)
        shown = pictures.firstIndex { $0.kind == kind } ?? 0
        notice = pictures.isEmpty ? .waiting(lab.report == nil ? lab.experiment.summary : Words.working) : nil
    }

    /// What is shown where there is room for one picture: the chosen kind, else the result where there is one, else how training goes.
    static func kind(_ lab: LabState) -> LabReport.Curve.Kind {
        if let kind = lab.kind { return kind }
        let known = lab.report?.curves.filter { $0.points.count > 1 }.map { $0.kind } ?? []
        return [.bits, .calibration].first(where: known.contains) ?? .accuracy
    }

    /// What is trained or tried, in the order of the report: letters and colours follow it.
    static func series(_ report: LabReport?) -> [String] {
        var all: [String] = []
        for curve in report?.curves ?? [] where !all.contains(curve.series) { all.append(curve.series) }
        return all
    }

    static func mark(_ number: Int) -> Character { Character(Unicode.Scalar(UInt8(97 + number % 26))) }

    private static func picture(
        _ kind: LabReport.Curve.Kind, _ curves: [LabReport.Curve], layer: String?, _ series: [String]
    ) -> Picture {
        let points = curves.flatMap { $0.points }
        let isLogarithmic = kind == .calibration
        func place(_ x: Double) -> Double { isLogarithmic ? Decibel.of(max(x, 1)) : x }
        let beginsAtZero = kind != .calibration && kind != .bits
        let first = beginsAtZero ? 0 : points.map { place($0.x) }.min() ?? 0
        let last = max(points.map { place($0.x) }.max() ?? 1, first + 1e-9)
        var low = points.map { $0.y }.min() ?? 0, high = points.map { $0.y }.max() ?? 1
        switch kind {
        case .loss, .limit, .flips, .matching: low = 0
        case .accuracy, .calibration, .bits:
            high = 1
            low = min(0.95, (low * 20).rounded(.down) / 20)
        }
        if high <= low { high = low + 1 }
        func text(_ y: Double) -> String {
            switch kind {
            case .loss, .limit, .matching: NumberText.significant(y, digits: 3)
            case .flips: NumberText.significant(y * 100, digits: 2)
            case .accuracy, .calibration, .bits: NumberText.fixed(y * 100, places: 1)
            }
        }
        let factor: Double =
            switch kind {
            case .loss, .limit, .matching: 1
            case .flips, .accuracy, .calibration, .bits: 100
            }
        let ends = points.map { $0.x }
        return Picture(
            kind: kind, title: Words.labCurves(kind, layer: layer),
            x: Axis(
                low: isLogarithmic ? max(1, ends.min() ?? 1) : first,
                high: isLogarithmic ? max(2, ends.max() ?? 2) : last, isLogarithmic: isLogarithmic),
            y: Axis(low: low * factor, high: high * factor), xTitle: Words.labAxis(kind),
            curves: curves.map { curve in
                let number = series.firstIndex(of: curve.series) ?? 0
                let sorted = curve.points.sorted { $0.x < $1.x }
                return Line(
                    name: curve.series, mark: mark(number), number: number,
                    value: sorted.last.map { text($0.y) } ?? "",
                    points: sorted.map { ((place($0.x) - first) / (last - first), ($0.y - low) / (high - low)) })
            }, hasMarks: kind == .calibration || kind == .bits)
    }
}
