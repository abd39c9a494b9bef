import KernelTypes

/// How x/S becomes a whole number (survey III-B, III-H). Saturation follows rounding.
public enum Rounding: Hashable, Sendable {
    /// To nearest, ties to even: NumPy, PyTorch, ONNX.
    case even
    /// To nearest, ties away from zero: C's `round`.
    case away
    /// To nearest, ties upward: floor(t + ½).
    case up
    /// Floor.
    case down
    /// Truncation.
    case zero
    /// Up with the probability of the fraction, so that the mean is right: E[round(t)] = t.
    case stochastic(seed: UInt64)

    public static let usual: [Rounding] = [.even, .away, .up, .down, .zero, .stochastic(seed: 1)]

    /// Rounds one number; `index` is the element's position in row-major order, which only `stochastic` looks at.
    ///
    /// Exact for |t| < 2²².
    public func round(_ t: Float, index: Int) -> Float {
        switch self {
        case .even: return t.rounded(.toNearestOrEven)
        case .away: return t.rounded(.toNearestOrAwayFromZero)
        case .up:
            let floor = t.rounded(.down)
            return t - floor >= 0.5 ? floor + 1 : floor
        case .down: return t.rounded(.down)
        case .zero: return t.rounded(.towardZero)
        case .stochastic(let seed):
            let floor = t.rounded(.down)
            let draw = KernelRandom.uniform(key: KernelRandom.key(seed: seed), index: UInt64(index))
            return draw < t - floor ? floor + 1 : floor
        }
    }

    /// Up to where numbers go to the whole number r, as far as that does not hang on chance.
    func upperEdge(of r: Int) -> Double {
        switch self {
        case .even, .away, .up, .stochastic: Double(r) + 0.5
        case .down: Double(r) + 1
        case .zero: r < 0 ? Double(r) : Double(r) + 1
        }
    }

    var kernel: KernelRounding {
        switch self {
        case .even: .even
        case .away: .away
        case .up: .up
        case .down: .down
        case .zero: .zero
        case .stochastic(let seed): .stochastic(key: KernelRandom.key(seed: seed))
        }
    }
}

extension Rounding: CustomStringConvertible {
    /// As in a recipe, without `round:`.
    public var description: String {
        switch self {
        case .even: "even"
        case .away: "away"
        case .up: "up"
        case .down: "down"
        case .zero: "zero"
        case .stochastic(let seed): "stochastic:\(seed)"
        }
    }
}
