import Quantization
import Tensors

/// The Sweep screen.
extension ExplorerState {
    var sweep: SweepState {
        get { memories[SweepState.self] }
        set { memories[SweepState.self] = newValue }
    }

    /// The recipes of the grid that fit the tensor.
    var sweptRecipes: [Recipe] { (try? sweep.grid.recipes(for: tensor))?.fitting ?? [] }

    /// All that is shown: the grid, the present recipe, and pinned ones; by bits, then by quality.
    var sweptRows: [SweepRow] { SweepRow.rows(self) }

    /// The same in the table's order, without what the filter leaves out.
    var sweptTable: [SweepRow] {
        let words = sweep.filter.string.lowercased().split(separator: " ").map(String.init)
        let conditions = words.compactMap { RowCondition($0) }, letters = words.filter { RowCondition($0) == nil }
        let rows = sweptRows.filter { row in
            letters.allSatisfy { row.point.recipe.description.contains($0) }
                && conditions.allSatisfy { $0.holds(row.point.metrics, tensor.shape) }
        }
        let column = sweep.column
        let sorted =
            column == .recipe
            ? rows.sorted { $0.point.recipe.description < $1.point.recipe.description }
            : rows.enumerated().sorted {
                (column.key($0.element), $0.offset) < (column.key($1.element), $1.offset)
            }.map { $0.element }
        return sweep.isReversed ? sorted.reversed() : sorted
    }

    /// The recipe that the cursor is on: the present one, until it was moved.
    var sweepCursor: Recipe { sweep.cursor ?? recipe }

    mutating func stepSweepQuality() -> [Request] {
        let all = SweepQuality.allCases, place = all.firstIndex(of: sweep.quality) ?? 0
        sweep.quality = all[(place + 1) % all.count]
        say(Words.sweepJudged(by: sweep.quality.metric))
        return []
    }

    // MARK: Moving

    /// To another row of some, from the cursor's.
    private mutating func moveSweep(by offset: Int, in rows: [SweepRow]) -> [Request] {
        guard !rows.isEmpty else {
            say(sweptRows.isEmpty ? reasonForWaiting : Words.noMatch)
            return []
        }
        let place = rows.firstIndex { $0.point.recipe == sweepCursor }
        let next = place.map { $0 + offset } ?? (offset < 0 ? rows.count - 1 : 0)
        sweep.cursor = rows[max(0, min(rows.count - 1, next))].point.recipe
        return []
    }

    mutating func moveInSweepTable(_ motion: Action.Motion) -> [Request] {
        guard motion == .left || motion == .right else {
            let rows = sweptTable
            return moveSweep(by: offset(of: motion, length: rows.count), in: rows)
        }
        let all = SweepColumn.allCases, place = all.firstIndex(of: sweep.column) ?? 0
        return sortSweep(by: all[max(0, min(all.count - 1, place + (motion == .right ? 1 : -1)))])
    }

    /// Left and right go through the points by bits, up and down by quality.
    mutating func moveOnSweepPlot(_ motion: Action.Motion) -> [Request] {
        let rows = sweptRows
        switch motion {
        case .left: return moveSweep(by: -1, in: rows)
        case .right: return moveSweep(by: 1, in: rows)
        case .first: return moveSweep(by: -rows.count, in: rows)
        case .last: return moveSweep(by: rows.count, in: rows)
        case .up, .down, .pageUp, .pageDown, .halfPageUp, .halfPageDown:
            let byError = rows.sorted { ($0.error ?? .infinity) > ($1.error ?? .infinity) }
            return moveSweep(by: -offset(of: motion, length: rows.count), in: byError)
        }
    }

    mutating func moveOnFrontier(forward: Bool) -> [Request] {
        let rows = sweptRows, frontier = rows.filter { $0.isOnFrontier }
        guard let here = rows.firstIndex(where: { $0.point.recipe == sweepCursor }) else {
            return moveSweep(by: 0, in: frontier)
        }
        let next = forward ? rows[(here + 1)...].first { $0.isOnFrontier } : rows[..<here].last { $0.isOnFrontier }
        if let next { sweep.cursor = next.point.recipe } else { say(Words.endOfFrontier) }
        return []
    }

    mutating func sortSweep(by column: SweepColumn) -> [Request] {
        if sweep.column == column { return [] }
        sweep.column = column
        sweep.isReversed = false
        return []
    }

    mutating func point(toSwept recipe: Recipe, in panel: PanelID) -> [Request] {
        focus = panel
        if sweepCursor == recipe { return takeSwept() }
        sweep.cursor = recipe
        return []
    }

    // MARK: Taking

    mutating func takeSwept() -> [Request] {
        guard sweepCursor != recipe else {
            say(Words.sweepIsRecipe)
            return []
        }
        say(Words.sweepTaken(sweepCursor.description))
        return change(to: sweepCursor)
    }

    /// Into the comparison, or out of it.
    mutating func pinSwept() -> [Request] {
        let swept = sweepCursor
        if comparison.pins.contains(swept) {
            dropPin(swept)
            say(Words.pinRemoved(swept.description))
        } else {
            addPin(swept)
            say(Words.sweepPinned(swept.description))
        }
        return []
    }

    // MARK: What is swept

    /// Puts a word of the list into the grid, or takes it out.
    mutating func switchSwept() -> [Request] {
        let rows = SweepGridModel(self).rows
        guard rows.indices.contains(sweep.gridCursor), case .word(let axis, let word, _) = rows[sweep.gridCursor] else {
            return []
        }
        var grid = sweep.grid
        var words = grid[keyPath: axis.path]
        if let place = words.firstIndex(of: word) { words.remove(at: place) } else { words.append(word) }
        guard !words.isEmpty else {
            say(Words.sweepNeedsOne)
            return []
        }
        grid[keyPath: axis.path] = words
        sweep.grid = grid
        return []
    }
}

/// A recipe of the Sweep screen against the frontier of all.
struct SweepRow: Sendable {
    let point: SweepPoint
    /// By the metric that recipes are judged by; less is better.
    let error: Double?
    let isOnFrontier: Bool
    /// dB above the frontier's error at as many bits.
    let gap: Double?

    /// By bits, then by error.
    static func rows(_ state: ExplorerState) -> [SweepRow] {
        let quality = state.sweep.quality, known = state.sweepPoints
        var points: [SweepPoint] = [], seen: Set<Recipe> = []
        func add(_ point: SweepPoint?) {
            if let point, seen.insert(point.recipe).inserted { points.append(point) }
        }
        for recipe in state.sweptRecipes { add(known[recipe]) }
        add(state.evaluation.map { SweepPoint(recipe: $0.recipe, metrics: $0.metrics, isExact: $0.isExact) })
        for pin in state.comparison.pins {
            add(state.pinResults.evaluations[pin].map { SweepPoint(recipe: pin, metrics: $0.metrics, isExact: true) })
        }
        let judged = points.map { (point: $0, error: quality.error($0.metrics)) }.sorted {
            ($0.point.metrics.size.bitsPerWeight, $0.error ?? .infinity, $0.point.recipe.description)
                < ($1.point.metrics.size.bitsPerWeight, $1.error ?? .infinity, $1.point.recipe.description)
        }
        let frontier = ParetoFrontier(
            judged.map { ($0.point.metrics.size.bitsPerWeight, $0.error ?? .infinity) })
        return judged.enumerated().map { place, row in
            SweepRow(
                point: row.point, error: row.error, isOnFrontier: frontier.isOnFrontier[place],
                gap: row.error == nil ? nil : frontier.gap(place))
        }
    }
}

extension SweepColumn {
    /// What rows are sorted by.
    func key(_ row: SweepRow) -> Double {
        let metrics = row.point.metrics
        return switch self {
        case .recipe: 0
        case .bits: metrics.size.bitsPerWeight
        case .quality: row.error ?? .infinity
        case .gap: row.isOnFrontier ? -1 : row.gap ?? .infinity
        case .maxAbsError: metrics.maxAbsError
        case .zeroed: metrics.zeroedFraction
        case .bytes: metrics.size.bytes
        }
    }
}
