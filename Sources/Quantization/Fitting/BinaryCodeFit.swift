import Tensors

/// The α of binary codes for some values: greedy, then alternating (`BinaryCodeFormat`).
struct BinaryCodeFit {
    /// Descending.
    let alphas: [Double]
    /// What the greedy rule alone gives, and Σe² after each plane.
    let greedy: [Double]
    let greedyErrors: [Double]

    private struct Point {
        let value: Double
        let times: Double
    }

    /// - Parameter isQuick: neighbours are taken together, for an estimate that is to be there within a frame.
    init(_ cells: ValueCells, planes: Int, isQuick: Bool = false) {
        let points = isQuick ? Self.joined(cells.cells, most: 1_024) : Self.joined(cells.cells, most: .max)
        let (greedy, errors) = Self.greedy(points, planes)
        self.greedy = greedy
        greedyErrors = errors
        // The alternation ends in the valley where it begins: halves and equal parts of the largest are tried as well.
        let largest = points.reduce(0) { max($0, abs($1.value)) }
        let halves = (0..<planes).map { largest * Double(sign: .plus, exponent: -1 - $0, significand: 1) }
        let parts = (0..<planes).map { greedy[0] * 1.2 * Double(planes + 1 - $0) / Double(planes + 1) }
        var best = greedy, least = Self.error(points, greedy)
        for start in [greedy, halves, parts] {
            var now = start, error = Self.error(points, start)
            for _ in 0..<(isQuick ? 16 : 200) {
                guard let next = Self.refined(points, now) else { break }
                let lower = Self.error(points, next)
                guard lower < error * (1 - 1e-12) else { break }
                (now, error) = (next, lower)
            }
            if error < least { (best, least) = (now, error) }
        }
        alphas = best.map { abs($0) }.sorted(by: >)
    }

    private static func joined(_ cells: [ValueCells.Cell], most: Int) -> [Point] {
        let together = cells.count.pieces(of: most)
        guard together > 1 else { return cells.map { Point(value: $0.mean, times: $0.count) } }
        return stride(from: 0, to: cells.count, by: together).map { first in
            let part = cells[first..<min(first + together, cells.count)]
            let count = part.reduce(0) { $0 + $1.count }
            return Point(value: part.reduce(0) { $0 + $1.sum } / count, times: count)
        }
    }

    /// Every sum of ±α, ascending and different from each other, each with its signs as bits.
    static func sums(_ alphas: [Double]) -> [(value: Double, signs: Int)] {
        (0..<1 << alphas.count).map { signs in
            let value = alphas.indices.reduce(0.0) { $0 + (signs >> $1 & 1 == 1 ? alphas[$1] : -alphas[$1]) }
            return (value, signs)
        }.sorted { $0.value < $1.value }
    }

    var book: CodeBook { Self.book(alphas) }

    static func book(_ alphas: [Double]) -> CodeBook {
        var levels: [Float] = []
        for (value, _) in sums(alphas) where levels.last.map({ $0 < Float(value) }) ?? true {
            levels.append(Float(value))
        }
        return CodeBook(nearest: levels)
    }

    private static func greedy(_ points: [Point], _ planes: Int) -> (alphas: [Double], errors: [Double]) {
        let total = points.reduce(0) { $0 + $1.times }
        var residuals = points.map { $0.value }, alphas: [Double] = [], errors: [Double] = []
        for _ in 0..<planes {
            let alpha = zip(points, residuals).reduce(0) { $0 + $1.0.times * abs($1.1) } / max(1, total)
            alphas.append(alpha)
            for i in residuals.indices { residuals[i] -= residuals[i] >= 0 ? alpha : -alpha }
            errors.append(zip(points, residuals).reduce(0) { $0 + $1.0.times * $1.1 * $1.1 })
        }
        return (alphas, errors)
    }

    /// Calls `body` with every point and the sum that is nearest to it.
    private static func forEach(
        _ points: [Point], _ alphas: [Double], _ body: (Point, (value: Double, signs: Int)) -> Void
    ) {
        let sums = sums(alphas)
        var at = 0
        for point in points {
            while at + 1 < sums.count, point.value > (sums[at].value + sums[at + 1].value) / 2 { at += 1 }
            body(point, sums[at])
        }
    }

    /// Σe² where each value goes to the nearest sum.
    static func error(of cells: ValueCells, _ alphas: [Double]) -> Double {
        error(cells.cells.map { Point(value: $0.mean, times: $0.count) }, alphas)
    }

    private static func error(_ points: [Point], _ alphas: [Double]) -> Double {
        var error = 0.0
        forEach(points, alphas) { point, sum in
            error += point.times * (point.value - sum.value) * (point.value - sum.value)
        }
        return error
    }

    /// The α of least squared error for the codes that these α give; nil where they are not determined.
    private static func refined(_ points: [Point], _ alphas: [Double]) -> [Double]? {
        let count = alphas.count
        // The normal equations with their right side as the last column.
        var rows = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count)
        forEach(points, alphas) { point, sum in
            for i in 0..<count {
                let sign = sum.signs >> i & 1 == 1 ? point.times : -point.times
                for j in 0..<count { rows[i][j] += sum.signs >> j & 1 == 1 ? sign : -sign }
                rows[i][count] += sign * point.value
            }
        }
        for pivot in 0..<count {
            guard let row = (pivot..<count).max(by: { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) }),
                abs(rows[row][pivot]) > 1e-9 * max(1, abs(rows[0][0]))
            else { return nil }
            rows.swapAt(pivot, row)
            for other in 0..<count where other != pivot {
                let factor = rows[other][pivot] / rows[pivot][pivot]
                for column in pivot...count { rows[other][column] -= factor * rows[pivot][column] }
            }
        }
        return (0..<count).map { rows[$0][count] / rows[$0][$0] }
    }
}
