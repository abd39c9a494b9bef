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
        guard model.scan == nil else { return walkScan() }
        model.planNumber += 1
        let plan = ScanPlan(
            file: fileNumber, number: model.planNumber, tensors: file.tensors, recipe: recipe, include: model.include,
            exclude: model.exclude, activations: activations)
        guard file.tensors.count <= ModelState.fewTensors else {
            (model.sorted, model.total, model.kept, model.reasons) = ([], nil, [], [])
            return [.walk(.none), .files(.planScan(plan))]
        }
        model.scan = plan.scan
        return walkScan()
    }

    /// A plan that belongs to what is shown no longer is dropped.
    mutating func takePlanned(_ file: Int, _ number: Int, _ scan: Scan) -> [Request] {
        guard file == fileNumber, number == model.planNumber, scan.recipe == recipe else { return [] }
        model.scan = scan
        return walkScan()
    }

    private mutating func walkScan() -> [Request] {
        guard let scan = model.scan else { return [] }
        model.problem = nil
        model.spent = (0, 0)
        let missing = model.missing
        model.pending = (missing.count, missing.reduce(0) { $0 + $1.tensor.byteCount })
        model.allBytes = scan.candidates.reduce(0) { $0 + $1.tensor.byteCount }
        let ranking = rank()
        guard !missing.isEmpty, !model.isPaused else { return [.walk(.none)] + ranking }
        return [.walk(.scan(file: fileNumber, scan, path: hasSamples ? nil : file.path, missing))] + ranking
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
        if let seconds {
            model.spent.seconds += seconds
            model.spent.bytes += self.file.tensors[position].byteCount
        }
        // A long ranking is sorted now and then, and at the end.
        let count = scan.candidates.count, left = model.pending.count
        return count <= ModelState.fewTensors || left == 0 || left % max(1, count / 16) == 0 ? rank() : []
    }

    /// Sorts the rows that the filter lets through, and adds all of them up: at once, or, of very many, on another thread.
    mutating func rank() -> [Request] {
        guard let scan = model.scan else { return [] }
        model.rankNumber += 1
        let question = Ranking.Question(
            file: fileNumber, number: model.rankNumber, scan: scan, outcomes: model.outcomes,
            listed: filterConditions.isEmpty ? listed : filtered(), conditions: filterConditions, order: model.order,
            isReversed: model.isReversed)
        guard file.tensors.count <= ModelState.fewTensors else { return [.files(.rank(question))] }
        take(Ranking(question))
        return []
    }

    mutating func takeRanked(_ file: Int, _ number: Int, _ ranking: Ranking) -> [Request] {
        guard file == fileNumber, number == model.rankNumber else { return [] }
        take(ranking)
        return []
    }

    private mutating func take(_ ranking: Ranking) {
        if !filterConditions.isEmpty { listed = ranking.listed }
        model.sorted = ranking.sorted
        model.total = ranking.total
        model.kept = ranking.kept
        model.reasons = ranking.reasons
    }

    // MARK: Moving

    /// The row of the open tensor; where it has none, as the row that a removed one left, that of the tensor chosen last.
    public var rankCursor: Int {
        model.sorted.firstIndex(of: tensorIndex) ?? model.tensor.flatMap { model.sorted.firstIndex(of: $0) } ?? 0
    }

    /// Puts the cursor on a row, whose tensor is the open one from then on.
    private mutating func go(toRank place: Int) -> [Request] {
        model.tensor = model.sorted[place]
        return open(model.sorted[place])
    }

    mutating func moveRank(by offset: Int) -> [Request] {
        guard !model.sorted.isEmpty else {
            say(model.isComplete ? Words.noMatch : Words.notYet)
            return []
        }
        return go(toRank: max(0, min(model.sorted.count - 1, rankCursor + offset)))
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

    mutating func sortRanking(by order: ScanResult.Order) -> [Request] {
        if order != model.order { model.isReversed = false }
        model.order = order
        return rank()
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
        if place == rankCursor { return openRanked() }
        return go(toRank: place)
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
        remember(.patterns(include: model.include, exclude: model.exclude))
        model.exclude.append(NamePattern(literal: name))
        model.tensor = next
        say(Words.tensorKept(ScreenText.safe(name)))
        return (next.map { open($0) } ?? []) + rescan()
    }

    /// What prints the rows of the screen.
    var scanCommandLine: String {
        let metric = model.order == .name ? nil : model.order.word
        let patterns =
            model.include.map { (name: "include", value: $0.description as String?) }
            + model.exclude.map { (name: "exclude", value: $0.description as String?) }
        return commandLine(
            "scan",
            [
                (name: "recipe", value: recipe.description), (name: "importance", value: file.importance),
                (name: "activations", value: activations?.path),
            ] + patterns + [(name: "sort", value: metric)], hasTensor: false)
    }

    mutating func rescan() -> [Request] {
        model.scan = nil
        return screen == .model ? scanRequests() : choose(.model)
    }
}
