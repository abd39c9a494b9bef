public import Quantization
import Tensors

/// What the Channels screen shows: every range or channel of the open tensor, and a picture over two axes.
public struct ChannelsState: Sendable {
    /// What a strip is; nil takes what tells most under the recipe.
    public internal(set) var kind: StripKind?
    public internal(set) var order = StripProfiles.Order.error
    /// The strip that the cursor is on, by its number; nil is the first of the order.
    public internal(set) var strip: Int?
    /// A strip on the page whose values are asked for, by its number; nil is the first page.
    var anchor: Int?
    public internal(set) var layer = HeatMap.Layer.original
    public internal(set) var measure = HeatMap.Measure.rootMeanSquare
    /// Among `axisPairs`.
    var axes = 0
    /// What of both axes is in the picture; nil is everything.
    var part: HeatMap.Part?
    /// The indices that steps of zooming are around; nil since the cursor was moved.
    var center: (row: Int, column: Int)?
    /// The cell that the cursor is on, in the last picture.
    public internal(set) var cell: (row: Int, column: Int) = (0, 0)

    /// Every two axes of a shape, the last two first; a vector has one pair that means itself.
    static func axisPairs(_ shape: Shape) -> [(row: Int, column: Int)] {
        guard shape.rank >= 2 else { return [(0, 0)] }
        var pairs: [(row: Int, column: Int)] = [(0, 1)]
        for row in 0..<shape.rank {
            for column in row + 1..<shape.rank where (row, column) != (0, 1) { pairs.append((row, column)) }
        }
        return pairs
    }

    /// What belongs to one tensor alone.
    mutating func forgetTensor() {
        (kind, strip, anchor, axes, part, center, cell) = (nil, nil, nil, 0, nil, nil, (0, 0))
    }

    /// Strips of a page: as many as a window can show.
    static func page(_ state: ExplorerState) -> Int { max(1, state.rows) }
}
