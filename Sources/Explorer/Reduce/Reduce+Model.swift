public import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// The Model screen: the scan and its ranking.
extension ExplorerState {
    /// Asks for the tensors that are missing under the present recipe and patterns.
    mutating func scanRequests() -> [Request] {
        if model.recipe != recipe {
            if let before = model.recipe { keepRows(of: before) }
            model.outcomes = model.earlier[recipe.description] ?? [:]
            model.recipe = recipe
            model.scan = nil
        }
        let scan: Scan
        if let present = model.scan {
            scan = present
        } else {
            scan = Scan(
                file.tensors, recipe: recipe, include: model.include, exclude: model.exclude, activations: activations)
            model.scan = scan
        }
        model.problem = nil
        model.spent = (0, 0)
        rank()
        let missing = model.missing
        guard !missing.isEmpty, !model.isPaused else { return [.walk(.none)] }
        return [.walk(.scan(file: fileNumber, scan, path: hasSamples ? nil : file.path, missing))]
    }

    private mutating func keepRows(of recipe: Recipe) {
        if model.earlier.count >= 16 { model.earlier = [:] }
        model.earlier[recipe.description] = model.outcomes
    }

    mutating func takeScanned(
        _ file: Int, _ recipe: Recipe, _ position: Int, _ answer: ScanAnswer, _ seconds: Double?
    ) -> [Request] {
        guard file == fileNumber, let scan = model.scan, scan.recipe == recipe else { return [] }
        switch answer {
        case .outcome(let outcome): model.outcomes[position] = outcome
        case .failure(let problem):
            model.problem = problem
            model.isPaused = true
            warn(problem)
            return [.walk(.none)]
        }
        if let seconds {
            model.spent.seconds += seconds
            model.spent.bytes += self.file.tensors[position].byteCount
        }
        // A long ranking is sorted now and then, and at the end.
        let count = scan.candidates.count, known = model.outcomes.count
        if count < 1_000 || known == count || known % max(1, count / 64) == 0 { rank() }
        return []
    }

    /// Sorts the rows that the filter lets through, and adds all of them up.
    mutating func rank() {
        guard let scan = model.scan else { return }
        if !filterConditions.isEmpty { listed = filtered() }
        let shown = Set(listed)
        let order = model.order
        let keyed = scan.candidates.compactMap { candidate -> (position: Int, value: Double?)? in
            guard shown.contains(candidate.position), let row = model.row(candidate.position) else { return nil }
            return (candidate.position, order.value(row.metrics, row.shape))
        }
        let isReversed = model.isReversed
        model.sorted = keyed.sorted { a, b in
            guard let isBefore = order.precedes(a.value, b.value) else {
                return isReversed && order == .name ? a.position > b.position : a.position < b.position
            }
            // What is undefined comes last either way.
            return a.value == nil || b.value == nil ? isBefore : isBefore != isReversed
        }.map { $0.position }
        let positions = Set(scan.candidates.map { $0.position })
        let result = ScanResult(
            recipe: scan.recipe.description, kept: scan.kept,
            model.outcomes.filter { positions.contains($0.key) }.map { $0.value })
        model.total = result.total
        model.kept = result.kept
    }

    // MARK: Moving

    public var rankCursor: Int { model.tensor.flatMap { model.sorted.firstIndex(of: $0) } ?? 0 }

    mutating func moveRank(by offset: Int) -> [Request] {
        guard !model.sorted.isEmpty else {
            say(model.isComplete ? Words.noMatch : Words.notYet)
            return []
        }
        model.tensor = model.sorted[max(0, min(model.sorted.count - 1, rankCursor + offset))]
        return []
    }

    /// The column by which rows are sorted.
    mutating func moveRankColumn(by offset: Int) -> [Request] {
        let all = rankColumns
        let place = all.firstIndex(of: model.order) ?? 0
        return sortRanking(by: all[max(0, min(all.count - 1, place + offset))])
    }

    /// Pointing at the column that is sorted by turns it round.
    mutating func point(toRankColumn place: Int) -> [Request] {
        focus = .ranking
        guard rankColumns.indices.contains(place) else { return [] }
        if model.order == rankColumns[place] {
            model.isReversed.toggle()
            rank()
            return []
        }
        return sortRanking(by: rankColumns[place])
    }

    mutating func sortRanking(by order: ScanResult.Order) -> [Request] {
        if order != model.order { model.isReversed = false }
        model.order = order
        rank()
        return []
    }

    /// The error of outputs has a column where inputs were measured.
    public var rankColumns: [ScanResult.Order] {
        let columns = ModelState.columns.dropLast()
        guard activations != nil, let last = ModelState.columns.last else { return Array(columns) }
        return columns.prefix(2) + [last] + columns.dropFirst(2)
    }

    mutating func point(toRank place: Int) -> [Request] {
        focus = .ranking
        guard model.sorted.indices.contains(place) else { return [] }
        if model.tensor == model.sorted[place] { return openRanked() }
        model.tensor = model.sorted[place]
        return []
    }

    mutating func openRanked() -> [Request] {
        guard model.sorted.indices.contains(rankCursor) else {
            say(model.isComplete ? Words.noMatch : Words.notYet)
            return []
        }
        let requests = open(model.sorted[rankCursor])
        return requests + choose(.tensor)
    }

    // MARK: What is scanned

    /// Keeps the tensor that the cursor is on as it is.
    mutating func removeRanked() -> [Request] {
        guard model.sorted.indices.contains(rankCursor) else {
            say(Words.nothingToRemove)
            return []
        }
        let position = model.sorted[rankCursor], name = file.tensors[position].name
        let next = rankCursor + 1 < model.sorted.count ? model.sorted[rankCursor + 1] : nil
        model.exclude.append(NamePattern(literal: name))
        model.tensor = next
        say(Words.tensorKept(ScreenText.safe(name)))
        return rescan()
    }

    mutating func rescan() -> [Request] {
        model.scan = nil
        return screen == .model ? scanRequests() : choose(.model)
    }
}
