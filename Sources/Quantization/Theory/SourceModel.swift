import Platform

/// Distributions that quantization theory has numbers for, with mean 0 and variance 1.
public enum SourceModel: String, CaseIterable, Sendable {
    case gauss, laplace

    /// The mass of [from, to], and the integrals of x and x² over it. Both ends may be infinite.
    public struct Part: Sendable {
        public var mass: Double
        public var first: Double
        public var second: Double

        static func - (a: Part, b: Part) -> Part {
            Part(mass: a.mass - b.mass, first: a.first - b.first, second: a.second - b.second)
        }

        /// ∫(x - level)² over the part.
        func squaredError(level: Double) -> Double { max(0, second - 2 * level * first + level * level * mass) }

        /// The mean of the part; nil where it has no mass.
        var centroid: Double? { mass > 0 ? first / mass : nil }
    }

    public func part(from: Double, to: Double) -> Part {
        precondition(from <= to, "an interval begins before it ends")
        // By upper tails on the side where they are small, so that far parts keep their digits.
        if to <= 0 {
            let mirrored = part(from: 0 - to, to: 0 - from)
            return Part(mass: mirrored.mass, first: -mirrored.first, second: mirrored.second)
        }
        if from < 0 {
            let left = part(from: 0, to: 0 - from), right = part(from: 0, to: to)
            return Part(
                mass: left.mass + right.mass, first: right.first - left.first, second: left.second + right.second)
        }
        return tail(from) - tail(to)
    }

    /// [x, ∞) for x ≥ 0.
    private func tail(_ x: Double) -> Part {
        guard x.isFinite else { return Part(mass: 0, first: 0, second: 0) }
        switch self {
        case .gauss:
            let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
            let mass = erfc(x / 2.0.squareRoot()) / 2
            return Part(mass: mass, first: density, second: mass + x * density)
        case .laplace:
            // Density e^(-λ|x|)·λ/2 with λ = √2.
            let mean = 0.5.squareRoot(), mass = exp(-x / mean) / 2
            return Part(mass: mass, first: mass * (x + mean), second: mass * (x * x + 2 * mean * x + 2 * mean * mean))
        }
    }

    /// The share of values below x.
    public func distribution(_ x: Double) -> Double { x < 0 ? tail(-x).mass : 1 - tail(x).mass }

    /// The mean magnitude: √(2/π) = 0.7979, 1/√2 = 0.7071.
    public var meanMagnitude: Double { 2 * tail(0).first }

    /// The least mean squared error at so many bits a value, for codes of any length: for the Gaussian the rate-distortion
    /// function 4^-R, for the Laplacian Shannon's lower bound (e/π)·4^-R (survey II).
    public func rateDistortion(bits: Double) -> Double {
        switch self {
        case .gauss: pow(4, -bits)
        case .laplace: M_E / Double.pi * pow(4, -bits)
        }
    }
}
