/// How the range of values is mapped onto integer codes (survey III-C).
public enum Mapping: String, CaseIterable, Hashable, Sendable {
    /// Symmetric, restricted: codes ±(2^(b-1) - 1), S = t/(2^(b-1) - 1), z = 0.
    case symmetric = "sym"
    /// Symmetric, full: codes -2^(b-1) … 2^(b-1) - 1, S = 2t/(2^b - 1), z = 0.
    case symmetricFull = "symfull"
    /// Asymmetric: codes 0 … 2^b - 1, the range widened to hold 0, S = (hi - lo)/(2^b - 1), z = clamp(round(0 - lo/S)).
    case asymmetric = "asym"

    /// The lowest and highest code at `bits` bits.
    public func codes(bits: Int) -> ClosedRange<Int> {
        switch self {
        case .symmetric: -(1 << (bits - 1)) + 1...(1 << (bits - 1)) - 1
        case .symmetricFull: -(1 << (bits - 1))...(1 << (bits - 1)) - 1
        case .asymmetric: 0...(1 << bits) - 1
        }
    }

    /// Whether a zero-point is stored.
    public var hasZeroPoint: Bool { self == .asymmetric }
}
