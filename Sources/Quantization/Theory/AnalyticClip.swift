import Platform

/// Clipping limits that follow from a model of the values alone.
///
/// With 2^M steps over [-α, α], the mean squared error is that of clipping plus α²/(3·4^M). ACIQ takes the α where its derivative
/// vanishes; in units of σ for the Gaussian and of the mean distance b for the Laplacian:
///
///     Gauss:    α·(erfc(α/√2) + 1/(3·4^M)) = √(2/π)·e^(-α²/2)
///     Laplace:  α·e^α = 3·4^M
///
/// Source: Banner et al., "ACIQ", 2018; OCTAV: Sakr et al., "Optimal Clipping and Magnitude-aware Differentiation", 2022.
public enum AnalyticClip {
    /// ACIQ's α at M bits: 2.559136 for the Gaussian and 5.028640 for the Laplacian at 4.
    public static func multiple(_ model: SourceModel, bits: Int) -> Double {
        let noise = pow(4, -Double(bits)) / 3
        return switch model {
        case .gauss:
            root(in: 0...40) {
                $0 * (erfc($0 / 2.0.squareRoot()) + noise) - (2 / Double.pi).squareRoot() * exp(-$0 * $0 / 2)
            }
        case .laplace: root(in: 0...80) { $0 * exp($0) - 1 / noise }
        }
    }

    /// OCTAV's fixed point for the model, in the same units: 2.562090 and 5.034090 at 4 bits.
    public static func fixedPoint(_ model: SourceModel, bits: Int) -> Double {
        let noise = pow(4, -Double(bits)) / 3
        let unit = model == .gauss ? 1 : model.meanMagnitude
        return root(in: 0...80) { limit in
            let tail = model.part(from: limit * unit, to: .infinity)
            return limit * unit * (noise * (1 - 2 * tail.mass) + 2 * tail.mass) - 2 * tail.first
        }
    }

    /// Where an increasing function crosses zero.
    static func root(in interval: ClosedRange<Double>, _ function: (Double) -> Double) -> Double {
        var low = interval.lowerBound, high = interval.upperBound
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { break }
            if function(middle) < 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// The range of ACIQ: mean ± α·spread, and [0, α·spread] with one bit more for values that are nowhere negative. Symmetric
    /// mappings, which stay centred at zero, take ±α·spread: the mean is removed for the spread alone. Values without spread, about
    /// which the models say nothing, keep their extremes.
    static func range(
        _ model: SourceModel, mean: Double, spread: Double, _ target: CalibrationTarget, _ evidence: any RangeEvidence
    ) -> ClipRange {
        guard spread > 0 else { return ClipRange(low: evidence.minimum, high: evidence.maximum) }
        let isOneSided = evidence.minimum >= 0
        let limit = multiple(model, bits: isOneSided ? target.bits + 1 : target.bits) * spread
        let most = Double(Float.greatestFiniteMagnitude)
        func limited(_ value: Double) -> Float { Float(max(-most, min(most, value))) }
        guard !isOneSided else { return ClipRange(low: 0, high: limited(limit)) }
        let centre = target.mapping == .asymmetric ? mean : 0
        return ClipRange(low: limited(centre - limit), high: limited(centre + limit))
    }
}
