import Basics
import Lab

/// Accuracies as bars against the float network's, and what else a run has found.
public struct LabOutcomesModel: Sendable {
    public struct Bar: Sendable {
        public let name: String
        public let share: Double
        public let value: String
        /// In points, against float.
        public let difference: String
        public let isReference: Bool
        /// Plain rounding itself.
        public let isBaseline: Bool
        /// The number of its curve; nil where it has none.
        public let series: Int?
        /// The letter of its curve.
        public var mark: Character? { series.map(LabCurvesModel.mark) }
    }

    public let bars: [Bar]
    /// Of float, where it is known, and of plain rounding, which methods are to mend.
    public let reference: Double?
    public let baseline: Double?
    public let lines: [String]
    /// The first row that is wanted.
    public let scroll: Int
    public let notice: Notice?

    public var rowCount: Int { bars.count + lines.count }

    init(_ state: ExplorerState) {
        scroll = state.lab.outcomeScroll
        let results = state.lab.report?.results ?? []
        let reference = state.lab.report?[.float], report = state.lab.report
        self.reference = reference
        baseline = state.lab.report?[.accuracy("ptq")]
        let series = LabCurvesModel.series(state.lab.report).map { $0.replacing("-", with: "_") }
        bars = results.compactMap { result -> Bar? in
            guard result.measure.unit == .accuracy, case .number(let value) = result.value else { return nil }
            let isReference = result.measure == .float
            return Bar(
                name: result.measure.subject.replacing("_", with: " "), share: value,
                value: NumberText.fixed(value * 100, places: 2),
                difference: isReference
                    ? "" : reference.map { Self.points(value - $0) } ?? "",
                isReference: isReference, isBaseline: result.measure == .accuracy("ptq"),
                series: series.firstIndex(of: result.measure.subject))
        }
        lines =
            results.filter { $0.measure.unit != .accuracy }.flatMap { result -> [String] in
                let name = result.measure.subject.replacing("_", with: " ")
                switch result.value {
                case .number(let value): return ["\(name) \(NumberText.significant(value))"]
                case .parts(let parts): return [name] + parts.map { "  \($0.name) \(NumberText.significant($0.value))" }
                }
            }
            + Self.spreads(report) + (report?.remarks ?? [])
            + results.filter { !$0.notes.isEmpty }.flatMap { result in
                [Words.worse(result.measure.subject.replacing("_", with: " "))] + result.notes.map { "  " + $0 }
            }
        notice = results.isEmpty ? .waiting(Words.labNoOutcomes) : nil
    }

    /// Of several seeds.
    private static func spreads(_ report: LabReport?) -> [String] {
        guard let report, report.seeds.count > 1 else { return [] }
        let lines = report.results.compactMap { result in
            result.spread.map { spread in
                let isShare = result.measure.unit == .accuracy
                func text(_ value: Double) -> String {
                    isShare ? NumberText.fixed(value * 100, places: 2) : NumberText.significant(value)
                }
                return "  "
                    + Words.labSpread(
                        result.measure.subject.replacing("_", with: " "), text(spread.lowerBound),
                        text(spread.upperBound))
            }
        }
        return lines.isEmpty ? [] : [Words.labSpreads(report.seeds.count)] + lines
    }

    /// With its sign.
    private static func points(_ difference: Double) -> String {
        (difference < 0 ? "" : "+") + NumberText.fixed(difference * 100, places: 2)
    }
}
