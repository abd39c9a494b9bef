#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

enum Decibels {
    /// 10·log10 of a ratio of powers.
    static func of(_ ratio: Double) -> Double { 10 * log10(ratio) }
}
