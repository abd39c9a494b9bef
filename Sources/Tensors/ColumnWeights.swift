/// What a squared error counts, by column of a tensor: the mean square of the inputs that the column is multiplied by.
///
/// A tensor of several matrices, such as a layer of experts, has weights for each. They are stored relative to the largest; columns
/// that were never used count a little.
public struct ColumnWeights: Sendable {
    public let values: [Float]
    private let columns: Int
    private let elementsPerMatrix: Int

    /// Returns nil where the weights do not fit the shape, or none is above zero.
    ///
    /// - Parameters:
    ///   - values: for every index of the last axis, or for every matrix and index of the last axis.
    ///   - shape: the tensor's.
    public init?(_ values: [Float], for shape: Shape) {
        guard Self.fits(values.count, shape) else { return nil }
        let columns = shape.extents.last ?? 1, matrices = values.count / columns
        let largest = values.reduce(Float(0)) { $1.isFinite ? max($0, $1) : $0 }
        guard largest > 0 else { return nil }
        self.values = values.map { $0.isFinite ? max($0 / largest, 1e-9) : 1e-9 }
        self.columns = columns
        elementsPerMatrix = shape.count / matrices
    }

    /// A number that tells different weights apart (FNV-1a).
    var fingerprint: UInt64 {
        values.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01b3 }
    }

    /// Whether so many weights are some for every column, or for every matrix and column.
    public static func fits(_ count: Int, _ shape: Shape) -> Bool {
        let columns = shape.extents.last ?? 0
        guard columns > 0, shape.count > 0, count > 0, count % columns == 0 else { return false }
        return count == columns || shape.rank > 2 && count / columns == shape.extents[0]
    }

    /// For each of some elements a weight of its own.
    public init(each values: [Float]) {
        self.values = values
        columns = max(1, values.count)
        elementsPerMatrix = columns
    }

    /// Where the weight of an element is; those of its row follow.
    @inline(__always)
    public func index(ofElement element: Int) -> Int {
        element / elementsPerMatrix * columns + element % columns
    }
}
