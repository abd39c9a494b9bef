import Quantization
import TensorFiles
import Tensors

extension ExplorerState {
    /// Takes in what happened and returns what it asks for. Pure: no clock, no terminal, no thread.
    public mutating func reduce(_ action: Action) -> [Request] {
        if case .resized(let rows, let columns) = action { return adapted([], rows: rows, columns: columns) }
        let requests = perform(action)
        return Self.withLastEvaluation(adapted(requests, rows: rows, columns: columns))
    }

    /// Of several evaluations that steps of one action asked for, the last one asks for all.
    private static func withLastEvaluation(_ requests: [Request]) -> [Request] {
        func isEvaluation(_ request: Request) -> Bool { if case .evaluate = request { true } else { false } }
        guard let last = requests.lastIndex(where: isEvaluation) else { return requests }
        return requests.indices.filter { $0 == last || !isEvaluation(requests[$0]) }.map { requests[$0] }
    }

    private mutating func perform(_ action: Action) -> [Request] {
        switch action {
        case .resultArrived(let result): return take(result)
        case .outlierScored(let file, let tensor, let score): return takeScore(file, tensor, score)
        case .fileOpened(let path, let result): return takeFile(path, result)
        case .folderListed(let path, let result): return takeFolder(path, result)
        case .sessionRead(_, let record, let file): return takeSession(record, file)
        case .sessionWritten(let path, let error): return takeWritten(path, error)
        case .tensorScanned(let file, let recipe, let position, let answer, let seconds):
            return takeScanned(file, recipe, position, answer, seconds)
        case .scanPlanned(let file, let number, let scan): return takePlanned(file, number, scan)
        case .ranked(let file, let number, let ranking): return takeRanked(file, number, ranking)
        case .otherOpened(let file, let path, let result): return takeOther(file, path, result)
        case .pairCompared(let file, let path, let place, let answer): return takePair(file, path, place, answer)
        case .labReported(let number, let report): return takeReport(number, report)
        default: break
        }
        if case .started = action {} else { message = nil }
        switch action {
        case .clipStepped, .pointed(_, .limit): break
        default: isMovingClip = false
        }
        switch action {
        case .started, .orderSwitched, .moved, .movedIn, .entered: break
        // Who went on to something else is not taken to the worst tensor when its score arrives.
        default: wantsFirst = false
        }
        if let overlay, let requests = reduceOverlay(action, overlay) { return requests }
        if let requests = reduceOnScreen(action) { return requests }
        switch action {
        case .started: return [request()] + walkRequests()
        case .screenChosen(let screen): return choose(screen)
        case .settingStepped(let setting, let forward): return stepSetting(setting, forward: forward)
        case .undone: return undo()
        case .redone: return redo()
        case .pinSwitched: return switchPin()
        case .moved(let motion): return PanelCatalog[focus].move(motion, &self)
        case .movedIn(let panel, let motion): return PanelCatalog[panel].move(motion, &self)
        case .pointed(let panel, let target): return PanelCatalog[panel].point(at: target, &self)
        case .focusMoved(let forward):
            moveFocus(forward: forward)
            return []
        case .entered: return enter()
        case .escaped: return escape()
        case .filterOpened:
            isFiltering = true
            tensorBeforeFilter = tensorIndex
            focus = ScreenCatalog[screen].filterPanel
            return []
        case .edited(let edit): return isFiltering ? editFilter(edit) : []
        case .pasted(let text):
            if isFiltering { return editFilter(.insert(text)) }
            say(Words.pasteIgnored)
            return []
        case .matchStepped(let forward): return selectListed(offset: forward ? 1 : -1, wraps: true)
        case .orderSwitched:
            focus = .tensors
            return sort(by: order == .outlier ? .name : .outlier)
        case .rangeStepped(let forward): return stepRange(forward: forward)
        case .conventionsCompared:
            overlay = .conventions(ConventionPair(recipe.convention))
            return [request(keepsEvaluation: true)]
        case .fileShown:
            overlay = .file(FileLines.lines(self), scroll: 0)
            return []
        case .storedShown: return showStored(from: 0)
        case .formatsCompared:
            overlay = .formats(FormatTable())
            formatResults = [:]
            return [request(keepsEvaluation: true)]
        case .coverageSwitched, .countScaleSwitched, .axisScaleSwitched, .axisZoomed, .axisShown, .clipStepped:
            return reduceView(action)
        case .zoomSwitched:
            isZoomed.toggle()
            return []
        case .helpSwitched:
            overlay = .help(scroll: 0)
            return []
        case .explanationAsked:
            overlay = .explanation(explanationTopic, scroll: 0)
            // The explanation of rounding has numbers of its own.
            return explanationTopic == .setting(.rounding) ? [request(keepsEvaluation: true)] : []
        case .promptOpened:
            overlay = .prompt(Prompt())
            return []
        case .filesOpened: return openBrowser()
        case .recipeCopied:
            say(Words.copied(recipe.description))
            return [.copy(recipe.description)]
        case .commandCopied:
            say(Words.copied(commandLine))
            return [.copy(commandLine)]
        case .mouseSwitched:
            appearance.hasMouse.toggle()
            say(appearance.hasMouse ? Words.mouseOn : Words.mouseOff)
            return []
        case .quitPressed:
            if isZoomed { isZoomed = false } else { shouldQuit = true }
            return []
        case .unknownKey(let name):
            say(Words.keyDoesNothing(name))
            return []
        case .completed, .overlayRowPointed, .walkPaused, .removed: return []
        case .resized, .resultArrived, .outlierScored, .fileOpened, .folderListed, .sessionRead, .sessionWritten,
            .tensorScanned, .scanPlanned, .ranked, .otherOpened, .pairCompared, .labReported:
            return []
        }
    }

    // MARK: Work

    /// A request for the present tensor, recipe and view, with a new generation.
    mutating func request(keepsEvaluation: Bool = false) -> Request {
        generation += 1
        if !keepsEvaluation {
            evaluation = nil
            detail = nil
            problem = nil
            objective = nil
            timeline = nil
            formatStudy = nil
            channels.forgetResults()
        }
        study = nil
        conventionResults = []
        progress = nil
        isIdle = false
        return .evaluate(
            EvaluationRequest(
                generation: generation, tensor: tensor, tensorKey: tensorKey, recipe: recipe,
                baseline: baseline?.recipe == pin ? nil : pin, range: chosenRange,
                question: DetailQuestion(
                    range: 0, coversAll: coversAll, bins: viewport.plotColumns, errorBins: viewport.errorColumns,
                    window: window, isLogarithmic: hasLogAxis),
                extras: extras, inputs: inputs))
    }

    /// What is shown besides.
    private var extras: ExtraQuestions {
        var extras = ExtraQuestions(
            objectivePoints: viewport.objectiveColumns.map { 2 * $0 }, timelineColumns: viewport.timelineColumns)
        extras.formatColumns = viewport.formatColumns
        ScreenCatalog[screen].ask(self, &extras)
        if case .stochastic = recipe.rounding { extras.wantsStudy = true }
        switch overlay {
        case .explanation(.setting(.rounding), _): extras.wantsStudy = true
        case .conventions: extras.wantsConventions = true
        case .formats: extras.wantsFormats = true
        case .stored(let first, _): extras.storedFrom = first
        default: break
        }
        return extras
    }

    private mutating func take(_ result: WorkResult) -> [Request] {
        guard result.generation == generation else { return [] }
        switch result.content {
        case .statistics(let statistics):
            self.statistics = statistics
            outlierScores[tensorIndex] = .some(statistics.outlierScore)
        case .evaluation(let evaluation):
            self.evaluation = evaluation
            if evaluation.isExact { progress = nil }
        case .baseline(let evaluation): baseline = evaluation
        case .detail(let detail):
            self.detail = detail
            let axis = Axis(detail.original.binning, isLogarithmic: hasLogAxis)
            self.axis = axis
            if window == nil { wholeAxis = axis }
        case .objective(let objective): self.objective = objective
        case .timeline(let timeline): self.timeline = timeline
        case .study(let study): self.study = study
        case .convention(let result): conventionResults.append(result)
        case .formatStudy(let study): formatStudy = study
        case .stored(let look): storedLook = look
        case .profiles(let profiles): channels.take(profiles)
        case .heatMap(let map):
            channels.heatMap = map
            if let map {
                channels.cell = (min(channels.cell.row, map.rows - 1), min(channels.cell.column, map.columns - 1))
            }
        case .pinned(let evaluation): comparison.results[evaluation.recipe] = evaluation
        case .misfit(let recipe, let reason): comparison.misfits[recipe] = reason
        case .format(let result, let total):
            formatTotal = total
            formatResults[result.recipe.description] = result
        case .progress(let progress): self.progress = progress
        case .problem(let problem):
            self.problem = problem
            evaluation = nil
            detail = nil
            objective = nil
            timeline = nil
        case .finished:
            isIdle = true
            progress = nil
        }
        return []
    }

    /// What the panels have become. Plots of other sizes need other numbers: one request asks for all that an action changed.
    private mutating func adapted(_ requests: [Request], rows: Int, columns: Int) -> [Request] {
        let next = measure(self, rows, columns)
        guard next != viewport else { return requests }
        let hasOtherBins =
            next.plotColumns != viewport.plotColumns || next.errorColumns != viewport.errorColumns
            || next.objectiveColumns != nil && next.objectiveColumns != viewport.objectiveColumns
            || next.timelineColumns != nil && next.timelineColumns != viewport.timelineColumns
            || next.formatColumns != nil && next.formatColumns != viewport.formatColumns
            || next.heatRows != nil
                && (next.heatRows != viewport.heatRows || next.heatColumns != viewport.heatColumns)
        viewport = next
        if let overlay, let scroll = overlay.scroll {
            self.overlay = overlay.scrolled(to: min(scroll, next.overlayScrollLimit))
        }
        statisticsScroll = min(statisticsScroll, next.statisticsScrollLimit)
        // Before the first request there is nothing to ask anew.
        guard hasOtherBins, generation > 0 else { return requests }
        var requests = requests
        let evaluation = requests.firstIndex { if case .evaluate = $0 { true } else { false } }
        let asked = request(keepsEvaluation: true)
        if let evaluation { requests[evaluation] = asked } else { requests.append(asked) }
        return requests
    }

    // MARK: Moving

    func offset(of motion: Action.Motion, length: Int) -> Int {
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

    mutating func stepRange(forward: Bool) -> [Request] {
        guard let count = evaluation?.rangeCount, count > 1 else {
            say(evaluation == nil ? reasonForWaiting : Words.onlyOneRange)
            return []
        }
        // From what was asked for last, which may not be on the screen yet.
        chosenRange = ((chosenRange ?? shownRange) % count + (forward ? 1 : count - 1)) % count
        return [request(keepsEvaluation: true)]
    }

    // MARK: Enter, Esc

    mutating func enter() -> [Request] {
        if isFiltering {
            isFiltering = false
            return []
        }
        return PanelCatalog[focus].enter(&self)
    }

    private mutating func escape() -> [Request] {
        if isFiltering || !filter.isEmpty {
            let before = isFiltering ? tensorBeforeFilter : nil
            isFiltering = false
            return setFilter(LineEditor())
                + (ScreenCatalog[screen].filterPanel == .ranking ? [] : before.map { open($0) } ?? [])
        }
        if focus == .objective, objectiveCursor != nil {
            objectiveCursor = nil
        } else if isZoomed {
            isZoomed = false
        } else if let requests = ScreenCatalog[screen].escape(&self) {
            return requests
        } else if window != nil {
            return reduceView(.axisShown)
        } else if !isIdle {
            return cancel()
        } else if screen != .tensor {
            return choose(.tensor)
        }
        return []
    }

    /// Stops the running work: an estimate stays one.
    private mutating func cancel() -> [Request] {
        generation += 1
        isIdle = true
        progress = nil
        // What is on the screen stays, so it is what the next step begins from.
        if detail != nil, let shown = shownAxis {
            axis = shown
            window = shown == wholeAxis ? nil : DetailQuestion.Window(low: shown.low, high: shown.high)
        }
        say(Words.stoppedByUser)
        return [.cancel, .scoreOutliers(ScoreRequest(file: fileNumber, tensors: []))]
    }
}
