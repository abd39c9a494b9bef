import Quantization

/// What the Sweep screen remembers.
public struct SweepState: ScreenMemory {
    /// What is swept; granularities are as chosen, or what suits the tensor.
    var grid = SweepGrid()
    /// The metric of the upright axis.
    var quality = SweepQuality.sqnr
    /// Of the table: the column that it is sorted by.
    var column = SweepColumn.bits
    var isReversed = false
    var filter = LineEditor()
    /// The recipe that the cursors of table and picture are on.
    var cursor: Recipe?
    /// The row of the list of what is swept.
    var gridCursor = 0

    mutating func forgetTensor() { cursor = nil }

    // MARK: In sessions

    static let recordName: String? = "sweep"

    init() {}

    /// `formats | clips | granularities | metric`, words between semicolons.
    init?(record: String) {
        let parts = record.split(separator: "|", omittingEmptySubsequences: false).map { part in
            part.split(separator: ";").map { $0.trimmingPrefix(while: { $0 == " " }) }.map { word in
                String(word.last == " " ? word.dropLast() : word)
            }.filter { !$0.isEmpty }
        }
        guard parts.count == 4, parts[3].count == 1,
            let quality = SweepQuality.allCases.first(where: { $0.metric.id.name == parts[3][0] })
        else { return nil }
        grid = SweepGrid(formats: parts[0], clips: parts[1], granularities: parts[2])
        guard (try? grid.check()) != nil else { return nil }
        self.quality = quality
    }

    var record: String? {
        guard grid != SweepGrid() || quality != .sqnr else { return nil }
        let parts = [grid.formats, grid.clips, grid.granularities, [quality.metric.id.name]]
        return parts.map { $0.joined(separator: "; ") }.joined(separator: " | ")
    }
}

/// What settings are judged by.
enum SweepQuality: CaseIterable, Sendable {
    case sqnr, relativeL2, mae, maxAbsError, cosine

    var metric: Metric {
        switch self {
        case .sqnr: MetricCatalog[.sqnr]
        case .relativeL2: MetricCatalog[.relativeL2]
        case .mae: MetricCatalog[.mae]
        case .maxAbsError: MetricCatalog[.maxAbsError]
        case .cosine: MetricCatalog[.cosine]
        }
    }

    /// A power of the error, of which less is better: its decibels are what the axis shows. nil where the metric is undefined.
    func error(_ metrics: Metrics) -> Double? {
        if metrics.mse == 0 { return 0 }
        switch self {
        // A ratio of powers already.
        case .sqnr: return metrics.sqnr.map { Decibel.ratio(-$0) }
        case .cosine: return metric.value(metrics).map { max(0, 1 - $0) }
        case .relativeL2, .mae, .maxAbsError: return metric.value(metrics).map { $0 * $0 }
        }
    }

    /// The metric's value that a power of the error stands for.
    func value(ofError error: Double) -> Double {
        switch self {
        case .sqnr: -Decibel.of(error)
        case .cosine: 1 - error
        case .relativeL2, .mae, .maxAbsError: error.squareRoot()
        }
    }
}

/// A column of the table.
enum SweepColumn: CaseIterable, Sendable {
    case recipe, bits, quality, gap, maxAbsError, zeroed, bytes
}
