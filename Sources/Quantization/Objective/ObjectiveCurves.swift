import Basics

/// How the error of one range depends on its clip limit, where each calibrator would put it, and what theory says.
///
/// A limit t stands for the range [-t, t] of a symmetric mapping, and for [max(min, -t), min(max, t)] of the asymmetric one. Errors
/// are those of the recipe's rounding, expected ones where it draws; calibrators choose for rounding to nearest.
public struct ObjectiveCurves: Sendable {
    /// The errors at one limit.
    public struct Point: Sendable {
        public let limit: Double
        /// Σe²/N of the elements beyond the outermost level by more than half a step, and of the others.
        public let clipError: Double
        public let roundError: Double
        /// Σ|e|/N
        public let mae: Double
        /// The Kullback–Leibler divergence of the `entropy` calibrator in nats; nil where it has none.
        public let divergence: Double?

        public var mse: Double { clipError + roundError }
    }

    /// Where a calibrator puts the range.
    public struct Choice: Sendable {
        public let clipping: Clipping
        public let range: ClipRange
        /// The larger magnitude of the range as it is used.
        public let limit: Double
        public let mse: Double
        public let mae: Double
        /// What the curves' source says of the very range, which for the asymmetric mapping need not lie on them.
        public let point: Point
    }

    public let range: Int
    public let count: Int
    /// By limit, in equal ratios.
    public let points: [Point]
    public let minimum: Float
    public let maximum: Float
    /// Σx²/N
    public let power: Double
    /// By limit, ascending.
    public let choices: [Choice]
    /// The range in use.
    public let current: Point
    public let theory: TheoryReference?
    /// Whether points come from the values themselves rather than from bins.
    public let isExact: Bool
    /// Whether the choices do.
    public let areChoicesExact: Bool
    /// The divergence alone would have clipped more than the rule of `entropy` allows.
    public let isEntropyGuarded: Bool

    /// The largest magnitude.
    public var largest: Double { Double(max(abs(minimum), abs(maximum))) }

    /// What is known at a limit: of the range in use and of choices exactly there, else of the nearest point.
    public func point(at limit: Double) -> Point? {
        if limit == current.limit { return current }
        return choices.first { $0.limit == limit }?.point ?? nearest(to: limit)
    }

    /// The point of the curves that is nearest to a limit in ratio.
    public func nearest(to limit: Double) -> Point? {
        guard limit > 0 else { return points.first }
        func distance(_ point: Point) -> Double { max(point.limit / limit, limit / point.limit) }
        return points.min { distance($0) < distance($1) }
    }

    /// 10·log10(Σx²/Σe²) of a mean squared error; nil without error or signal.
    public func sqnr(_ mse: Double) -> Double? { mse > 0 && power > 0 ? Decibel.of(power / mse) : nil }
}

/// What the best quantizers of a model reach that was fitted to some values.
public struct TheoryReference: Sendable {
    /// The better fit first.
    public let fits: [DistributionFit]
    public let bits: Int
    /// Mean squared errors of the better model, in the values' unit: of 2^b free levels, of equal steps, and of the best code of b
    /// bits a value whatever its length (for the Laplacian a lower bound).
    public let lloydMax: Double
    /// The equal steps are those of a model around zero: nil for a symmetric mapping of values that lie elsewhere.
    public let uniform: Double?
    public let rateDistortion: Double
    /// The outermost level of the best equal steps, in the values' unit.
    public let uniformLimit: Double

    public var model: SourceModel { fits[0].model }

    init(_ evidence: WeightedEvidence, _ target: CalibrationTarget) {
        fits = SourceModel.allCases.map { DistributionFit($0, evidence) }.sorted { $0.distance < $1.distance }
        bits = target.bits
        let model = fits[0].model, variance = fits[0].deviation * fits[0].deviation
        // Other levels than equal steps are compared with the best equal steps of as many bits.
        let isFull = target.mapping == .asymmetric
        let codes =
            isFull
            ? Mapping.symmetricFull.codes(bits: bits)
            : target.hasEqualSteps ? target.codes : Mapping.symmetric.codes(bits: bits)
        let isCentred = target.mapping == .asymmetric || abs(fits[0].mean) < 0.05 * fits[0].deviation
        let best = TheoryCache.uniform(model, codes)
        lloydMax = TheoryCache.lloydMax(model, bits) * variance
        uniform = isCentred ? best.meanSquaredError * variance : nil
        rateDistortion = model.rateDistortion(bits: Double(bits)) * variance
        uniformLimit = best.step * Double(codes.upperBound) * fits[0].deviation
    }
}

/// Numbers that depend on model and bits alone: each is computed once.
private enum TheoryCache {
    private struct Key: Hashable {
        let model: SourceModel
        let codes: ClosedRange<Int>
    }

    private static let errors = Lock<[Key: Double]>([:])
    private static let steps = Lock<[Key: OptimalUniform]>([:])

    static func lloydMax(_ model: SourceModel, _ bits: Int) -> Double {
        let key = Key(model: model, codes: 0...bits)
        if let known = errors.withLock({ $0[key] }) { return known }
        let value = LloydMax.meanSquaredError(model, bits: bits)
        errors.withLock { $0[key] = value }
        return value
    }

    static func uniform(_ model: SourceModel, _ codes: ClosedRange<Int>) -> OptimalUniform {
        let key = Key(model: model, codes: codes)
        if let known = steps.withLock({ $0[key] }) { return known }
        let value = OptimalUniform(model, .midTread(codes))
        steps.withLock { $0[key] = value }
        return value
    }
}
