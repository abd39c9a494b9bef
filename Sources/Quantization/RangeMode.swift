public import Tensors

/// When ranges are chosen, for tensors whose first axis counts entries such as the batches of an activation (survey III-D).
public enum RangeMode: Hashable, Sendable {
    /// From the tensor itself.
    case own
    /// From the first entries, for the others: static quantization, calibrated before.
    case fixed(entries: Int)
    /// The same, from a moving average of each entry's range: r ← (1 - weight)·r + weight·new.
    case average(entries: Int, weight: Double)
    /// A range for every entry: dynamic quantization, computed at run time.
    case dynamic

    /// Entries of axis 0 that only serve to calibrate; metrics are the others'.
    public var calibrationEntries: Int {
        switch self {
        case .own, .dynamic: 0
        case .fixed(let entries), .average(let entries, _): entries
        }
    }

    /// Whether two modes differ in their numbers alone.
    public func isLike(_ other: RangeMode) -> Bool {
        switch (self, other) {
        case (.own, .own), (.fixed, .fixed), (.average, .average), (.dynamic, .dynamic): true
        case (.own, _), (.fixed, _), (.average, _), (.dynamic, _): false
        }
    }

    /// What the explorer's key steps through.
    public static let usual: [RangeMode] = [.own, .fixed(entries: 4), .average(entries: 4, weight: 0.1), .dynamic]

    /// Throws where the shape has too few entries, or where the granularity already gives each entry its own ranges.
    public func check(_ shape: Shape, _ granularity: Granularity) throws(RangeModeError) {
        guard self != .own else { return }
        guard granularity.spansEntries else { throw RangeModeError(mode: self, problem: .granularity(granularity)) }
        guard shape.rank >= 1 else { throw RangeModeError(mode: self, problem: .scalar) }
        guard calibrationEntries < shape.extents[0] || self == .dynamic else {
            throw RangeModeError(mode: self, problem: .entries(shape.extents[0]))
        }
    }
}

extension RangeMode: CustomStringConvertible {
    /// As in a recipe, without `range:`.
    public var description: String {
        switch self {
        case .own: "self"
        case .fixed(let entries): "static:\(entries)"
        case .average(let entries, let weight): "ema:\(entries):\(ShortestNumber.text(weight))"
        case .dynamic: "dynamic"
        }
    }
}

extension Granularity {
    /// Whether a range may span all entries of axis 0.
    public var spansEntries: Bool {
        switch self {
        case .tensor: true
        case .channel(let axis), .channels(_, let axis): axis > 0
        case .group, .groupAlong, .block: false
        }
    }
}

/// A way of choosing ranges that a tensor's shape or the granularity does not allow.
public struct RangeModeError: Error, Equatable, Sendable, CustomStringConvertible {
    enum Problem: Equatable { case granularity(Granularity), entries(Int), scalar }

    public let mode: RangeMode
    let problem: Problem

    public var description: String {
        switch problem {
        case .granularity(let granularity):
            "range:\(mode) needs ranges that span axis 0, found \(granularity), expected tensor or channel:AXIS of a later axis"
        case .scalar: "range:\(mode) needs entries along axis 0, found a scalar, which has no axis"
        case .entries(let count):
            "range:\(mode) leaves no entry to apply the range to, found \(count) along axis 0, expected more than \(mode.calibrationEntries)"
        }
    }
}
