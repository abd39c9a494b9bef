import Platform
import Tensors

/// What is remarkable about a strip.
public enum StripFinding: Hashable, Sendable {
    /// No element is finite.
    case notFinite
    /// All elements are zero.
    case zero
    /// All elements are equal.
    case constant
    /// Elements that are not zero all become zero, or all become one level.
    case lost
    /// The strip is so much smaller than what shares its range that it loses `bits` of resolution to strip `culprit`.
    case victim(culprit: Int, bits: Double)
    /// Few of its own elements set the range for all others, which lose `bits` of resolution.
    case ownOutlier(bits: Double)

    /// Below so many bits nothing is said.
    public static let notable = 2.0
}

extension StripProfiles {
    /// What is remarkable, by position in `strips`: dead channels, and those that lose their resolution to an outlier.
    ///
    /// Lost bits of a strip are log2 of what its own largest magnitude would need against what the shared range spans; of a strip
    /// with outliers of its own, log2 of the clip limit over the 99th percentile of magnitudes, above what a Gaussian would have.
    public var findings: [Int: StripFinding] {
        var culprits: [Int: (position: Int, largest: Float)] = [:]
        for (position, strip) in strips.enumerated() where strip.hasOneRange && strip.count > 0 {
            if let known = culprits[strip.range], known.largest >= strip.largest { continue }
            culprits[strip.range] = (position, strip.largest)
        }
        var result: [Int: StripFinding] = [:]
        for (position, strip) in strips.enumerated() {
            guard strip.count > 0 else {
                result[position] = .notFinite
                continue
            }
            if strip.largest == 0 {
                result[position] = .zero
                continue
            }
            let limit = max(abs(strip.limits.low), abs(strip.limits.high))
            if strip.hasOneRange, let culprit = culprits[strip.range], culprit.position != position, strip.largest > 0 {
                // What clips takes part only as far as the limit.
                let bits = Double(log2(min(limit, culprit.largest) / strip.largest))
                if bits >= StripFinding.notable {
                    result[position] = .victim(culprit: culprit.position, bits: bits)
                    continue
                }
            }
            if strip.minimum == strip.maximum {
                if strip.count > 1 { result[position] = .constant }
                continue
            }
            let loses = strip.usedLevels.map { $0 <= 1 } ?? false
            if loses || strip.zeroedFraction == 1 {
                result[position] = .lost
                continue
            }
            let bulk = max(abs(strip.lowPercentile), abs(strip.highPercentile))
            guard bulk > 0, strip.count >= 32, strip.hasOneRange else { continue }
            // A Gaussian of n values reaches √(2·ln n) deviations; its 99th percentile lies at 2.33.
            let usual = (2 * log(Double(strip.count))).squareRoot() / 2.33
            let bits = log2(Double(min(limit, strip.largest) / bulk) / max(1, usual))
            if bits >= StripFinding.notable { result[position] = .ownOutlier(bits: bits) }
        }
        return result
    }
}
