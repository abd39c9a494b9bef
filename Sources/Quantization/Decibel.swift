import Platform

/// Ratios of powers in decibels.
public enum Decibel {
    /// 10·log10 of a ratio of powers.
    public static func of(_ ratio: Double) -> Double { 10 * log10(ratio) }

    /// The ratio of powers that so many decibels are.
    public static func ratio(_ decibels: Double) -> Double { pow(10, decibels / 10) }

    /// Of signal over noise; nil where either is nothing.
    public static func sqnr(_ signal: Double, _ noise: Double) -> Double? {
        signal > 0 && noise > 0 ? of(signal / noise) : nil
    }
}
