import Basics
import Quantization

/// The error against the threshold of the zero band.
public struct ZeroBandPage: Sendable {
    public struct Mark: Sendable {
        public let sign: Character
        /// 0 to 1 over the axis.
        public let share: Double
    }

    public let axis: Axis
    /// Over the axis, 0 at the least and 1 at the largest error; and the share of zeros.
    public let errors: [Double]
    public let zeros: [Double]
    public let marks: [Mark]
    let summary: [String]

    init(_ study: ZeroBandStudy) {
        let high = study.points.last?.threshold ?? 1
        axis = Axis(low: 0, high: high > 0 ? high : 1)
        let most = study.points.map { $0.mse }.max() ?? 1, least = study.points.map { $0.mse }.min() ?? 0
        errors = study.points.map { most > least ? ($0.mse - least) / (most - least) : 0 }
        zeros = study.points.map { $0.zeros }
        let axis = axis
        func mark(_ sign: Character, _ point: ZeroBandStudy.Point) -> Mark {
            Mark(sign: sign, share: max(0, axis.share(of: max(0, point.threshold))))
        }
        marks = [mark("*", study.best), mark("7", study.rule), mark("Δ", study.used)]
        func text(_ value: Double) -> String { NumberText.significant(value, digits: 4) }
        func decibels(_ point: ZeroBandStudy.Point) -> String {
            study.sqnr(point).map { NumberText.fixed($0, places: 2) } ?? Words.exact
        }
        let binary = study.points.first
        summary = [
            study.used.threshold < 0
                ? Words.binaryUsed(text(study.used.alpha), decibels(study.used))
                : Words.bandUsed(
                    text(study.used.threshold), text(study.used.alpha), NumberText.percent(study.used.zeros, digits: 3),
                    decibels(study.used)),
            Words.bandBest(text(study.best.threshold), decibels(study.best)),
            Words.bandRule(text(study.rule.threshold), decibels(study.rule)),
            binary.map { Words.bandBinary(decibels($0)) } ?? "",
        ]
    }
}
