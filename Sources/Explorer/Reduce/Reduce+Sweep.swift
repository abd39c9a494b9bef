import Quantization
import Tensors

/// The Sweep screen.
extension ExplorerState {
    var sweep: SweepState {
        get { memories[SweepState.self] }
        set { memories[SweepState.self] = newValue }
    }

    /// All that is shown: the grid, the present recipe, and pinned ones; by bits, then by quality.
    var sweptRows: [SweepResult.Row] {
        var points = sweepPoints?.known ?? [], seen = Set(points.map { $0.name })
        for other in [evaluation].compactMap({ $0 }) + comparison.pins.compactMap({ pinResults.evaluations[$0] }) {
            let point = SweepPoint(other)
            if seen.insert(point.name).inserted { points.append(point) }
        }
        return SweepResult(points, by: sweep.quality.error).rows
    }

    /// The same in the table's order, without what the filter leaves out.
    var sweptTable: [SweepResult.Row] {
        let words = sweep.filter.string.lowercased().split(separator: " ").map(String.init)
        let conditions = words.compactMap { RowCondition($0) }, letters = words.filter { RowCondition($0) == nil }
        let rows = sweptRows.filter { row in
            letters.allSatisfy { row.point.name.contains($0) }
                && conditions.allSatisfy { $0.holds(row.point.metrics, tensor.shape) }
        }
        let column = sweep.column
        let sorted =
            column == .recipe
            ? rows.sorted { $0.point.name < $1.point.name }
            : rows.enumerated().sorted {
                (column.key($0.element), $0.offset) < (column.key($1.element), $1.offset)
            }.map { $0.element }
        return sweep.isReversed ? sorted.reversed() : sorted
    }

    /// The recipe that the cursor is on: the present one, until it was moved.
    private var sweptRecipe: Recipe { sweep.cursor ?? recipe }
    var sweepCursor: String { sweptRecipe.description }

    mutating func stepSweepQuality() -> [Request] {
        let all = SweepQuality.allCases, place = all.firstIndex(of: sweep.quality) ?? 0
        sweep.quality = all[(place + 1) % all.count]
        say(Words.sweepJudged(by: sweep.quality.metric))
        return []
    }

    // MARK: Moving

    /// To another row of some, from the cursor's.
    private mutating func moveSweep(by offset: Int, in rows: [SweepResult.Row]) -> [Request] {
        guard !rows.isEmpty else {
            say(sweptRows.isEmpty ? reasonForWaiting : Words.noMatch)
            return []
        }
        let here = sweepCursor, place = rows.firstIndex { $0.point.name == here }
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
        let rows = sweptRows, frontier = rows.filter { $0.isOnFrontier }, name = sweepCursor
        guard let here = rows.firstIndex(where: { $0.point.name == name }) else {
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
        if sweptRecipe == recipe { return takeSwept() }
        sweep.cursor = recipe
        return []
    }

    // MARK: Taking

    mutating func takeSwept() -> [Request] {
        let swept = sweptRecipe
        guard swept != recipe else {
            say(Words.sweepIsRecipe)
            return []
        }
        say(Words.sweepTaken(swept.description))
        return change(to: swept)
    }

    /// Into the comparison, or out of it.
    mutating func pinSwept() -> [Request] {
        let swept = sweptRecipe
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

extension SweepColumn {
    /// What rows are sorted by.
    func key(_ row: SweepResult.Row) -> Double {
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
