/// Counts of finite Float32 values by the upper sixteen bits of their patterns, in ascending order of value.
///
/// A bucket is 1/128 of an octave wide. The histogram tells between which neighbours an order statistic lies, and it is the
/// whole distribution of a BF16 tensor.
public struct BucketHistogram: Sendable {
    /// By `key`; 65,536 of them.
    public private(set) var counts: [UInt64]
    /// The values that were counted come from a tensor without NaN and infinities.
    var isWholeTensorFinite = false

    init() { counts = [UInt64](repeating: 0, count: 65_536) }

    /// Adds two tables indexed by the raw upper bits.
    mutating func add(_ first: UnsafePointer<UInt32>, _ second: UnsafePointer<UInt32>) {
        for bits in 0..<65_536 {
            let sum = UInt64(first[bits]) + UInt64(second[bits])
            if sum > 0 { counts[Self.key(UInt32(bits))] += sum }
        }
    }

    /// Adds a value so many times.
    mutating func add(_ value: Float, times: UInt64) { counts[Self.key(value.bitPattern >> 16)] += times }

    /// The position in ascending order of the values with these upper sixteen bits.
    static func key(_ upper: UInt32) -> Int { Int(upper & 0x8000 != 0 ? 0xFFFF ^ upper : 0x8000 | upper) }

    /// The inverse of `key`.
    static func upper(_ key: Int) -> UInt32 {
        let bits = UInt32(key)
        return bits & 0x8000 != 0 ? bits & 0x7FFF : 0xFFFF ^ bits
    }

    /// The same by magnitude: buckets 0…0x7FFF in ascending order of |x|.
    var magnitudes: [UInt64] { (0..<0x8000).map { counts[0x8000 + $0] + counts[0x7FFF - $0] } }

    /// The least |value| of a bucket's pattern and the pattern after it, ascending by value: the bucket covers [low, high).
    public static func edges(_ key: Int) -> (low: Float, high: Float) {
        let upper = upper(key)
        if upper & 0x8000 == 0 {
            return (Float(bitPattern: upper << 16), Float(bitPattern: (upper + 1) << 16))
        }
        let magnitude = upper & 0x7FFF
        return (-Float(bitPattern: (magnitude + 1) << 16), -Float(bitPattern: magnitude << 16))
    }
}
