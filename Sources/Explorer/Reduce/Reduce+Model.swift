import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// The Model screen: the scan and its ranking.
extension ExplorerState {
    /// Asks for the tensors that are missing under the present recipe and patterns.
    mutating func scanRequests() -> [Request] {
        if model.recipe != recipe {
            if let before = model.recipe { keepRows(of: before, model.outcomes) }
            // The pinned one's rows too: it may have become the present one.
            if let pinned = model.pinned { keepRows(of: pinned.scan.recipe, pinned.outcomes) }
            model.outcomes = model.earlier[recipe.description] ?? [:]
            model.recipe = recipe
            model.scan = nil
        }
        guard model.scan == nil else { return walkScan() }
        model.planNumber += 1
        if let pinned = model.pinned { keepRows(of: pinned.scan.recipe, pinned.outcomes) }
        model.pinned = nil
        let plan = plan(of: recipe)
        guard file.tensors.count <= ModelState.fewTensors else {
            (model.sorted, model.total, model.kept, model.reasons) = ([], nil, [], [])
            return [.walk(.none), .files(.planScan(plan))]
        }
        model.scan = plan.scan
        return walkScan()
    }

    /// A plan that belongs to what is shown no longer is dropped.
    mutating func takePlanned(_ file: Int, _ number: Int, _ scan: Scan) -> [Request] {
        guard file == fileNumber, number == model.planNumber else { return [] }
        if scan.recipe == recipe {
            model.scan = scan
            return walkScan()
        }
        guard scan.recipe == pin, model.scan != nil else { return [] }
        takePinned(scan)
        return [.walk(nextWalk(model.missing))] + rank()
    }

    private mutating func walkScan() -> [Request] {
        guard let scan = model.scan else { return [] }
        model.problem = nil
        model.spent = (0, 0)
        let missing = model.missing
        model.pending = (missing.count, missing.reduce(0) { $0 + $1.tensor.byteCount })
        model.allBytes = scan.candidates.reduce(0) { $0 + $1.tensor.byteCount }
        let plan = planPinned()
        let ranking = rank()
        return [.walk(nextWalk(missing))] + ranking + plan
    }

    /// The recipe's rows come first, then those of the pinned one.
    private func nextWalk(_ missing: [Scan.Candidate]) -> WalkRequest {
        guard !model.isPaused, let scan = model.scan else { return .none }
        let path = hasSamples ? nil : file.path
        if !missing.isEmpty { return .scan(file: fileNumber, scan, path: path, missing) }
        guard let pinned = model.pinned, pinned.pending > 0 else { return .none }
        return .scan(file: fileNumber, pinned.scan, path: path, pinned.missing)
    }

    private mutating func keepRows(of recipe: Recipe, _ outcomes: [Int: Scan.Outcome]) {
        if model.earlier.count >= 16 { model.earlier = [:] }
        model.earlier[recipe.description] = outcomes
    }

    /// Makes the scan of the pinned recipe, where that is another one than the present.
    private mutating func planPinned() -> [Request] {
        if let pinned = model.pinned {
            guard pinned.scan.recipe != pin || pin == recipe else { return [] }
            keepRows(of: pinned.scan.recipe, pinned.outcomes)
            (model.pinned, model.pinnedTotal, model.lossCount) = (nil, nil, 0)
        }
        guard let pin, pin != recipe else { return [] }
        model.planNumber += 1
        let plan = plan(of: pin)
        guard file.tensors.count <= ModelState.fewTensors else { return [.files(.planScan(plan))] }
        takePinned(plan.scan)
        return []
    }

    private func plan(of recipe: Recipe) -> ScanPlan {
        ScanPlan(
            file: fileNumber, number: model.planNumber, tensors: file.tensors, recipe: recipe, include: model.include,
            exclude: model.exclude, activations: activations)
    }

    private mutating func takePinned(_ scan: Scan) {
        model.pinned = PinnedScan(scan, outcomes: model.earlier[scan.recipe.description] ?? [:])
    }

    mutating func takeScanned(
        _ file: Int, _ recipe: Recipe, _ position: Int, _ answer: ScanAnswer, _ seconds: Double?
    ) -> [Request] {
        guard file == fileNumber else { return [] }
        if screen == .plan { return takePlanned(recipe, position, answer) }
        guard let scan = model.scan else { return [] }
        let isOfPinned = model.pinned?.scan.recipe == recipe
        guard scan.recipe == recipe || isOfPinned else { return [] }
        switch answer {
        case .outcome(let outcome) where isOfPinned: model.pinned?.take(outcome, of: position)
        case .outcome(let outcome):
            if model.outcomes.updateValue(outcome, forKey: position) == nil {
                model.pending.count = max(0, model.pending.count - 1)
                model.pending.bytes = max(0, model.pending.bytes - self.file.tensors[position].byteCount)
            }
        case .failure(let problem):
            model.problem = problem
            model.isPaused = true
            warn(problem)
            return [.walk(.none)]
        }
        if let seconds, !isOfPinned {
            model.spent.seconds += seconds
            model.spent.bytes += self.file.tensors[position].byteCount
        }
        // A long ranking is sorted now and then, and at the end.
        let count = scan.candidates.count, left = isOfPinned ? model.pinned?.pending ?? 0 : model.pending.count
        let ranking =
            count <= ModelState.fewTensors || left == 0 || left % max(1, count / 16) == 0 ? rank() : []
        let next = left == 0 && !isOfPinned ? nextWalk([]) : .none
        return (next.count > 0 ? [.walk(next)] : []) + ranking + followFilter()
    }

    /// Sorts the rows that the filter lets through, and adds all of them up: at once, or, of very many, on another thread.
    mutating func rank() -> [Request] {
        guard let scan = model.scan else { return [] }
        model.rankNumber += 1
        let question = Ranking.Question(
            file: fileNumber, number: model.rankNumber, scan: scan, outcomes: model.outcomes,
            listed: filterConditions.isEmpty ? listed : filtered(), conditions: filterConditions, order: model.order,
            isReversed: model.isReversed, pinned: model.pinned)
        guard file.tensors.count <= ModelState.fewTensors else { return [.files(.rank(question))] }
        take(Ranking(question))
        return []
    }

    mutating func takeRanked(_ file: Int, _ number: Int, _ ranking: Ranking) -> [Request] {
        guard file == fileNumber, number == model.rankNumber else { return [] }
        take(ranking)
        return followFilter()
    }

    /// While a filter of the rows is typed, the open tensor is one that it lets through.
    mutating func followFilter() -> [Request] {
        guard isFiltering, ScreenCatalog[screen].filterPanel == .ranking, !listed.contains(tensorIndex),
            model.sorted.indices.contains(rankCursor)
        else { return [] }
        return go(toRank: rankCursor)
    }

    private mutating func take(_ ranking: Ranking) {
        if !filterConditions.isEmpty { listed = ranking.listed }
        (model.sorted, model.grid) = (ranking.sorted, ranking.grid)
        model.total = ranking.total
        model.kept = ranking.kept
        model.reasons = ranking.reasons
        (model.pinnedTotal, model.lossCount) = (ranking.pinnedTotal, ranking.lossCount)
        model.comparedCount = ranking.comparedCount
    }

    // MARK: Moving

    /// The row of the open tensor; where it has none, as the row that a removed one left, that of the tensor chosen last.
    public var rankCursor: Int {
        model.sorted.firstIndex(of: tensorIndex) ?? model.tensor.flatMap { model.sorted.firstIndex(of: $0) } ?? 0
    }

    /// Whether the row under the cursor is that of the open tensor, which may have none.
    var isRankCursorOpen: Bool {
        model.sorted.indices.contains(rankCursor) && model.sorted[rankCursor] == tensorIndex
    }

    /// Puts the cursor on a row, whose tensor is the open one from then on.
    mutating func go(toRank place: Int) -> [Request] {
        model.tensor = model.sorted[place]
        return open(model.sorted[place])
    }

    mutating func moveRank(by offset: Int) -> [Request] {
        guard !model.sorted.isEmpty else {
            say(model.isComplete ? Words.noMatch : Words.notYet)
            return []
        }
        // One step from a tensor without a row is to the row that the cursor would be on.
        let place = isRankCursorOpen || abs(offset) > 1 ? rankCursor + offset : rankCursor
        return go(toRank: max(0, min(model.sorted.count - 1, place)))
    }

    /// To the next row that is worse under the present recipe than under the pinned one; without a pin to the next row.
    mutating func stepRank(forward: Bool) -> [Request] {
        guard model.pinned != nil else { return moveRank(by: forward ? 1 : -1) }
        let count = model.sorted.count, start = isRankCursorOpen ? rankCursor : forward ? -1 : count
        let others = (1...max(1, count)).map { (start + (forward ? $0 : count - $0)) % max(1, count) }
        let place = others.first { model.sorted.indices.contains($0) && isLoss(model.sorted[$0]) }
        guard let place else {
            say(Words.noLoss(isComplete: model.isComplete && model.pinned?.pending == 0))
            return []
        }
        return go(toRank: place)
    }

    private func isLoss(_ position: Int) -> Bool {
        guard let row = model.row(position) else { return false }
        return RankColumn.difference.value(row, pinned: model.pinnedRow(position)).map { $0 < 0 } ?? false
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
            return rank()
        }
        return sortRanking(by: rankColumns[place])
    }

    mutating func sortRanking(by order: RankColumn) -> [Request] {
        if order != model.order { model.isReversed = false }
        model.chosenOrder = order
        return rank()
    }

    /// The error of outputs has a column where inputs were measured, the pinned recipe has two.
    public var rankColumns: [RankColumn] {
        let columns = ModelState.columns.map { RankColumn.value($0) }
        let measured = activations == nil ? [] : columns.suffix(1)
        let pinned: [RankColumn] = model.pinned == nil ? [] : [.pinned]
        let difference: [RankColumn] = model.pinned == nil ? [] : [.difference]
        return columns.prefix(1) + pinned + columns[1...1] + difference + measured + columns.dropFirst(2).dropLast()
    }

    mutating func point(toRank place: Int) -> [Request] {
        focus = .ranking
        guard model.sorted.indices.contains(place) else { return [] }
        if place == rankCursor, isRankCursorOpen { return openRanked() }
        return go(toRank: place)
    }

    /// To the open tensor, which is that of the row under the cursor where it has one.
    mutating func openRanked() -> [Request] {
        guard !model.sorted.isEmpty else {
            say(model.isComplete ? Words.noMatch : Words.notYet)
            return []
        }
        return choose(.tensor)
    }

    // MARK: What is scanned

    /// Keeps the tensor that the cursor is on as it is.
    mutating func removeRanked() -> [Request] {
        guard isRankCursorOpen else {
            say(model.sorted.isEmpty ? Words.nothingToRemove : Words.noRowChosen)
            return []
        }
        let position = model.sorted[rankCursor], name = file.tensors[position].name
        let next = rankCursor + 1 < model.sorted.count ? model.sorted[rankCursor + 1] : nil
        remember(.patterns(include: model.include, exclude: model.exclude))
        model.exclude.append(NamePattern(literal: name))
        model.tensor = next
        say(Words.tensorKept(ScreenText.safe(name)))
        return (next.map { open($0) } ?? []) + rescan()
    }

    /// What prints the rows of the screen.
    var scanCommandLine: String {
        let metric: String? =
            if case .value(let order) = model.order, order != .name { order.word } else { nil }
        let patterns =
            model.include.map { (name: "include", value: $0.description as String?) }
            + model.exclude.map { (name: "exclude", value: $0.description as String?) }
        // A recipe beside a pinned one is two scans.
        let recipes = [model.pinned?.scan.recipe, recipe].compactMap { $0 }
        return recipes.map { recipe in
            commandLine(
                "scan",
                [
                    (name: "recipe", value: recipe.description), (name: "importance", value: file.importance),
                    (name: "activations", value: activations?.path),
                ] + patterns + [(name: "sort", value: metric)], hasTensor: false)
        }.joined(separator: " && ")
    }

    mutating func rescan() -> [Request] {
        model.scan = nil
        return screen == .model ? scanRequests() : choose(.model)
    }
}
