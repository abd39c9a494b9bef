import Basics
import Tensors

/// The levels of the least squared error in one dimension: k-means without a start, the empirical Lloyd–Max quantizer.
///
/// Cells of an optimal quantizer are runs of the sorted values, and Σ(x - mean)² = Σx² - (Σx)²/n, so that the best L runs maximise
/// the sum of (Σx)²/n: f_k(j) = max over i of f_{k-1}(i) + w(i, j). The best i never falls as j grows, which lets each layer be
/// divided and conquered: O(L·n·log n) for n cells. Where cells are buckets, those at the boundaries are split into their values
/// and Lloyd's iteration (thresholds to midpoints, levels to means) settles them; it never raises the error.
enum OptimalPartition {
    /// Cells times levels that the programme takes; more cells are joined with neighbours first.
    static let budget = 1 << 23
    /// The same for a proposal that is to be there within a frame.
    static let quickBudget = 1 << 16

    /// The book of at most so many levels for some cells.
    static func book(
        of source: ValueCells, levels count: Int, isQuick: Bool, cancel: CancelFlag?
    ) throws(Cancelled) -> CodeBook {
        var source = source
        // Few buckets hide what they hold.
        while source.cells.count < 16 * count, !isQuick {
            guard try source.split(Array(source.cells.indices)) else { break }
        }
        let most = max(4 * count, (isQuick ? quickBudget : budget) / count)
        func programmed() throws(Cancelled) -> [Double] {
            let starts = try Programme(source.cells, most: most).starts(count, cancel)
            return Lloyd(source.cells).levels(ofRunsFrom: starts)
        }
        var lloyd = Lloyd(source.cells)
        var levels = try lloyd.settled(programmed(), rounds: isQuick ? 50 : 2_000, cancel)
        // Once more with finer cells where thresholds lie; then down to single values there. What moves out of what is known is
        // split in turn.
        for round in 0..<12 {
            let near = lloyd.cells(near: levels, margin: round == 0 ? 1 / 512 : 0)
            guard !isQuick, try source.split(near) else { break }
            lloyd = Lloyd(source.cells)
            levels = try lloyd.settled(round == 0 ? programmed() : levels, rounds: 2_000, cancel)
        }
        var distinct: [Float] = []
        for level in levels.map({ Float($0) }) where distinct.last.map({ $0 < level }) ?? true {
            distinct.append(level)
        }
        return CodeBook(nearest: distinct)
    }

    /// Lloyd's iteration over cells; what a threshold cuts is shared out as if its values were evenly spread.
    private struct Lloyd {
        private let cells: [ValueCells.Cell]
        /// Prefix sums, one longer than cells.
        private var counts = [0.0]
        private var sums = [0.0]

        init(_ cells: [ValueCells.Cell]) {
            self.cells = cells
            counts.reserveCapacity(cells.count + 1)
            sums.reserveCapacity(cells.count + 1)
            for cell in cells {
                counts.append(counts[counts.count - 1] + cell.count)
                sums.append(sums[sums.count - 1] + cell.sum)
            }
        }

        /// The means of runs of cells; those without a value are left out.
        func levels(ofRunsFrom starts: [Int]) -> [Double] {
            means((starts + [cells.count]).map { (counts[$0], sums[$0]) })
        }

        private func means(_ cuts: [(count: Double, sum: Double)]) -> [Double] {
            zip(cuts, cuts.dropFirst()).compactMap { from, to in
                to.count > from.count ? (to.sum - from.sum) / (to.count - from.count) : nil
            }
        }

        /// The levels after as many rounds as change anything.
        func settled(_ start: [Double], rounds: Int, _ cancel: CancelFlag?) throws(Cancelled) -> [Double] {
            var levels = start
            for _ in 0..<rounds {
                if cancel?.isCancelled == true { throw Cancelled() }
                let next = means([(0, 0)] + thresholds(levels).map(below) + [(counts[cells.count], sums[cells.count])])
                let width = (next.last ?? 0) - (next.first ?? 0)
                let isSettled =
                    next.count == levels.count && zip(next, levels).allSatisfy { abs($0 - $1) <= 1e-12 * width }
                levels = next
                if isSettled { break }
            }
            return levels
        }

        private func thresholds(_ levels: [Double]) -> [Double] {
            zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
        }

        /// Count and sum of the values up to a threshold.
        private func below(_ threshold: Double) -> (count: Double, sum: Double) {
            let number = first(endingBeyond: threshold)
            guard number < cells.count, Double(cells[number].low) <= threshold, cells[number].bucket != nil else {
                return (counts[number], sums[number])
            }
            let cell = cells[number], low = Double(cell.low), high = Double(cell.high)
            let share = (threshold - low) / (high - low), count = share * cell.count
            let excess = cell.sum - cell.count * (low + high) / 2
            return (counts[number] + count, sums[number] + count * (low + threshold) / 2 + share * share * excess)
        }

        /// The first cell whose greatest value lies beyond a threshold.
        private func first(endingBeyond threshold: Double) -> Int {
            var from = 0, to = cells.count
            while from < to {
                let middle = (from + to) >> 1
                if Double(cells[middle].high) <= threshold { from = middle + 1 } else { to = middle }
            }
            return from
        }

        /// The cells that hold a threshold, or lie so near to one that it may move there: within a part of the levels' distance.
        func cells(near levels: [Double], margin: Double) -> [Int] {
            var numbers: [Int] = [], last = -1
            for (place, threshold) in thresholds(levels).enumerated() {
                let margin = (levels[place + 1] - levels[place]) * margin
                var number = max(last + 1, first(endingBeyond: threshold - margin) - 1)
                while number < cells.count, Double(cells[number].low) <= threshold + margin {
                    if Double(cells[number].high) >= threshold - margin { numbers.append(number) }
                    last = number
                    number += 1
                }
            }
            return numbers
        }
    }

    /// The dynamic programme.
    private struct Programme {
        /// Prefix sums of counts and of values less their mean, one longer than the runs of cells they stand for.
        private var counts = [0.0]
        private var sums = [0.0]
        /// The first cell of each.
        private var firsts: [Int] = []

        init(_ cells: [ValueCells.Cell], most: Int) {
            let total = cells.reduce(0) { $0 + $1.count }, mean = cells.reduce(0) { $0 + $1.sum } / max(1, total)
            let together = cells.count.pieces(of: max(1, most))
            for first in stride(from: 0, to: cells.count, by: max(1, together)) {
                var count = counts[counts.count - 1], sum = sums[sums.count - 1]
                for cell in cells[first..<min(first + together, cells.count)] {
                    count += cell.count
                    sum += cell.sum - cell.count * mean
                }
                counts.append(count)
                sums.append(sum)
                firsts.append(first)
            }
        }

        /// The first cells of the best runs, at most so many.
        func starts(_ wanted: Int, _ cancel: CancelFlag?) throws(Cancelled) -> [Int] {
            let size = firsts.count, layers = min(wanted, size)
            guard layers > 1 else { return [0] }
            let width = size + 1
            var before = [Double](repeating: 0, count: width), now = before
            for j in 1..<width { before[j] = sums[j] * sums[j] / counts[j] }
            // For layer k (from the second) and end j, where the last run begins.
            var choices = [Int32](repeating: 0, count: (layers - 1) * width)
            for layer in 1..<layers {
                if cancel?.isCancelled == true { throw Cancelled() }
                counts.withUnsafeBufferPointer { counts in
                    sums.withUnsafeBufferPointer { sums in
                        before.withUnsafeBufferPointer { before in
                            now.withUnsafeMutableBufferPointer { now in
                                choices.withUnsafeMutableBufferPointer { choices in
                                    Layer(
                                        counts: counts.baseAddress!, sums: sums.baseAddress!,
                                        before: before.baseAddress!, now: now.baseAddress!,
                                        choices: choices.baseAddress! + (layer - 1) * width
                                    ).fill(layer + 1...size, from: layer, to: size - 1)
                                }
                            }
                        }
                    }
                }
                swap(&before, &now)
            }
            var starts: [Int] = [], end = size
            for layer in (1..<layers).reversed() {
                end = Int(choices[(layer - 1) * width + end])
                starts.append(firsts[end])
            }
            return [0] + starts.reversed()
        }

        private struct Layer {
            let counts: UnsafePointer<Double>
            let sums: UnsafePointer<Double>
            let before: UnsafePointer<Double>
            let now: UnsafeMutablePointer<Double>
            let choices: UnsafeMutablePointer<Int32>

            /// The best beginnings for all ends of a range, which lie between `low` and `high`.
            func fill(_ ends: ClosedRange<Int>, from low: Int, to high: Int) {
                let j = (ends.lowerBound + ends.upperBound) / 2
                var best = -Double.infinity, choice = low
                let end = counts[j], sum = sums[j]
                for i in low...min(high, j - 1) {
                    let part = sum - sums[i], value = before[i] + part * part / (end - counts[i])
                    if value > best { (best, choice) = (value, i) }
                }
                now[j] = best
                choices[j] = Int32(choice)
                if ends.lowerBound < j { fill(ends.lowerBound...j - 1, from: low, to: choice) }
                if j < ends.upperBound { fill(j + 1...ends.upperBound, from: choice, to: high) }
            }
        }
    }
}
