import Basics
import Checkpoints
public import Quantization
import TensorFiles
import Tensors

/// The Compare screen: pinned recipes side by side, and another file.
extension ExplorerState {
    /// The recipes of the columns: the present one first, where it is not pinned.
    public var comparedRecipes: [Recipe] {
        comparison.pins.contains(recipe) ? comparison.pins : [recipe] + comparison.pins
    }

    /// The result of a column on the open tensor.
    func comparedResult(_ compared: Recipe) -> Evaluation? {
        if compared == recipe, let evaluation { return evaluation }
        return pinResults.evaluations[compared]
    }

    /// Takes a recipe among the pinned ones; the oldest goes where there are more than four.
    mutating func addPin(_ recipe: Recipe) {
        guard !comparison.pins.contains(recipe) else { return }
        comparison.pins.append(recipe)
        comparison.subjectKind = .recipes
        if comparison.pins.count > ComparisonState.mostPins { comparison.pins.removeFirst() }
        comparison.column = comparedRecipes.firstIndex(of: recipe) ?? 0
    }

    mutating func dropPin(_ recipe: Recipe) {
        comparison.pins.removeAll { $0 == recipe }
        if pin == recipe { (pin, results.baseline) = (nil, nil) }
        comparison.column = min(comparison.column, comparedRecipes.count - 1)
    }

    /// Takes the recipe of the cursor's column out of the comparison.
    mutating func removePin() -> [Request] {
        let recipes = comparedRecipes
        guard recipes.indices.contains(comparison.column), comparison.pins.contains(recipes[comparison.column]) else {
            say(Words.notPinned)
            return []
        }
        remember(.pins(comparison.pins, pin: pin))
        say(Words.pinRemoved(recipes[comparison.column].description))
        dropPin(recipes[comparison.column])
        return []
    }

    mutating func moveOnPins(_ motion: Action.Motion) -> [Request] {
        let last = comparedRecipes.count - 1, rows = MetricRow.count(hasOutputs: hasOutputs) - 1
        switch motion {
        case .left: comparison.column = max(0, min(last, comparison.column) - 1)
        case .right: comparison.column = min(last, comparison.column + 1)
        default: comparison.row = max(0, min(rows, comparison.row + offset(of: motion, length: rows + 1)))
        }
        return []
    }

    mutating func point(toPin place: Int) -> [Request] {
        focus = .pins
        guard comparedRecipes.indices.contains(place) else { return [] }
        if comparison.column == place { return takePin() }
        comparison.column = place
        return []
    }

    /// Makes the recipe of the cursor's column the present one.
    mutating func takePin() -> [Request] {
        let recipes = comparedRecipes
        let chosen = recipes[min(comparison.column, recipes.count - 1)]
        guard chosen != recipe else {
            say(Words.alreadyInUse)
            return []
        }
        let requests = change(to: chosen)
        comparison.column = comparedRecipes.firstIndex(of: chosen) ?? 0
        return requests
    }

    // MARK: Two distributions

    /// Makes the open tensor A, or lets it go where it is.
    mutating func markTensor() -> [Request] {
        if comparison.marked == tensorIndex {
            comparison.marked = nil
            say(Words.unmarked)
            return []
        }
        (comparison.marked, comparison.subjectKind) = (tensorIndex, .tensors)
        say(Words.marked(ScreenText.safe(tensor.name)))
        return []
    }

    /// Goes on to the next kind of what can be laid over each other.
    mutating func stepSubject() -> [Request] {
        let all = distributionSubjects
        guard all.count > 1, let now = distributionSubject, let place = all.firstIndex(of: now) else {
            say(all.isEmpty ? Words.noTwoDistributions : Words.onlyOneSubject)
            return []
        }
        comparison.subjectKind = all[(place + 1) % all.count].kind
        return [request(keepsEvaluation: true)]
    }

    // MARK: Another file

    mutating func openOther(_ path: String) -> [Request] {
        say(Words.opening(ScreenText.safe(path)))
        return [.files(.openOther(path: path, with: file, file: fileNumber))]
    }

    mutating func takeOther(_ file: Int, _ path: String, _ result: Result<Comparison, FileError>) -> [Request] {
        // Asked for while the file that is open now was being opened: it is this one that is meant.
        guard file == fileNumber else { return openOther(path) }
        switch result {
        case .success(let opened):
            comparison.openings += 1
            comparison.other = ComparisonState.Other(
                path: path, opening: comparison.openings, comparison: opened, file: self.file)
            results[TwoDistributionsQuestion.self] = nil
            let isDiagnosed = path == wantedDiagnosis
            comparison.other?.isDiagnosed = isDiagnosed
            let panel = isDiagnosed ? PanelID.diagnosis : .pairs
            if isDiagnosed { wantedDiagnosis = nil }
            lastFocus[.compare] = panel
            comparison.subjectKind = .files
            say(Words.comparing(ScreenText.safe(path), pairs: opened.pairs.count))
            let isOfSession = path == wantedOther
            wantedOther = nil
            if isOfSession, screen != .compare { return [] }
            if screen == .compare {
                focus = panel
                return pairRequests()
            }
            return choose(.compare)
        case .failure(let error):
            (wantedOther, wantedDiagnosis) = (nil, nil)
            warn(error.description)
            return []
        }
    }

    /// The rows of all pairs, then what went wrong in them, where that is wanted.
    mutating func pairRequests() -> [Request] {
        guard let other = comparison.other, !other.isPaused else { return [.walk(.none)] }
        let paths = (a: file.path, b: other.path)
        let missing = other.comparison.pairs.indices.filter { other.rows[$0] == nil }
        if !missing.isEmpty {
            return [.walk(.comparison(file: fileNumber, other.comparison, paths: paths, places: missing))]
        }
        // The worst first.
        let undiagnosed = other.isDiagnosed ? other.sorted.filter { other.diagnoses[$0] == nil } : []
        guard !undiagnosed.isEmpty else { return [.walk(.none)] }
        return [
            .walk(
                .diagnosis(file: fileNumber, other.comparison, original: file, paths: paths, places: undiagnosed))
        ]
    }

    mutating func takePair(_ file: Int, _ path: String, _ place: Int, _ answer: PairAnswer) -> [Request] {
        guard file == fileNumber, comparison.other?.path == path else { return [] }
        switch answer {
        case .row(let row): comparison.other?.rows[place] = row
        case .diagnosis(let diagnosis):
            comparison.other?.diagnoses[place] = diagnosis
            if comparison.other?.correction(of: place) != nil { sortPairs() }
            return []
        case .failure(let problem):
            comparison.other?.problem = problem
            comparison.other?.isPaused = true
            warn(problem)
            return [.walk(.none)]
        }
        guard let other = comparison.other else { return [] }
        let count = other.comparison.pairs.count, known = other.rows.count
        if count < 1_000 || known == count || known % max(1, count / 64) == 0 { sortPairs() }
        return known == count && other.isDiagnosed ? pairRequests() : []
    }

    /// The worst first, those with a corrected cause by what is left.
    private mutating func sortPairs() {
        guard let other = comparison.other else { return }
        let places = Dictionary(
            other.rows.map { ($0.value.position, $0.key) }, uniquingKeysWith: { first, _ in first })
        let result = ComparisonResult(rows: Array(other.rows.values), onlyA: [], onlyB: [])
        let order = ScanResult.Order.metric(.sqnr)
        let sorted = result.sorted(by: order).compactMap { places[$0.position] }
        guard !other.corrected.isEmpty else {
            comparison.other?.sorted = sorted
            return
        }
        let values = sorted.map { place -> Double? in
            if let finding = other.correction(of: place) { return finding.sqnr ?? .infinity }
            return other.rows[place]?.metrics.flatMap { MetricCatalog[.sqnr].rank($0) }
        }
        let byWhatIsLeft = sorted.indices.sorted { order.precedes(values[$0], values[$1]) ?? ($0 < $1) }
        let corrected = byWhatIsLeft.map { sorted[$0] }
        comparison.other?.sorted = corrected
    }

    // MARK: What went wrong

    /// Opens an export of the open file, anew where it is open already, and looks for what went wrong in it; without a path in the one that is open.
    mutating func diagnose(_ path: String) -> [Request] {
        if path.isEmpty {
            comparison.other?.isDiagnosed = true
            lastFocus[.compare] = .diagnosis
            if screen == .compare { focus = .diagnosis }
            return screen == .compare ? [request(keepsEvaluation: true)] + pairRequests() : choose(.compare)
        }
        wantedDiagnosis = path
        return openOther(path)
    }

    /// What is known of the pair of the open tensor.
    var diagnosis: Diagnosis? {
        guard let other = comparison.other, other.sorted.indices.contains(pairCursor) else { return nil }
        return other.diagnoses[other.sorted[pairCursor]]
    }

    /// The cause that the cursor is on.
    var findingCursor: Int { max(0, min((diagnosis?.findings.count ?? 1) - 1, comparison.other?.findingCursor ?? 0)) }

    mutating func moveFinding(by offset: Int) -> [Request] {
        guard let count = diagnosis?.findings.count, count > 0 else { return [] }
        let place = max(0, min(count - 1, findingCursor + offset))
        comparison.other?.findingCursor = place
        return []
    }

    mutating func point(toFinding place: Int) -> [Request] {
        focus = .diagnosis
        guard let count = diagnosis?.findings.count, (0..<count).contains(place) else { return [] }
        if place == findingCursor { return correctFinding() }
        comparison.other?.findingCursor = place
        return []
    }

    /// Takes the cause at the cursor as corrected, in all pairs that show it, or no longer.
    mutating func correctFinding() -> [Request] {
        guard let findings = diagnosis?.findings, findings.indices.contains(findingCursor) else {
            say(diagnosis == nil ? Words.notYet : Words.nothingToCorrect)
            return []
        }
        let finding = findings[findingCursor], cause = finding.cause
        guard finding.canBeCorrected else {
            say(Words.cannotBeCorrected(cause))
            return []
        }
        guard finding.removed >= Diagnosis.leastRemoved else {
            say(Words.removesTooLittle(cause, NumberText.fixed(finding.removed * 100, places: 1)))
            return []
        }
        if comparison.other?.corrected.remove(cause) == nil {
            comparison.other?.corrected = [cause]
            let places = comparison.other?.comparison.pairs.indices ?? 0..<0
            let count = places.count { comparison.other?.correction(of: $0) != nil }
            say(Words.correctedIn(count, cause))
        } else {
            say(Words.notCorrected(cause))
        }
        comparison.subjectKind = .files
        sortPairs()
        return [request(keepsEvaluation: true)]
    }

    mutating func movePair(by offset: Int) -> [Request] {
        guard let other = comparison.other, !other.sorted.isEmpty else {
            say(comparison.other == nil ? Words.noOtherFile : Words.notYet)
            return []
        }
        return go(toPair: max(0, min(other.sorted.count - 1, pairCursor + offset)))
    }

    mutating func point(toPair place: Int) -> [Request] {
        focus = .pairs
        guard let other = comparison.other, other.sorted.indices.contains(place) else { return [] }
        if pairCursor == place { return openPair() }
        return go(toPair: place)
    }

    /// Puts the cursor on a pair, whose tensor is the open one from then on.
    private mutating func go(toPair place: Int) -> [Request] {
        comparison.other?.cursor = place
        return tensorOfPair(place).map { open($0) } ?? []
    }

    /// The tensor of the open file in a pair, by the pair's place in the order of the screen.
    private func tensorOfPair(_ place: Int) -> Int? {
        guard let other = comparison.other, other.sorted.indices.contains(place) else { return nil }
        return other.tensors[other.sorted[place]]
    }

    /// The pair of the open tensor: where the cursor was put, else its first one; 0 where it has none.
    public var pairCursor: Int {
        guard let other = comparison.other else { return 0 }
        if tensorOfPair(other.cursor) == tensorIndex { return other.cursor }
        return other.sorted.firstIndex { other.tensors[$0] == tensorIndex } ?? other.cursor
    }

    /// The pair's tensor of the open file.
    mutating func openPair() -> [Request] {
        guard let other = comparison.other, other.sorted.indices.contains(pairCursor) else {
            say(comparison.other == nil ? Words.noOtherFile : Words.notYet)
            return []
        }
        guard let position = tensorOfPair(pairCursor) else { return [] }
        let requests = open(position)
        return requests + choose(.tensor)
    }
}
