import Basics
import Quantization

/// Binary codes, a plane more in each line.
public struct PlanesPage: Sendable {
    public struct Row: Sendable {
        public let text: [String]
        public let levels: [Double]
    }

    public let axis: Axis
    public let rows: [Row]
    let summary: [String]

    init(_ study: PlaneStudy, _ detail: RangeDetail, _ state: ExplorerState) {
        axis = Axis(detail.original.binning, isLogarithmic: false)
        func text(_ value: Double) -> String { NumberText.significant(value, digits: 4) }
        func decibels(_ value: Double?) -> String {
            value.map { NumberText.fixed($0, places: 2) + " dB" } ?? Words.exact
        }
        rows = study.steps.enumerated().map { number, step in
            Row(
                text: [
                    Words.plane(number + 1, levels: step.levels.count, decibels(step.sqnr)),
                    Words.greedyPlane(decibels(step.greedySQNR)), "α \(text(step.alpha))",
                ], levels: step.levels)
        }
        var lines = [Words.alphas(study.alphas.map(text))]
        if let value = state.cursorValue {
            let signs = study.signs(of: Double(value))
            let parts = zip(signs, study.alphas).map { ($0 ? "+" : "−") + text($1) }
            let sum = zip(signs, study.alphas).reduce(0) { $0 + ($1.0 ? $1.1 : -$1.1) }
            lines.append(Words.sum(text(Double(value)), parts.joined(separator: " "), text(sum)))
        }
        summary = lines
    }
}
