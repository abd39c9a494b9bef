/// The quantizer of the least mean squared error for a model of variance 1, whatever its levels (survey III-F; Lloyd 1957, Max
/// 1960): thresholds midway between levels, levels at the means of what goes to them.
public struct LloydMax: Sendable {
    /// The positive levels, ascending; the others are their opposites.
    public let positiveLevels: [Double]
    public let meanSquaredError: Double

    /// The optimum of an even number of levels, up to 256.
    ///
    /// The first level fixes all others: its cell begins at zero and ends where its mean is the level, the next level lies as
    /// far beyond that end, and so on. The last cell reaches to infinity; its mean tells on which side the first level was.
    public init(_ model: SourceModel, levels count: Int) {
        precondition(count >= 2 && count <= 256 && count.isMultiple(of: 2))
        let half = count / 2
        let most = model.part(from: 0, to: .infinity).centroid ?? 1
        var low = 0.0, high = most, levels: [Double] = []
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            let (isTooFar, found) = Self.shoot(model, first: middle, count: half)
            if isTooFar { high = middle } else { low = middle }
            if found.count == half { levels = found }
        }
        positiveLevels = levels
        var error = 0.0, from = 0.0
        for (position, level) in levels.enumerated() {
            let to = position + 1 < levels.count ? (level + levels[position + 1]) / 2 : Double.infinity
            error += 2 * model.part(from: from, to: to).squaredError(level: level)
            from = to
        }
        meanSquaredError = error
    }

    /// The levels that follow from the first, and whether it lies too far out.
    private static func shoot(_ model: SourceModel, first: Double, count: Int) -> (isTooFar: Bool, levels: [Double]) {
        var levels = [first], from = 0.0
        while true {
            let level = levels[levels.count - 1]
            guard let limit = model.part(from: from, to: .infinity).centroid else { return (true, levels) }
            if levels.count == count { return (level > limit, levels) }
            guard level < limit else { return (true, levels) }
            let to = AnalyticClip.root(in: from...from + 60) { end in
                (model.part(from: from, to: end).centroid ?? from) - level
            }
            levels.append(2 * to - level)
            from = to
        }
    }

    /// The mean squared error of 2^bits levels; beyond 8 bits by Panter and Dite's limit, c·4^-bits with c = √3π/2 for the Gaussian
    /// and 9/2 for the Laplacian.
    public static func meanSquaredError(_ model: SourceModel, bits: Int) -> Double {
        if bits <= 8 { return LloydMax(model, levels: 1 << bits).meanSquaredError }
        let constant = model == .gauss ? 3.0.squareRoot() * Double.pi / 2 : 4.5
        return constant / Double(1 << (2 * bits))
    }
}
