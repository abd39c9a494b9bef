import Quantization
import Tensors

extension ExplorerState {
    /// Takes another recipe, which can be undone.
    mutating func change(to next: Recipe) -> [Request] {
        guard next != recipe else { return [] }
        remember(.recipe(recipe))
        if tensor.storedForm != nil, !hasWarnedOfStored {
            hasWarnedOfStored = true
            say(Words.requantizing(tensor.typeName))
        }
        return use(next)
    }

    /// Keeps what can be undone.
    mutating func remember(_ step: UndoStep) {
        past.append(step)
        if past.count > 1_000 { past.removeFirst() }
        future = []
    }

    /// Brings back what a step holds; what was there until now goes into the other list.
    private mutating func restore(_ step: UndoStep) -> (now: UndoStep, requests: [Request], words: String) {
        switch step {
        case .recipe(let recipe):
            let now = UndoStep.recipe(self.recipe)
            return (now, use(recipe), recipe.description)
        case .patterns(let include, let exclude):
            let now = UndoStep.patterns(include: model.include, exclude: model.exclude)
            (model.include, model.exclude) = (include, exclude)
            return (now, rescan(), Words.patterns(include: include.count, exclude: exclude.count))
        case .pins(let pins, let pin):
            let now = UndoStep.pins(comparison.pins, pin: self.pin)
            comparison.pins = pins
            comparison.column = min(comparison.column, comparedRecipes.count - 1)
            if pin != self.pin { (self.pin, results.baseline) = (pin, nil) }
            return (now, [request(keepsEvaluation: true)] + walkRequests(), Words.pinCount(pins.count))
        }
    }

    private mutating func use(_ next: Recipe) -> [Request] {
        if next.granularity != recipe.granularity || next.rangeMode != recipe.rangeMode { chosenRange = nil }
        if next.format.name != recipe.format.name { (formatPage, formatScroll) = (0, 0) }
        objectiveCursor = nil
        return requests(for: next)
    }

    /// The same with what the screen shows of the whole file.
    mutating func requests(for next: Recipe) -> [Request] { [request(for: next)] + walkRequests() }

    /// A request for another recipe. The curves over all limits stay where only the limit moves.
    mutating func request(for next: Recipe) -> Request {
        var unclipped = recipe
        unclipped.clipping = next.clipping
        let isSameRange = evaluation?.rangeCount == 1 || chosenRange != nil && objective?.range == chosenRange
        let kept = unclipped == next && isSameRange ? objective : nil
        recipe = next
        defer { results[ObjectiveQuestion.self] = kept }
        return request()
    }

    mutating func undo() -> [Request] {
        guard let last = past.popLast() else {
            say(Words.nothingToUndo)
            return []
        }
        let (now, requests, words) = restore(last)
        future.append(now)
        say(Words.undone(to: words))
        return requests
    }

    mutating func redo() -> [Request] {
        guard let next = future.popLast() else {
            say(Words.nothingToRedo)
            return []
        }
        let (now, requests, words) = restore(next)
        past.append(now)
        say(Words.redone(to: words))
        return requests
    }

    mutating func switchPin() -> [Request] {
        if pin == recipe {
            pin = nil
            results.baseline = nil
            dropPin(recipe)
            say(Words.unpinned)
            return walkRequests()
        }
        pin = recipe
        addPin(recipe)
        if let evaluation, evaluation.isExact { results[PinsQuestion.self] = pinResults.with(evaluation) }
        results.baseline = evaluation?.isExact == true ? evaluation : nil
        say(Words.pinned(recipe.description))
        return (baseline == nil ? [request(keepsEvaluation: true)] : []) + walkRequests()
    }

    /// The limits in use, as far as they are known.
    var knownRange: ClipRange? {
        evaluation.flatMap { $0.rangeCount == 1 ? $0.quantizers.first?.range : nil } ?? detail?.quantizer.range
    }

    mutating func stepSetting(_ setting: Setting, forward: Bool) -> [Request] {
        settingCursor = setting
        switch SettingSteps.step(
            setting, forward: forward, recipe: recipe, shape: tensor.shape, currentRange: knownRange, usual: usual)
        {
        case .failure(let refusal):
            say(refusal.reason)
            return []
        case .success(let next): return change(to: next)
        }
    }

    mutating func point(to setting: Setting) -> [Request] {
        // Pointing at what is selected opens it, as a double click does.
        if focus == .recipe, settingCursor == setting { return enter() }
        focus = .recipe
        isFiltering = false
        settingCursor = setting
        return []
    }
}
