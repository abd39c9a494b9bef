import Platform

/// Tensors that stand for a distribution without random numbers: its quantiles at (i + ½)/n.
enum Quantiles {
    /// Φ⁻¹((i + ½)/n), within 1e-12.
    static func gaussian(_ n: Int) -> [Double] { (0..<n).map { probit((Double($0) + 0.5) / Double(n)) } }

    /// The Laplace distribution of unit variance, whose scale is 1/√2.
    static func laplace(_ n: Int) -> [Double] {
        (0..<n).map { index in
            let p = (Double(index) + 0.5) / Double(n), b = 0.5.squareRoot()
            return p < 0.5 ? b * log(2 * p) : -b * log(2 * (1 - p))
        }
    }

    /// The Gaussian quantiles in a fixed order without structure: entry i is quantile 1597·i mod n.
    static func shuffledGaussian(_ n: Int = 4_096) -> [Double] {
        let quantiles = gaussian(n)
        return (0..<n).map { quantiles[1_597 * $0 % n] }
    }

    /// The inverse of the normal distribution function: a rational start (Abramowitz and Stegun 26.2.23), then Newton's method
    /// on the complementary error function.
    static func probit(_ p: Double) -> Double {
        let tail = min(p, 1 - p), t = (-2 * log(tail)).squareRoot()
        let numerator = 2.515517 + t * (0.802853 + t * 0.010328)
        let denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
        var x = t - numerator / denominator  // upper tail
        for _ in 0..<4 {
            let excess = 0.5 * erfc(x / 2.0.squareRoot()) - tail
            x += excess / (exp(-x * x / 2) / (2 * Double.pi).squareRoot())
        }
        return p < 0.5 ? -x : x
    }
}
