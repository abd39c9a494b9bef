public import Quantization
import Tensors

/// What the Channels screen shows: every range or channel of the open tensor, and a picture over two axes.
public struct ChannelsState: Sendable {
    /// What a strip is; nil takes what tells most under the recipe.
    public internal(set) var kind: StripKind?
    public internal(set) var order = StripProfiles.Order.error
    /// The strip that the cursor is on, by its number; nil is the first of the order.
    public internal(set) var strip: Int?
    public internal(set) var layer = HeatMap.Layer.original
    public internal(set) var measure = HeatMap.Measure.rootMeanSquare
    /// Among `axisPairs`.
    var axes = 0
    /// The cell that the cursor is on, in the last picture.
    public internal(set) var cell: (row: Int, column: Int) = (0, 0)

    // Results
    public internal(set) var profiles: StripProfiles?
    /// Positions in the profiles' strips, in `order`.
    public internal(set) var sorted: [Int] = []
    public internal(set) var findings: [Int: StripFinding] = [:]
    public internal(set) var heatMap: HeatMap?
    /// There are too many strips, or no such axis.
    public internal(set) var hasNoProfiles = false

    /// Every two axes of a shape, the last two first; a vector has one pair that means itself.
    static func axisPairs(_ shape: Shape) -> [(row: Int, column: Int)] {
        guard shape.rank >= 2 else { return [(0, 0)] }
        var pairs: [(row: Int, column: Int)] = [(0, 1)]
        for row in 0..<shape.rank {
            for column in row + 1..<shape.rank where (row, column) != (0, 1) { pairs.append((row, column)) }
        }
        return pairs
    }

    mutating func take(_ profiles: StripProfiles?) {
        self.profiles = profiles
        hasNoProfiles = profiles == nil
        findings = profiles?.findings ?? [:]
        sort()
    }

    mutating func sort() { sorted = profiles?.order(by: order) ?? [] }

    mutating func forgetResults() {
        (profiles, heatMap, sorted, findings, hasNoProfiles) = (nil, nil, [], [:], false)
    }

    /// What belongs to one tensor alone.
    mutating func forgetTensor() {
        forgetResults()
        (kind, strip, axes, cell) = (nil, nil, 0, (0, 0))
    }

    /// The place of the cursor in the order.
    public var cursor: Int {
        guard let strip else { return 0 }
        return sorted.firstIndex { profiles?.strips[$0].number == strip } ?? 0
    }
}
