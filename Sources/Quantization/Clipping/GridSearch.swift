import Basics

/// Scans and refinements over grids for a small error.
struct GridSearch {
    private let objective: any GridObjective
    private let measure: ErrorMeasure
    /// Candidates of a scan over one limit.
    private let scanLength: Int
    /// Starts that are refined, and how often at most.
    private let starts: Int
    private let rounds: Int
    /// Grids that are handed on to be judged exactly.
    private let kept: Int

    init(
        _ objective: any GridObjective, _ measure: ErrorMeasure, scanLength: Int, budget: Int, kept: Int,
        cancel: CancelFlag?
    ) {
        self.cancel = cancel
        self.kept = kept
        self.budget = budget
        self.objective = objective
        self.measure = measure
        self.scanLength = scanLength
        starts = scanLength >= 1_000 ? 12 : 4
        // Wide grids of proposals take what one round gives.
        rounds = scanLength >= 1_000 ? 24 : budget < ScanDensity.budget ? 3 : 8
    }

    /// What the objective says of one grid.
    func error(_ grid: StepGrid) -> Double { objective.error(grid, measure) }

    /// The same of a quantizer of equal steps; others are not searched.
    func error(_ quantizer: Quantizer) -> Double {
        if case .affine(let affine) = quantizer { error(StepGrid(affine)) } else { .infinity }
    }

    /// The first of some grids, which are sorted by their error, and those that an exact look at the values might prefer to it.
    ///
    /// Nearly equal steps of one valley differ by less than anyone could use, unless errors are as small as the bins, as those of values that lie on
    /// a grid.
    func open(_ grids: [StepGrid], count: Int) -> [StepGrid] {
        guard objective.binWidth > 0, let first = grids.first else { return grids }
        let least = error(first), n = Double(count), few = 16 * objective.binWidth
        let isCoarse = least > (measure == .squared ? n * few * few : n * few)
        return [first]
            + grids.dropFirst().filter { grid in
                let isSameValley =
                    grid.low == first.low && grid.high == first.high
                    && abs(grid.step - first.step) < 1e-4 * first.step
                return canBeLess(error(grid), than: least, count: count) && !(isCoarse && isSameValley)
            }
    }

    /// Whether one error may be less than another when all values are seen as they are.
    ///
    /// Where the objective sees n values within half a bin w of where they lie, √Σe² is off by √n·w/2 at most and Σ|e| by n·w/2, by the triangle
    /// inequality. Of values that are seen themselves no error is ruled out here.
    func canBeLess(_ error: Double, than other: Double, count: Int) -> Bool {
        guard objective.binWidth > 0 else { return true }
        // Bins are found in Float32, which moves their edges a little.
        let both = 1.05 * objective.binWidth, n = Double(count)
        return switch measure {
        case .squared: error.squareRoot() <= other.squareRoot() + n.squareRoot() * both
        case .absolute: error <= other + n * both
        }
    }

    /// Looks at memory that one scan may take at most.
    private let budget: Int
    /// A cancelled search finds less.
    private let cancel: CancelFlag?
    private var isCancelled: Bool { cancel?.isCancelled == true }

    private func affordable(_ wanted: Int, levels: Int) -> Int {
        max(budget < ScanDensity.budget ? 8 : 32, min(wanted, budget / max(1, objective.cost(levels: levels))))
    }

    /// Steps of grids with the given codes, best first; `outermost`·step is the limit, which is scanned up to `largest`.
    ///
    /// Values that lie on a grid already, such as weights that were quantized before, may use few of the codes: the steps
    /// `largest`/k, whose limits lie farther out, are tried too.
    func symmetricSteps(
        _ codes: ClosedRange<Int>, largest: Double, outermost: Double, stored scaleType: ScaleType
    ) -> [Double] {
        if scaleType.isCoarse {
            // Coarse steps may suit a few large values better from beyond them.
            let steps = scaleType.all(from: 2 * largest / outermost, to: largest / outermost * Self.leastShare)
            return best(steps.map { StepGrid(step: Double($0), low: codes.lowerBound, high: codes.upperBound) })
                .map { $0.step }
        }
        let count = affordable(scanLength, levels: codes.count)
        var found: [(error: Double, grid: StepGrid)] = []
        func look(_ step: Double) {
            if isCancelled { return }
            let grid = StepGrid(step: step, low: codes.lowerBound, high: codes.upperBound)
            insert((error(grid), grid), into: &found, limit: starts)
        }
        for number in 1...count { look(largest * Double(number) / Double(count) / outermost) }
        for used in usedSteps(most: Int(outermost), count) { look(largest / Double(used)) }
        if count < scanLength, let gap = objective.smallestGap, gap * outermost >= largest { look(gap) }
        return storable(refined(found, scanned: count), scaleType).map { $0.step }
    }

    /// Limits that are looked at reach down to this share of the largest value.
    private static let leastShare = 0x1p-12

    /// The best of some grids, the very best first.
    private func best(_ grids: [StepGrid]) -> [StepGrid] {
        var found: [(error: Double, grid: StepGrid)] = []
        for grid in grids where !isCancelled { insert((error(grid), grid), into: &found, limit: kept) }
        return found.map { $0.grid }
    }

    /// The best of these grids with steps as they can be stored.
    private func storable(_ grids: [StepGrid], _ scaleType: ScaleType) -> [StepGrid] {
        guard scaleType != .float32, scaleType != .doubleQuantized else { return grids }
        return best(
            grids.flatMap { grid in
                scaleType.neighbours(of: grid.step).map {
                    StepGrid(step: Double($0), low: grid.low, high: grid.high)
                }
            })
    }

    /// Grids of `levels` levels that hold zero, best first, for values in [low, high] with low ≤ 0 ≤ high.
    func asymmetricGrids(levels: Int, low: Double, high: Double, stored scaleType: ScaleType) -> [StepGrid] {
        if scaleType.isCoarse { return coarseGrids(levels: levels, low: low, high: high, scaleType) }
        let affordable = affordable(scanLength, levels: levels)
        let side = Int(Double(affordable).squareRoot().rounded(.up))
        var found: [(error: Double, grid: StepGrid)] = []
        func look(_ step: Double, zero: Int) {
            if isCancelled { return }
            let grid = StepGrid(step: step, low: -zero, high: levels - 1 - zero)
            insert((error(grid), grid), into: &found, limit: starts)
        }
        func zero(_ low: Double, _ step: Double) -> Int {
            max(0, min(levels - 1, Int((-low / step).rounded(.toNearestOrEven))))
        }
        for i in 1...(low < 0 ? side : 1) {
            for j in 1...(high > 0 ? side : 1) {
                let a = low * Double(i) / Double(side), b = high * Double(j) / Double(side)
                let step = (b - a) / Double(levels - 1)
                if step > 0 { look(step, zero: zero(a, step)) }
            }
        }
        // A one-sided scan has only `side` candidates: add the dense ones.
        if low == 0 || high == 0 {
            for number in 1...affordable {
                let step = (high - low) * Double(number) / Double(affordable) / Double(levels - 1)
                look(step, zero: low < 0 ? levels - 1 : 0)
            }
        }
        // As above: values that lie on a grid with fewer steps than there are.
        for used in usedSteps(most: levels - 1, affordable) {
            let step = (high - low) / Double(used)
            if step > 0 { look(step, zero: zero(low, step)) }
        }
        if affordable < scanLength, let gap = objective.smallestGap, gap * Double(levels - 1) >= high - low {
            look(gap, zero: zero(low, gap))
        }
        return storable(refined(shifted(found), scanned: affordable), scaleType)
    }

    /// Every stored step with zero-points from where nothing is clipped below to where nothing is clipped above, and the neighbours
    /// of the best.
    private func coarseGrids(levels: Int, low: Double, high: Double, _ scaleType: ScaleType) -> [StepGrid] {
        let steps = scaleType.all(
            from: (high - low) / Double(levels - 1), to: (high - low) / Double(levels - 1) * Self.leastShare)
        var found: [(error: Double, grid: StepGrid)] = []
        func look(_ step: Double, zero: Int) {
            let grid = StepGrid(step: step, low: -zero, high: levels - 1 - zero)
            guard (0..<levels).contains(zero), !isCancelled, !found.contains(where: { $0.grid == grid }) else { return }
            insert((error(grid), grid), into: &found, limit: starts)
        }
        for step in steps.map({ Double($0) }) {
            func code(_ value: Double) -> Int { Int(max(0, min(Double(levels - 1), value.rounded(.toNearestOrEven)))) }
            let first = code(-low / step), last = levels - 1 - code(high / step)
            let from = min(first, last), to = max(first, last), stride = max(1, (to - from) / 8)
            for zero in Swift.stride(from: from, through: to, by: stride) { look(step, zero: zero) }
            look(step, zero: to)
        }
        // Downhill from the best, in ever smaller strides.
        for (_, grid) in found {
            var best = (error: error(grid), zero: -grid.low), stride = max(1, levels / 16)
            while stride > 0, !isCancelled {
                var moved = false
                for zero in [best.zero - stride, best.zero + stride] where (0..<levels).contains(zero) {
                    let next = error(StepGrid(step: grid.step, low: -zero, high: levels - 1 - zero))
                    if next < best.error { (best, moved) = ((next, zero), true) }
                }
                if !moved { stride /= 2 }
            }
            look(grid.step, zero: best.zero)
        }
        return Array(found.prefix(kept).map { $0.grid })
    }

    /// Numbers of steps that values on a grid may use: as many of the largest as a scan has candidates, or the few largest where
    /// ranges are many.
    private func usedSteps(most: Int, _ affordable: Int) -> ClosedRange<Int> {
        let least = scanLength >= 1_000 ? 1 : max((most + 1) / 2, most - 16)
        return max(1, least, most - affordable + 1)...max(1, most)
    }

    /// Neighbouring zero-points of the best grids.
    private func shifted(_ found: [(error: Double, grid: StepGrid)]) -> [(error: Double, grid: StepGrid)] {
        var result = found
        for (_, grid) in found {
            for shift in [-1, 1] where grid.low + shift <= 0 && grid.high + shift >= 0 {
                let moved = StepGrid(step: grid.step, low: grid.low + shift, high: grid.high + shift)
                result.append((error(moved), moved))
            }
        }
        return result.sorted { $0.error < $1.error }
    }

    private func insert(
        _ item: (error: Double, grid: StepGrid), into found: inout [(error: Double, grid: StepGrid)], limit: Int
    ) {
        if found.count == limit, item.error >= found[limit - 1].error { return }
        found.insert(item, at: found.firstIndex { $0.error > item.error } ?? found.count)
        if found.count > limit { found.removeLast() }
    }

    /// Refines the step from each start, and keeps the few best.
    ///
    /// - Parameter scanned: candidates that the scan had; where they were few, a fit would only find the nearest valley.
    private func refined(_ found: [(error: Double, grid: StepGrid)], scanned: Int) -> [StepGrid] {
        var result = found
        // Wide grids cost more a look.
        let looks = max(48, 8 * budget / max(1, objective.cost(levels: found.first?.grid.levels ?? 1)))
        let starts = max(1, min(starts, looks / 48)), rounds = max(2, min(rounds, looks / (8 * starts)))
        for start in found.prefix(starts) {
            switch measure {
            case .squared:
                result.append(fitted(start, rounds))
                if scanned < scanLength { result.append(fitted(narrowed(start, scanned, rounds), rounds)) }
            case .absolute: result.append(narrowed(start, scanned, rounds))
            }
        }
        var grids: [StepGrid] = []
        for item in result.sorted(by: { $0.error < $1.error }) where !grids.contains(item.grid) {
            grids.append(item.grid)
            if grids.count == kept { break }
        }
        return grids
    }

    /// Fits the step to the assignment of values to levels and assigns anew, which never raises the squared error.
    private func fitted(
        _ start: (error: Double, grid: StepGrid), _ rounds: Int
    ) -> (error: Double, grid: StepGrid) {
        var best = start, current = start.grid
        for _ in 0..<rounds where !isCancelled {
            let (product, square) = objective.fit(current)
            guard square > 0, product > 0 else { break }
            let next = StepGrid(step: product / square, low: current.low, high: current.high)
            let nextError = error(next)
            if nextError < best.error { best = (nextError, next) }
            if abs(next.step - current.step) <= 1e-9 * current.step { break }
            current = next
        }
        return best
    }

    /// Looks to both sides of the best step in ever smaller distances: the absolute error has no fit in
    /// closed form.
    private func narrowed(
        _ start: (error: Double, grid: StepGrid), _ scanned: Int, _ rounds: Int
    ) -> (error: Double, grid: StepGrid) {
        var best = start, distance = 0.5 / Double(scanned)
        for _ in 0..<rounds where !isCancelled {
            for side in [-3.0, -2, -1, 1, 2, 3] {
                let step = best.grid.step * (1 + side / 3 * distance)
                let next = StepGrid(step: step, low: best.grid.low, high: best.grid.high)
                let nextError = error(next)
                if nextError < best.error { best = (nextError, next) }
            }
            distance /= 2
            if distance < 1e-9 { break }
        }
        return best
    }
}
