import Quantization
import TensorFiles
import Tensors

extension ExplorerState {
    /// Takes in what happened and returns the work that it asks for. Pure: no clock, no terminal, no thread.
    public mutating func reduce(_ action: Action) -> [Request] {
        if case .resultArrived = action {} else { message = nil }
        switch action {
        case .started: return [request()]
        case .resized(let viewport):
            let hasOtherBins = viewport.plotColumns != self.viewport.plotColumns
            self.viewport = viewport
            helpScroll = helpScroll.map { min($0, viewport.helpScrollLimit) }
            metricScroll = min(metricScroll, viewport.metricScrollLimit)
            return hasOtherBins ? [request(keepsEvaluation: true)] : []
        case .settingStepped(let setting, let forward): return stepSetting(setting, forward: forward)
        case .moved(let motion): return move(motion)
        case .focusMoved(let forward):
            let count = Panel.allCases.count
            focus = Panel(rawValue: (focus.rawValue + (forward ? 1 : count - 1)) % count) ?? .recipe
            return []
        case .entered: return enter()
        case .escaped: return escape()
        case .filterOpened:
            isFiltering = true
            tensorBeforeFilter = tensorIndex
            focus = .tensors
            return []
        case .filterTyped(let character): return setFilter(filter + String(character))
        case .filterErased:
            if filter.isEmpty { isFiltering = false }
            return setFilter(String(filter.dropLast()))
        case .matchStepped(let forward): return selectListed(offset: forward ? 1 : -1, wraps: true)
        case .rangeStepped(let forward): return stepRange(forward: forward)
        case .coverageSwitched:
            guard let count = evaluation?.rangeCount, count > 1 else {
                message = evaluation == nil ? Words.notYet : Words.onlyOneRange
                return []
            }
            coversAll.toggle()
            return [request(keepsEvaluation: true)]
        case .countScaleSwitched:
            hasLogCounts.toggle()
            return []
        case .zoomSwitched:
            isZoomed.toggle()
            return []
        case .helpSwitched:
            helpScroll = helpScroll == nil ? 0 : nil
            return []
        case .quitPressed:
            if isHelpVisible { helpScroll = nil } else if isZoomed { isZoomed = false } else { shouldQuit = true }
            return []
        case .unknownKey(let name):
            message = "\(name) does nothing here; ? shows the keys"
            return []
        case .resultArrived(let result):
            take(result)
            return []
        }
    }

    // MARK: Work

    /// A request for the present tensor, recipe and range, with a new generation.
    private mutating func request(keepsEvaluation: Bool = false) -> Request {
        generation += 1
        if !keepsEvaluation {
            evaluation = nil
            detail = nil
            problem = nil
        }
        progress = nil
        isIdle = false
        return Request(
            generation: generation, tensor: tensor, tensorIndex: tensorIndex, recipe: recipe, range: chosenRange,
            coversAll: coversAll, bins: viewport.plotColumns)
    }

    private mutating func take(_ result: WorkResult) {
        guard result.generation == generation else { return }
        switch result.content {
        case .statistics(let statistics): self.statistics = statistics
        case .evaluation(let evaluation):
            self.evaluation = evaluation
            if evaluation.isExact { progress = nil }
        case .detail(let detail): self.detail = detail
        case .progress(let share): progress = share
        case .problem(let problem):
            self.problem = problem
            evaluation = nil
            detail = nil
        case .finished:
            isIdle = true
            progress = nil
        }
    }

    // MARK: Settings

    private mutating func stepSetting(_ setting: Setting, forward: Bool) -> [Request] {
        settingCursor = setting
        let known =
            evaluation.flatMap { $0.rangeCount == 1 ? $0.quantizers.first?.range : nil } ?? detail?.quantizer.range
        switch SettingSteps.step(
            setting, forward: forward, recipe: recipe, shape: tensor.shape, currentRange: known)
        {
        case .failure(let refusal):
            message = refusal.reason
            return []
        case .success(let next):
            guard next != recipe else { return [] }
            if next.granularity != recipe.granularity { chosenRange = nil }
            recipe = next
            return [request()]
        }
    }

    private mutating func stepRange(forward: Bool) -> [Request] {
        guard let count = evaluation?.rangeCount, count > 1 else {
            message = evaluation == nil ? Words.notYet : Words.onlyOneRange
            return []
        }
        // From what was asked for last, which may not be on the screen yet.
        chosenRange = ((chosenRange ?? shownRange) + (forward ? 1 : count - 1)) % count
        return [request(keepsEvaluation: true)]
    }

    // MARK: Moving

    private mutating func move(_ motion: Action.Motion) -> [Request] {
        if let scroll = helpScroll {
            let limit = viewport.helpScrollLimit
            helpScroll = max(0, min(scroll + offset(of: motion, length: limit), limit))
            return []
        }
        switch focus {
        case .tensors: return selectListed(offset: offset(of: motion, length: listed.count), wraps: false)
        case .recipe:
            if motion == .left || motion == .right {
                return stepSetting(settingCursor, forward: motion == .right)
            }
            let last = Setting.allCases.count - 1
            let next = settingCursor.rawValue + offset(of: motion, length: Setting.allCases.count)
            settingCursor = Setting(rawValue: max(0, min(last, next))) ?? settingCursor
            return []
        case .error:
            let limit = viewport.metricScrollLimit
            metricScroll = max(0, min(metricScroll + offset(of: motion, length: limit), limit))
            return []
        case .distribution:
            switch motion {
            case .left, .up: return stepRange(forward: false)
            case .right, .down: return stepRange(forward: true)
            default: return []
            }
        }
    }

    private func offset(of motion: Action.Motion, length: Int) -> Int {
        switch motion {
        case .up: -1
        case .down: 1
        case .left, .right: 0
        case .pageUp: -viewport.pageLength
        case .pageDown: viewport.pageLength
        case .halfPageUp: -max(1, viewport.pageLength / 2)
        case .halfPageDown: max(1, viewport.pageLength / 2)
        case .first: -length
        case .last: length
        }
    }

    /// Opens the tensor so many places further in the list; from outside the list its first or last.
    private mutating func selectListed(offset: Int, wraps: Bool) -> [Request] {
        guard !listed.isEmpty else {
            message = Words.noMatch
            return []
        }
        guard offset != 0 else { return [] }
        let target: Int
        if let cursor = listCursor {
            let wanted = cursor + offset
            target = wraps ? (wanted + listed.count) % listed.count : max(0, min(listed.count - 1, wanted))
        } else {
            target = offset > 0 ? 0 : listed.count - 1
        }
        return open(listed[target])
    }

    private mutating func open(_ index: Int) -> [Request] {
        guard index != tensorIndex else { return [] }
        tensorIndex = index
        statistics = nil
        chosenRange = nil
        return [request()]
    }

    // MARK: Filter, Enter, Esc

    /// Letters of the filter in any case, words between blanks all to be found.
    private mutating func setFilter(_ text: String) -> [Request] {
        let narrows = text.hasPrefix(filter)
        filter = text
        let words = text.lowercased().split(separator: " ").map { Array($0.utf8) }
        let candidates = narrows ? listed : Array(file.tensors.indices)
        listed = candidates.filter { index in
            words.allSatisfy { ByteSearch.contains(searchNames[index], $0) }
        }
        if listCursor == nil, let first = listed.first { return open(first) }
        return []
    }

    private mutating func enter() -> [Request] {
        if isFiltering {
            isFiltering = false
            return []
        }
        switch focus {
        case .tensors: focus = .recipe
        case .recipe: return stepSetting(settingCursor, forward: true)
        default: break
        }
        return []
    }

    private mutating func escape() -> [Request] {
        if isHelpVisible {
            helpScroll = nil
        } else if isFiltering || !filter.isEmpty {
            let before = isFiltering ? tensorBeforeFilter : nil
            isFiltering = false
            return setFilter("") + (before.map { open($0) } ?? [])
        } else if isZoomed {
            isZoomed = false
        }
        return []
    }
}

/// Finds bytes in bytes: the names of a large checkpoint in a few milliseconds.
enum ByteSearch {
    static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first else { return true }
        guard text.count >= word.count else { return false }
        return text.withUnsafeBufferPointer { text in
            word.withUnsafeBufferPointer { word in
                for start in 0...(text.count - word.count) where text[start] == first {
                    var length = 1
                    while length < word.count, text[start + length] == word[length] { length += 1 }
                    if length == word.count { return true }
                }
                return false
            }
        }
    }
}
