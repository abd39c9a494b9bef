import Quantization
import TensorFiles
import Tensors

/// Original and export of one matrix, in memory, for hypotheses to try their corrections on.
///
/// Large tensors are looked at in part: the first rows with all columns, or all rows with the first columns, whichever a hypothesis needs.
struct DiagnosisCase {
    let original: [Float]
    let export: [Float]
    let rows: Int
    let columns: Int
    /// Both tensors whole, for what looks across them.
    let pair: TensorMatch.Pair
    let heads: [Int]
    /// The original's file, which has the other parts of the layer.
    let originalFile: TensorFile
    let squaredError: Double
    let squaredOriginal: Double
    fileprivate let memo = Memo()

    /// What several hypotheses ask for, by the division of the matrix.
    fileprivate final class Memo {
        var sums: [Partition: [PartSums]] = [:]
        var steps: [Partition: [Double?]] = [:]
    }

    /// Elements that are looked at.
    static let most = 1 << 20

    /// The part of a large tensor that is looked at.
    enum View: Sendable {
        /// All columns.
        case wide
        /// All rows.
        case tall
    }

    /// Elements of the export are in the order of the original.
    private let isInPlace: Bool

    /// Whether all of it is looked at.
    var isWhole: Bool { original.count == pair.a.count }

    /// Rows and columns of the whole matrix.
    let allRows: Int
    let allColumns: Int
    /// Elements that are looked at and finite in the original alone.
    let brokenCount: Int

    /// nil where the tensors have not as many elements, or none is finite in both.
    ///
    /// - Parameter arrangement: how the export lies where its format wants it so.
    init?(
        _ pair: TensorMatch.Pair, heads: [Int], originalFile: TensorFile, arrangement: Arrangement = .same,
        view: View = .wide, most: Int = DiagnosisCase.most
    ) {
        let a = pair.a, b = pair.b
        guard a.count == b.count, a.count > 0 else { return nil }
        self.pair = pair
        self.heads = heads
        self.originalFile = originalFile
        isInPlace = arrangement == .same
        let sides = SideBySide(a, b, arrangement)
        let bare = (sides == nil || arrangement == .same ? a : b).shape.bareExtents
        let allRows = bare.count > 1 ? bare[0] : 1, allColumns = a.count / allRows
        (self.allRows, self.allColumns) = (allRows, allColumns)
        var width = allColumns, height = allRows
        if a.count > most {
            switch view {
            case .wide:
                height = max(1, most / allColumns)
                width = min(allColumns, most)
            case .tall:
                // Columns in whole groups of usual sizes.
                width = min(allColumns, max(256, most / allRows / 256 * 256))
                height = min(allRows, max(1, 2 * most / width))
            }
        }
        (rows, columns) = (height, width)
        var first: [Float] = [], second: [Float] = []
        if let sides, arrangement != .same {
            let room = SideBySide.Room(), step = max(1, (1 << 16) / max(1, sides.columns))
            for start in stride(from: 0, to: height, by: step) {
                room.with(sides, rows: start..<min(start + step, height)) { a, b, count in
                    for row in stride(from: 0, to: count, by: allColumns) {
                        first += UnsafeBufferPointer(start: a + row, count: width)
                        second += UnsafeBufferPointer(start: b + row, count: width)
                    }
                }
            }
        } else {
            // In the order of memory, whatever the shapes: they may be each other's transpose.
            func read(_ tensor: TensorView) -> [Float] {
                if width == allColumns { return tensor.values(0..<height * width) }
                return (0..<height).flatMap { tensor.values($0 * allColumns..<$0 * allColumns + width) }
            }
            (first, second) = (read(a), read(b))
        }
        // What is not finite in one is left out of both.
        var error = 0.0, power = 0.0, finite = 0, broken = 0
        for i in first.indices {
            guard first[i].isFinite, second[i].isFinite else {
                if first[i].isFinite { broken += 1 }
                (first[i], second[i]) = (0, 0)
                continue
            }
            finite += 1
            let e = Double(second[i]) - Double(first[i])
            error += e * e
            power += Double(first[i]) * Double(first[i])
        }
        guard finite > 0 || broken > 0 else { return nil }
        (original, export, squaredError, squaredOriginal) = (first, second, error, power)
        brokenCount = broken
    }

    /// The error that is left when element i of the export is taken to be `corrected(i)`.
    func error(_ corrected: (Int) -> Double) -> Double {
        var sum = 0.0
        for i in original.indices {
            let e = corrected(i) - Double(original[i])
            sum += e * e
        }
        return sum
    }

    /// Divisions of the matrix that may share a scale, the coarsest first.
    var partitions: [Partition] {
        var all: [Partition] = [.tensor]
        if rows > 1 { all.append(.rows) }
        if rows > 1, columns > 1 { all.append(.columns) }
        for size in [256, 128, 64, 32, 16] where columns > size && columns % size == 0 { all.append(.runs(size)) }
        return all
    }

    func layout(_ partition: Partition) -> PartitionLayout { PartitionLayout(partition, rows: rows, columns: columns) }
}

/// What may share a scale or a zero-point.
enum Partition: Hashable, Sendable {
    case tensor, rows, columns
    case runs(Int)

    var words: String {
        switch self {
        case .tensor: "the tensor"
        case .rows: "each row"
        case .columns: "each column"
        case .runs(let size): "each group of \(size)"
        }
    }
}

/// Which part an element of a matrix belongs to.
struct PartitionLayout: Sendable {
    let partition: Partition
    let rows: Int
    let columns: Int
    let count: Int
    /// Parts of a row.
    let perRow: Int

    init(_ partition: Partition, rows: Int, columns: Int) {
        (self.partition, self.rows, self.columns) = (partition, rows, columns)
        switch partition {
        case .tensor: (count, perRow) = (1, 1)
        case .rows: (count, perRow) = (rows, 1)
        case .columns: (count, perRow) = (columns, columns)
        case .runs(let size):
            perRow = columns / size
            count = rows * perRow
        }
    }

    @inline(__always)
    func part(_ element: Int) -> Int {
        switch partition {
        case .tensor: 0
        case .rows: element / columns
        case .columns: element % columns
        case .runs(let size): element / columns * perRow + element % columns / size
        }
    }

    /// The elements of a part, in order.
    func elements(_ part: Int) -> StrideTo<Int> {
        switch partition {
        case .tensor: stride(from: 0, to: rows * columns, by: 1)
        case .rows: stride(from: part * columns, to: (part + 1) * columns, by: 1)
        case .columns: stride(from: part, to: rows * columns, by: columns)
        case .runs(let size):
            stride(
                from: part / perRow * columns + part % perRow * size,
                to: part / perRow * columns + (part % perRow + 1) * size, by: 1)
        }
    }
}

/// Sums of a part, from which the best offset and the best factor follow.
struct PartSums: Sendable {
    var count = 0.0, w = 0.0, v = 0.0, ww = 0.0, vv = 0.0, wv = 0.0

    /// The mean of export less original, and what is left without it; as unbiased as one fitted number leaves it.
    var offset: Double { (v - w) / max(1, count) }
    var errorWithoutOffset: Double {
        unbiased(ww + vv - 2 * wv - count * offset * offset)
    }

    /// f that makes f·export nearest to the original, and what is left then.
    var factor: Double { vv > 0 ? wv / vv : 1 }
    var errorWithFactor: Double { vv > 0 ? unbiased(ww - wv * wv / vv) : ww }

    /// The same for f·export + c.
    var affine: (factor: Double, offset: Double, error: Double) {
        let n = max(1, count), variance = vv - v * v / n, covariance = wv - w * v / n
        guard variance > 1e-12 * vv else { return (1, -offset, errorWithoutOffset) }
        let factor = covariance / variance
        return (
            factor, (w - factor * v) / n, unbiased(ww - w * w / n - covariance * covariance / variance, parameters: 2)
        )
    }

    private func unbiased(_ error: Double, parameters: Double = 1) -> Double {
        max(0, error) * (count > parameters ? count / (count - parameters) : 1)
    }
}

extension DiagnosisCase {
    func sums(_ layout: PartitionLayout) -> [PartSums] {
        if let known = memo.sums[layout.partition] { return known }
        var all = [PartSums](repeating: PartSums(), count: layout.count)
        for i in original.indices {
            let w = Double(original[i]), v = Double(export[i]), part = layout.part(i)
            all[part].count += 1
            all[part].w += w
            all[part].v += v
            all[part].ww += w * w
            all[part].vv += v * v
            all[part].wv += w * v
        }
        memo.sums[layout.partition] = all
        return all
    }

    /// The distance of neighbouring levels in each part of the export, as its values tell; nil where they lie on no grid.
    func steps(_ layout: PartitionLayout) -> [Double?] {
        if let known = memo.steps[layout.partition] { return known }
        let all = (0..<layout.count).map { part in
            let elements = layout.elements(part)
            return storedStep(elements) ?? Self.step(of: elements.prefix(4_096).map { export[$0] })
        }
        memo.steps[layout.partition] = all
        return all
    }

    /// The scale that a packed export stores for a part, where it is one for all of it and levels are integers.
    private func storedStep(_ elements: StrideTo<Int>) -> Double? {
        guard isInPlace, pair.b.packed != nil, let form = pair.b.storedForm else { return nil }
        func stored(_ element: Int) -> StoredValue { form.stored(element / columns * allColumns + element % columns) }
        var all: [Int] = Array(elements.prefix(2))
        // Scales change by runs: as many looks as usual runs have.
        for (place, element) in elements.enumerated() where place % 16 == 0 { all.append(element) }
        let scales = Set(all.map { stored($0).scale })
        guard let scale = scales.first, scales.count == 1, scale != 0, let first = all.first,
            stored(first).zeroPoint != nil
        else { return nil }
        return Double(abs(scale))
    }

    /// A grid of a quantization has no more steps than that between its extremes; a finer one is that of the type in which values are
    /// stored.
    private static let mostSteps = 1_100.0

    /// The distance of neighbouring levels of some values.
    ///
    /// Either the least gap between two values, if all others are multiples of it; or, where values were rounded to few digits after
    /// they were scaled, the step of which the smaller magnitudes are multiples.
    static func step(of values: [Float]) -> Double? {
        stepByGaps(values) ?? stepByMagnitudes(values)
    }

    private static func stepByGaps(_ values: [Float]) -> Double? {
        let sorted = values.sorted()
        guard let low = sorted.first, let high = sorted.last, high > low else { return nil }
        let span = Double(high) - Double(low), tolerance = span * 1e-6
        var gaps: [Double] = []
        for (a, b) in zip(sorted, sorted.dropFirst()) where Double(b) - Double(a) > tolerance {
            gaps.append(Double(b) - Double(a))
        }
        guard gaps.count >= 2, let least = gaps.min(), span / least <= mostSteps else { return nil }
        // The mean of gaps of a single step is better than one of them.
        let single = gaps.filter { $0 < 1.5 * least }
        let step = single.reduce(0, +) / Double(single.count)
        let fitting = gaps.count { gap in
            let multiple = gap / step
            return abs(multiple - multiple.rounded()) < 0.05
        }
        return Double(fitting) >= 0.95 * Double(gaps.count) ? step : nil
    }

    private static func stepByMagnitudes(_ values: [Float]) -> Double? {
        let magnitudes = Set(values.map { abs($0) }).filter { $0 > 0 }.sorted().map { Double($0) }
        guard magnitudes.count >= 3, let least = magnitudes.first, let most = magnitudes.last else { return nil }
        // The least may be a small multiple of the step.
        for divisor in 1...4 {
            let step = least / Double(divisor)
            guard 2 * most / step <= mostSteps else { return nil }
            let small = magnitudes.filter { $0 <= 32.5 * step }
            let fitting = small.count { magnitude in
                let multiple = magnitude / step
                // Half a unit of eight bits is up to 2^-8 of the value.
                return abs(multiple - multiple.rounded()) < 0.03 + multiple * 0x1p-8
            }
            // Between so many multiples not every value would be near to one by chance.
            guard small.count >= 3, fitting == small.count else { continue }
            let whole = small.map { ($0 / step).rounded() }
            return zip(small, whole).reduce(0) { $0 + $1.0 } / whole.reduce(0, +)
        }
        return nil
    }
}
