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

    /// - Parameters:
    ///   - isThorough: many starts are tried, which short ranges of large tensors have no time for.
    ///   - isQuick: neighbours are taken together, for an estimate that is to be there within a frame.
    init(_ cells: ValueCells, planes: Int, isThorough: Bool = true, isQuick: Bool = false) {
        // Starts are tried on values taken together; the best of them is then refined on all.
        let coarse = Self.joined(cells.cells, most: max(512, 8 << planes))
        let points = isQuick ? coarse : Self.joined(cells.cells, most: .max)
        (greedy, greedyErrors) = Self.greedy(points, planes)
        var fitted = Valley(alphas: [], error: .infinity)
        // One plane more is never worse: fewer planes are fitted first, and what they leave is the next one's start.
        for count in 1...planes {
            let extended = fitted.alphas + [Self.meanResidual(points, fitted.alphas)]
            var best = Valley(alphas: extended, error: .infinity)
            func look(_ start: [Double]) {
                let valley = Self.descended(coarse, start, rounds: isQuick ? 16 : 200)
                if valley.error < best.error { best = valley }
            }
            look(extended)
            if !isQuick || count == planes { for start in Self.starts(coarse, count) { look(start) } }
            if isThorough, count > 1, !isQuick || count == planes {
                var state: UInt64 = 1
                for attempt in 0..<(isQuick ? 6 : 12) * count {
                    let width = [0.3, 0.6, 1.2][attempt % 3]
                    look(
                        best.alphas.map {
                            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                            return $0 * (1 + width * (Double(state >> 33) * 0x1p-31 - 0.5))
                        })
                }
            }
            if points.count > coarse.count {
                let both = [best.alphas, extended].map { Self.descended(points, $0, rounds: 200) }
                best = both[1].error < both[0].error ? both[1] : both[0]
            }
            fitted = best
        }
        alphas = fitted.alphas.map { abs($0) }.sorted(by: >)
    }

    /// Where the alternation ends, and Σe² there.
    private struct Valley {
        var alphas: [Double]
        var error: Double
    }

    /// The alternation ends in the valley where it begins: halves, falling parts, and, where a value is far out, nearly equal parts
    /// of it, whose sums near zero are many.
    private static func starts(_ points: [Point], _ count: Int) -> [[Double]] {
        let largest = points.reduce(0) { max($0, abs($1.value)) }, mean = meanResidual(points, [])
        var starts = [(0..<count).map { largest * Double(sign: .plus, exponent: -1 - $0, significand: 1) }]
        starts.append((0..<count).map { mean * 1.2 * Double(count + 1 - $0) / Double(count + 1) })
        guard count > 1, largest > 12 * mean else { return starts }
        let bulk = bulk(points)
        for steepness in [0.25, 0.5, 1, 2] {
            starts.append(
                (0..<count).map {
                    largest / Double(count)
                        + bulk * steepness * (Double($0 + $0 * $0) / Double(count) - Double(count) / 3)
                })
            // Binary steps of the bulk beside two or three planes that make up what is far out.
            let steps = (0..<count).map { bulk * steepness * 4 * Double(sign: .plus, exponent: -$0, significand: 1) }
            let half = (largest - steps.dropFirst(2).reduce(0, +)) / 2
            starts.append([half, half - steps[0]] + steps.dropFirst(2))
            if count > 2 {
                let rest = (largest - steps.dropFirst(3).reduce(0, +)) / 2
                starts.append([rest, rest / 2 + steps[0], rest / 2 - steps[0] - steps[1] / 2] + steps.dropFirst(3))
            }
        }
        return starts
    }

    /// The median magnitude: the size of most values, whatever a few are.
    private static func bulk(_ points: [Point]) -> Double {
        var rest = points.reduce(0) { $0 + $1.times } / 2
        for point in points.sorted(by: { abs($0.value) < abs($1.value) }) {
            rest -= point.times
            if rest <= 0 { return abs(point.value) }
        }
        return 0
    }

    /// The codes nearest under the α and the best α for the codes, in turn, as long as the error falls.
    private static func descended(_ points: [Point], _ start: [Double], rounds: Int) -> Valley {
        var now = Valley(alphas: start, error: error(points, start))
        for _ in 0..<rounds {
            let alphas = refined(points, now.alphas), lower = error(points, alphas)
            guard lower < now.error * (1 - 1e-12) else { break }
            now = Valley(alphas: alphas, error: lower)
        }
        return now
    }

    /// The mean magnitude of what the nearest sums leave.
    private static func meanResidual(_ points: [Point], _ alphas: [Double]) -> Double {
        var sum = 0.0, total = 0.0
        forEach(points, alphas) { point, nearest in
            sum += point.times * abs(point.value - nearest.value)
            total += point.times
        }
        return sum / max(1, total)
    }

    /// The cells as points, neighbours together where there are more than `most`; those farthest out, which decide most, stay alone.
    private static func joined(_ cells: [ValueCells.Cell], most: Int) -> [Point] {
        let alone = 16
        guard cells.count > most, cells.count > 4 * alone else {
            return cells.map { Point(value: $0.mean, times: $0.count) }
        }
        let together = (cells.count - 2 * alone).pieces(of: max(1, most - 2 * alone)), end = cells.count - alone
        let middle = stride(from: alone, to: end, by: together).map { first in
            let part = cells[first..<min(first + together, end)]
            let count = part.reduce(0) { $0 + $1.count }
            return Point(value: part.reduce(0) { $0 + $1.sum } / count, times: count)
        }
        func single(_ part: ArraySlice<ValueCells.Cell>) -> [Point] {
            part.map { Point(value: $0.mean, times: $0.count) }
        }
        return single(cells[..<alone]) + middle + single(cells[end...])
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

    /// The α of least squared error for the codes that these α give: the shortest ones, where codes do not tell planes apart.
    ///
    /// A point adds to its sum's total alone; the system of equations is made of the 2^planes totals.
    private static func refined(_ points: [Point], _ alphas: [Double]) -> [Double] {
        let count = alphas.count
        var times = [Double](repeating: 0, count: 1 << count), values = times
        forEach(points, alphas) { point, sum in
            times[sum.signs] += point.times
            values[sum.signs] += point.times * point.value
        }
        var products = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        var right = [Double](repeating: 0, count: count)
        for signs in times.indices where times[signs] > 0 {
            func signed(_ value: Double, by plane: Int) -> Double { signs >> plane & 1 == 1 ? value : -value }
            for i in 0..<count {
                for j in 0...i { products[i][j] += signed(signed(times[signs], by: i), by: j) }
                right[i] += signed(values[signs], by: i)
            }
        }
        for i in 0..<count { for j in 0..<i { products[j][i] = products[i][j] } }
        return SymmetricSystem.leastSquares(products, right)
    }
}
