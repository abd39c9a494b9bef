/// The equal steps of the least mean squared error for a model of variance 1 (survey III-C).
public struct OptimalUniform: Sendable {
    /// Where the levels are.
    public enum Grid: Hashable, Sendable {
        /// S·r for r in these codes, one level at zero: what integers do.
        case midTread(ClosedRange<Int>)
        /// ±S/2, ±3S/2, … , so many in all, none at zero: the classical quantizer of Max.
        case midRise(levels: Int)

        /// The outermost codes, in steps.
        var ends: (low: Double, high: Double) {
            switch self {
            case .midTread(let codes): (Double(codes.lowerBound), Double(codes.upperBound))
            case .midRise(let levels): (-(Double(levels) - 1) / 2, (Double(levels) - 1) / 2)
            }
        }

        var levels: Int {
            switch self {
            case .midTread(let codes): codes.count
            case .midRise(let levels): levels
            }
        }
    }

    public let step: Double
    public let meanSquaredError: Double

    /// The best step for the grid.
    ///
    /// The derivative of the error by S, Σ 2r(S·r·mass - first) over the levels, crosses zero once. Grids of more than 4,096
    /// levels take S²/12 for the error inside, which is right to the digits shown. O(levels · 60) time.
    public init(_ model: SourceModel, _ grid: Grid) {
        let ends = grid.ends
        if grid.levels <= Self.mostLevels {
            step = AnalyticClip.root(in: 0...8) { Self.slope(model, grid, $0) }
            meanSquaredError = Self.error(model, grid, step)
            return
        }
        // α²/12·(2/(N - 1))² inside, and what lies beyond either end.
        func error(_ step: Double) -> Double {
            step * step / 12 + Self.overload(model, -ends.low * step) + Self.overload(model, ends.high * step)
        }
        var low = 1 / Double(grid.levels), high = 60 / Double(grid.levels)
        for _ in 0..<100 {
            let a = low + (high - low) / 3, b = high - (high - low) / 3
            if error(a) < error(b) { high = b } else { low = a }
        }
        step = (low + high) / 2
        meanSquaredError = error(step)
    }

    private static let mostLevels = 4_096

    private static func overload(_ model: SourceModel, _ limit: Double) -> Double {
        model.part(from: limit, to: .infinity).squaredError(level: limit)
    }

    /// Calls `body` with each level in steps and the part of the values that go to it.
    private static func forEachLevel(
        _ model: SourceModel, _ grid: Grid, _ step: Double, _ body: (Double, SourceModel.Part) -> Void
    ) {
        let ends = grid.ends
        for position in 0..<grid.levels {
            let r = ends.low + Double(position)
            let from = position == 0 ? -Double.infinity : (r - 0.5) * step
            let to = position == grid.levels - 1 ? Double.infinity : (r + 0.5) * step
            body(r, model.part(from: from, to: to))
        }
    }

    private static func slope(_ model: SourceModel, _ grid: Grid, _ step: Double) -> Double {
        var sum = 0.0
        forEachLevel(model, grid, step) { r, part in sum += r * (r * step * part.mass - part.first) }
        return sum
    }

    /// The mean squared error at a step.
    static func error(_ model: SourceModel, _ grid: Grid, _ step: Double) -> Double {
        var sum = 0.0
        forEachLevel(model, grid, step) { r, part in sum += part.squaredError(level: r * step) }
        return sum
    }
}
