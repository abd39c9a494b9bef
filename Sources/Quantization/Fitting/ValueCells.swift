import Basics

/// The values of a range in ascending cells, each with its count and sum: a cell is one value, or, where values are many, a
/// bucket of neighbours that share the upper bits of their patterns. A bucket can be split by eight more bits, down to its values,
/// where that matters.
struct ValueCells {
    struct Cell: Equatable {
        /// The least and the greatest that the cell may hold.
        var low: Float
        var high: Float
        var count: Double
        var sum: Double
        /// What its values share; nil where it is one value.
        var bucket: Bucket?

        var mean: Double { sum / count }
    }

    /// Values whose patterns begin alike.
    struct Bucket: Hashable {
        /// The shared bits, others zero.
        var pattern: UInt32
        /// How many bits are shared, 16 or 24.
        var depth: Int

        /// The least and the greatest of its values.
        var edges: (low: Float, high: Float) {
            let first = Float(bitPattern: pattern), last = Float(bitPattern: pattern | (UInt32.max >> UInt32(depth)))
            return pattern >> 31 == 0 ? (first, last) : (last, first)
        }
    }

    /// For each bucket the cells it consists of, ascending.
    typealias Split = (_ wanted: [Bucket]) throws(Cancelled) -> [[Cell]]

    private(set) var cells: [Cell]
    /// Cells stand for magnitudes.
    private var holdsMagnitudes = false
    private let splitter: Split?

    /// Exact.
    init(sorted values: [Float]) {
        cells = []
        splitter = nil
        for value in values { append(Cell(low: value, high: value, count: 1, sum: Double(value), bucket: nil)) }
    }

    /// Exact, of distinct values in ascending order.
    init(distinct values: [(value: Float, times: Double)]) {
        cells = values.map {
            Cell(low: $0.value, high: $0.value, count: $0.times, sum: $0.times * Double($0.value), bucket: nil)
        }
        splitter = nil
    }

    /// Buckets by `BucketHistogram.key`; those that are empty are left out.
    init(counts: [UInt64], sums: [Double], splitter: @escaping Split) {
        cells = counts.indices.compactMap { key in
            guard counts[key] > 0 else { return nil }
            let bucket = Bucket(pattern: BucketHistogram.upper(key) << 16, depth: 16), edges = bucket.edges
            return Cell(
                low: edges.low, high: edges.high, count: Double(counts[key]), sum: sums[key], bucket: bucket)
        }
        self.splitter = splitter
    }

    /// Adds a cell at the end; what equals the last one joins it.
    private mutating func append(_ cell: Cell) {
        guard let last = cells.last, last.low == cell.low, last.high == cell.high else { return cells.append(cell) }
        cells[cells.count - 1].count += cell.count
        cells[cells.count - 1].sum += cell.sum
    }

    private static func magnitude(_ cell: Cell) -> Cell {
        guard cell.high < 0 || cell.high == 0 && cell.low <= 0 else { return cell }
        return Cell(
            low: abs(cell.high), high: abs(cell.low), count: cell.count, sum: -cell.sum,
            bucket: cell.bucket.map { Bucket(pattern: $0.pattern & 0x7FFF_FFFF, depth: $0.depth) })
    }

    /// The same of |x|.
    func magnitudes() -> ValueCells {
        var result = self
        result.holdsMagnitudes = true
        result.cells = []
        for cell in cells.map(Self.magnitude).sorted(by: { $0.low < $1.low }) { result.append(cell) }
        return result
    }

    /// Splits the buckets among the cells with these numbers, in ascending order; false where all of them are values already.
    mutating func split(_ numbers: [Int]) throws(Cancelled) -> Bool {
        let wanted = numbers.filter { cells[$0].bucket != nil }
        guard !wanted.isEmpty, let splitter else { return false }
        var buckets = wanted.compactMap { cells[$0].bucket }
        if holdsMagnitudes {
            buckets += buckets.map { Bucket(pattern: $0.pattern | 0x8000_0000, depth: $0.depth) }
        }
        let parts = try splitter(buckets)
        let before = cells
        cells = []
        cells.reserveCapacity(before.count + parts.reduce(0) { $0 + $1.count })
        var next = 0
        for (number, cell) in before.enumerated() {
            guard next < wanted.count, wanted[next] == number else {
                append(cell)
                continue
            }
            if holdsMagnitudes {
                let both = (parts[next] + parts[next + wanted.count]).map(Self.magnitude)
                for part in both.sorted(by: { $0.low < $1.low }) { append(part) }
            } else {
                for part in parts[next] { append(part) }
            }
            next += 1
        }
        return true
    }

    /// The numbers of the cells that hold the values of some ranks, 0 being the lowest.
    func cells(ofRanks wanted: [Int]) -> [Int] {
        var below = [0.0]
        below.reserveCapacity(cells.count + 1)
        for cell in cells { below.append(below[below.count - 1] + cell.count) }
        return wanted.map { rank in
            var from = 0, to = cells.count - 1
            while from < to {
                let middle = (from + to) >> 1
                if below[middle + 1] <= Double(rank) { from = middle + 1 } else { to = middle }
            }
            return from
        }
    }
}
