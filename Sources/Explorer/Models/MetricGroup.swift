import Quantization

/// What a metric tells about.
public enum MetricGroup: CaseIterable, Sendable {
    case quality, error, size, codes

    public var title: String {
        switch self {
        case .quality: Words.groupQuality
        case .error: Words.groupError
        case .size: Words.groupSize
        case .codes: Words.groupCodes
        }
    }

    /// Of those that are listed, the most wanted first; metrics that are not named belong to the error.
    private static let named: [(MetricGroup, [MetricID])] = [
        (.quality, [.sqnr, .outputError, .cosine, .relativeL2]),
        (.size, [.bitsPerWeight, .bytes, .compressionRatio]),
        (.codes, [.levelsUsed, .levelsTotal, .codeEntropyBits, .huffmanBits]),
    ]

    static func of(_ id: MetricID) -> MetricGroup { named.first { $0.1.contains(id) }?.0 ?? .error }

    /// The metrics group by group.
    static func sorted(_ metrics: [Metric]) -> [Metric] {
        allCases.flatMap { group in
            let own = metrics.filter { of($0.id) == group }
            let order = named.first { $0.0 == group }?.1 ?? errorOrder
            func place(_ metric: Metric) -> Int { order.firstIndex(of: metric.id) ?? order.count }
            return own.sorted { place($0) < place($1) }
        }
    }

    private static let errorOrder: [MetricID] = [
        .mse, .clipError, .roundError, .clippedFraction, .zeroedFraction, .maxAbsError, .mae, .rmse, .bias,
    ]
}

extension Words {
    static let groupQuality = "quality"
    static let groupError = "error"
    static let groupSize = "size"
    static let groupCodes = "codes"
}
