import Platform

/// Ratios of powers in decibels.
public enum Decibel {
    /// 10·log10 of a ratio of powers.
    public static func of(_ ratio: Double) -> Double { 10 * log10(ratio) }

    /// Of signal over noise; nil where either is nothing.
    public static func sqnr(_ signal: Double, _ noise: Double) -> Double? {
        signal > 0 && noise > 0 ? of(signal / noise) : nil
    }
}
