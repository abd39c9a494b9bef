import Quantization
import TensorFiles
import Tensors

extension ExplorerState {
    /// Takes in what happened and returns what it asks for. Pure: no clock, no terminal, no thread.
    public mutating func reduce(_ action: Action) -> [Request] {
        if case .resized(let rows, let columns) = action { return adapted([], rows: rows, columns: columns) }
        guidance = guidance.after(action)
        let requests = perform(action)
        return adapted(Self.withLastEvaluation(requests), rows: rows, columns: columns)
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
        case .tensorLookedAt(let file, let tensor, let facts): return take(facts, of: tensor, file)
        case .fileOpened(let path, let result): return takeFile(path, result)
        case .folderListed(let path, let result): return takeFolder(path, result)
        case .pathsFound(let line, let candidates): return takePaths(line, candidates)
        case .sessionRead(_, let record, let file): return takeSession(record, file)
        case .sessionWritten(let path, let error): return takeWritten(path, error)
        case .tensorScanned(let file, let recipe, let position, let answer, let silhouette, let seconds):
            if file == fileNumber, let silhouette { silhouettes[position] = silhouette }
            return takeScanned(file, recipe, position, answer, seconds)
        case .scanPlanned(let file, let number, let scan): return takePlanned(file, number, scan)
        case .ranked(let file, let number, let ranking): return takeRanked(file, number, ranking)
        case .planSurveyed(let file, let number, let answer): return takeSurvey(file, number, answer)
        case .planned(let file, let number, let answer): return takePlan(file, number, answer)
        case .planWritten(let path, let error): return takePlanWritten(path, error)
        case .otherOpened(let file, let path, let result): return takeOther(file, path, result)
        case .pairCompared(let file, let path, let place, let answer): return takePair(file, path, place, answer)
        case .labReported(let number, let report): return takeReport(number, report)
        case .pictureWritten(let path, let error):
            if let error { warn(error.description) } else { say(Words.saved(ScreenText.safe(path))) }
            return []
        case .flashEnded:
            flash = nil
            return []
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
        case .started:
            if let stored = storedWords { say(stored) }
            return [request()] + walkRequests() + openWantedOther()
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
            results[FormatsQuestion.self] = nil
            return [request(keepsEvaluation: true)]
        case .tensorMarked: return markTensor()
        case .coverageSwitched, .countScaleSwitched, .axisScaleSwitched, .axisZoomed, .axisShown, .axisLockSwitched,
            .clipStepped:
            return reduceView(action)
        case .zoomSwitched:
            isZoomed.toggle()
            return []
        case .helpSwitched:
            overlay = .keys(KeyPage())
            return []
        case .explanationAsked:
            overlay = .explanation(explanationTopic, scroll: 0)
            // The explanation of rounding has numbers of its own.
            return explanationTopic == .setting(.rounding) ? [request(keepsEvaluation: true)] : []
        case .promptOpened:
            var prompt = Prompt()
            offer(&prompt)
            overlay = .prompt(prompt)
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
        case .resized, .resultArrived, .tensorLookedAt, .fileOpened, .folderListed, .sessionRead, .sessionWritten,
            .tensorScanned, .scanPlanned, .ranked, .planSurveyed, .planned, .planWritten, .otherOpened, .pairCompared,
            .labReported, .pathsFound, .flashEnded, .pictureWritten:
            return []
        }
    }

    // MARK: Work

    /// A request for the present tensor, recipe and view, with a new generation.
    mutating func request(keepsEvaluation: Bool = false) -> Request {
        generation += 1
        results.drop(keepsEvaluation ? .request : .recipe)
        progress = nil
        isIdle = false
        let questions = questions
        asked = Set(questions.map { AnyQuestion($0) })
        return .evaluate(
            EvaluationRequest(
                generation: generation, tensor: tensor, tensorKey: tensorKey, recipe: recipe,
                baseline: baseline?.recipe == pin ? nil : pin, range: chosenRange,
                question: DetailQuestion(
                    range: 0, coverage: coverage, bins: plotColumns, errorBins: errorColumns, window: window,
                    isLogarithmic: hasLogAxis),
                questions: questions, inputs: inputs))
    }

    /// What is shown besides the recipe's metrics.
    private var questions: [any Question] {
        var questions = ScreenCatalog[screen].questions(self) + (overlay?.questions ?? [])
        for (panel, rect) in layout.panels { questions += PanelCatalog[panel].questions(self, in: rect) }
        if case .stochastic = recipe.rounding { questions.append(DrawsQuestion()) }
        // Asked of every tensor, so that what the first pass finds asks nothing anew; most have none and cost nothing.
        questions.append(NotFiniteQuestion())
        var seen: Set<AnyQuestion> = []
        return questions.filter { seen.insert(AnyQuestion($0)).inserted }
    }

    private mutating func take(_ result: WorkResult) -> [Request] {
        guard result.generation == generation else { return [] }
        switch result.content {
        case .statistics(let statistics):
            results.statistics = statistics
            let hasDeadChannel = facts[tensorIndex].flatMap { $0?.hasDeadChannel } ?? false
            facts[tensorIndex] = .some(TensorFacts(statistics, hasDeadChannel: hasDeadChannel))
        case .evaluation(let evaluation):
            results.evaluation = evaluation
            note(evaluation)
            tried.note(evaluation)
            if evaluation.isExact { progress = nil }
        case .baseline(let evaluation): results.baseline = evaluation
        case .detail(let detail):
            results.detail = detail
            let axis = Axis(detail.original.binning, isLogarithmic: hasLogAxis)
            self.axis = axis
            if window == nil { wholeAxis = axis }
        case .answer(let part): part.put(&self)
        case .hasDeadChannel(let hasDeadChannel): facts[tensorIndex]??.hasDeadChannel = hasDeadChannel
        case .progress(let progress): self.progress = progress
        case .problem(let problem):
            results.drop(.recipe)
            results.problem = problem
        case .finished:
            isIdle = true
            progress = nil
        }
        return []
    }

    /// Lays the screen out anew. What panels show that were hidden or had other sizes has to be asked: one request asks for all that an action
    /// changed.
    private mutating func adapted(_ requests: [Request], rows: Int, columns: Int) -> [Request] {
        layout = Layout(self, rows: rows, columns: columns)
        let before = (plotColumns, errorColumns)
        if let plot = layout[.distribution] { plotColumns = max(1, DistributionPanel.plot(in: plot.inner).width) }
        if let plot = layout[.errors] { errorColumns = max(1, ErrorsPanel.plot(in: plot.inner).width) }
        if let overlay, let scroll = overlay.scroll, scroll > 0 {
            self.overlay = overlay.scrolled(to: min(scroll, overlayScrollLimit))
        }
        if statisticsScroll > 0 { statisticsScroll = min(statisticsScroll, StatisticsPanel.scrollLimit(self)) }
        // Before the first request there is nothing to ask anew.
        guard generation > 0 else { return requests }
        let evaluation = requests.firstIndex { if case .evaluate = $0 { true } else { false } }
        let hasMore = before != (plotColumns, errorColumns) || questions.contains { !asked.contains(AnyQuestion($0)) }
        guard hasMore else { return requests }
        var requests = requests
        let next = request(keepsEvaluation: true)
        if let evaluation { requests[evaluation] = next } else { requests.append(next) }
        return requests
    }

    // MARK: Moving

    func offset(of motion: Action.Motion, length: Int) -> Int {
        switch motion {
        case .up: -1
        case .down: 1
        case .left, .right: 0
        case .pageUp: -layout.pageLength
        case .pageDown: layout.pageLength
        case .halfPageUp: -max(1, layout.pageLength / 2)
        case .halfPageDown: max(1, layout.pageLength / 2)
        case .first: -length
        case .last: length
        }
    }

    mutating func stepRange(forward: Bool) -> [Request] {
        guard let count = evaluation?.rangeCount, count > 1 else {
            say(evaluation == nil ? reasonForWaiting : Words.onlyOneRange)
            return []
        }
        // The worst range is the first one that is looked at closely.
        if coverage == .units, chosenRange == nil {
            coverage = .range
            return showWholeAxis()
        }
        // From what was asked for last, which may not be on the screen yet.
        chosenRange = ((chosenRange ?? shownRange) % count + (forward ? 1 : count - 1)) % count
        return coverage == .units ? showWholeAxis() : [request(keepsEvaluation: true)]
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
        let screen = ScreenCatalog[screen]
        if isFiltering || !screen.filter(self).isEmpty {
            let before = isFiltering && tensorBeforeFilter != tensorIndex ? tensorBeforeFilter : nil
            isFiltering = false
            return screen.setFilter(LineEditor(), &self) + (before.map { open($0) } ?? [])
        }
        if focus == .objective, objectiveCursor != nil {
            objectiveCursor = nil
        } else if isZoomed {
            isZoomed = false
        } else if let requests = screen.escape(&self) {
            return requests
        } else if window != nil {
            return reduceView(.axisShown)
        } else if !isIdle {
            return cancel()
        } else if screen.id != .tensor {
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
