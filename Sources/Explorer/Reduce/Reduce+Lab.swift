import Lab
import Quantization
import Tensors

/// The Lab screen: choosing an experiment, telling it its settings, running, pausing and stopping it.
extension ExplorerState {
    mutating func takeReport(_ number: Int, _ report: LabReport) -> [Request] {
        guard number == lab.runNumber else { return [] }
        lab.report = report
        lab.remember(report)
        switch report.state {
        case .failed(let problem):
            // Settings that were refused leave the last results.
            if report.results.isEmpty, let before = lab.before { lab.report = before }
            warn(ScreenText.safe(problem))
        case .cancelled: say(Words.labStopped)
        case .finished: say(Words.labFinished(report.experiment, seconds: report.seconds))
        case .running: break
        }
        return []
    }

    // MARK: The list

    mutating func moveLab(_ motion: Action.Motion) -> [Request] {
        if motion == .left || motion == .right { return stepLabSetting(forward: motion == .right) }
        pointLab(to: lab.cursor + offset(of: motion, length: lab.rowCount))
        return []
    }

    /// On an experiment it becomes the chosen one.
    private mutating func pointLab(to row: Int) {
        lab.cursor = max(0, min(lab.rowCount - 1, row))
        if lab.cursor < ExperimentCatalog.all.count { lab.place = lab.cursor }
    }

    mutating func point(toLabRow row: Int) -> [Request] {
        let isSelected = focus == .experiments && lab.cursor == row
        focus = .experiments
        pointLab(to: row)
        return isSelected ? enterLab() : []
    }

    private mutating func stepLabSetting(forward: Bool) -> [Request] {
        guard let setting = lab.setting else {
            say(Words.labNothingToStep)
            return []
        }
        let usual = setting.usual.isEmpty ? [lab.usualValue(of: setting)] : setting.usual
        guard usual.count > 1 else {
            say(Words.labTypeIt(setting.name))
            return []
        }
        let next =
            usual.firstIndex(of: lab.value(of: setting)).map {
                usual[($0 + (forward ? 1 : usual.count - 1)) % usual.count]
            } ?? (forward ? usual[0] : usual[usual.count - 1])
        lab.set(setting, next)
        return []
    }

    /// A letter of the recipe steps the recipe that the cursor is on, else the weights'.
    mutating func stepLabRecipe(_ step: Setting, forward: Bool) -> [Request] {
        let recipes = lab.settings.filter { if case .recipe = $0.kind { true } else { false } }
        guard let setting = recipes.first(where: { $0.name == lab.setting?.name }) ?? recipes.first else {
            say(Words.labHasNoRecipe(lab.experiment.name))
            return []
        }
        guard let recipe = try? Recipe(lab.value(of: setting)) else {
            lab.set(setting, Recipe().description)
            return []
        }
        // Shapes differ from layer to layer: a step need not fit all of them, which the run tells.
        switch SettingSteps.step(
            step, forward: forward, recipe: recipe, shape: labShape(setting.name), currentRange: nil,
            usual: usual)
        {
        case .failure(let refusal): say(refusal.reason)
        case .success(let next): lab.set(setting, next.description)
        }
        return []
    }

    /// A shape like those that a recipe is for: of a convolution's weights, or of a batch of its inputs.
    private func labShape(_ setting: String) -> Shape {
        Shape(setting == "weights" ? [16, 8, 3, 3] : [64, 16, 8, 8]) ?? tensor.shape
    }

    /// `:lab` with the name of an experiment, or a setting and its value.
    mutating func tellLab(_ text: String) -> Result<[Request], CommandProblem> {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let word = parts.first else { return .success(choose(.lab)) }
        if let place = ExperimentCatalog.all.firstIndex(where: { $0.name == word }) {
            guard parts.count == 1 else { return .failure(.unwanted(parts[1], "lab \(word)")) }
            pointLab(to: place)
            return .success(choose(.lab))
        }
        guard let row = lab.settings.firstIndex(where: { $0.name == word }) else {
            let names = ExperimentCatalog.all.map { $0.name } + lab.settings.map { $0.name }
            return .failure(.expected(word, names.joined(separator: ", ")))
        }
        let setting = lab.settings[row], value = parts.count > 1 ? parts[1] : ""
        if let problem = setting.problem(with: value) { return .failure(CommandProblem(text: problem)) }
        lab.set(setting, value)
        pointLab(to: ExperimentCatalog.all.count + row)
        return .success(choose(.lab))
    }

    // MARK: Runs

    /// Enter: on an experiment it runs, on a setting its value is typed.
    mutating func enterLab() -> [Request] {
        guard let setting = lab.setting else { return runLab() }
        overlay = .prompt(Prompt("lab \(setting.name) \(lab.value(of: setting))"))
        return []
    }

    private mutating func runLab() -> [Request] {
        let values = lab.settings.map { ($0.name, lab.value(of: $0)) }
        do throws(LabFailure) {
            let settings = try LabSettings(lab.experiment, values)
            lab.runNumber += 1
            if let report = lab.report, !report.results.isEmpty { lab.before = report }
            lab.isPaused = false
            lab.forgetPast()
            (lab.table, lab.tableScroll, lab.outcomeScroll, lab.kind, lab.picture) = (0, 0, 0, nil, nil)
            lab.report = LabReport(lab.experiment, settings)
            return [.lab(.run(LabRequest(number: lab.runNumber, experiment: lab.experiment, settings: settings)))]
        } catch {
            warn(error.description)
            return []
        }
    }

    /// Space: runs the chosen experiment, whatever row the cursor is on; pauses a run, or lets it go on.
    mutating func pauseLab() -> [Request] {
        guard lab.isRunning else { return runLab() }
        lab.isPaused.toggle()
        say(lab.isPaused ? Words.labPaused : Words.walkGoesOn)
        return [.lab(.pause(lab.isPaused))]
    }

    /// What runs the chosen experiment elsewhere.
    var labCommandLine: String {
        let changed = lab.settings.filter { lab.value(of: $0) != lab.usualValue(of: $0) }
        return
            (["qlens lab \(lab.experiment.name)"]
            + changed.map { "--\($0.name) \(Self.quoted(lab.value(of: $0)))" }).joined(separator: " ")
    }

    mutating func stopLab() -> [Request] {
        lab.isPaused = false
        return [.lab(.stop)]
    }

    /// Back or forth through the reports of the run; the last one goes on with it.
    mutating func scrubLab(forward: Bool) -> [Request] {
        let count = lab.past.count
        guard count > 1 else {
            say(Words.labNothingToReplay)
            return []
        }
        let place = (lab.pastPlace ?? count - 1) + (forward ? 1 : -1)
        lab.pastPlace = place >= count - 1 ? nil : max(0, place)
        if let place = lab.pastPlace { say(Words.labReplay(place + 1, of: count)) }
        return []
    }

    mutating func slowLab() -> [Request] {
        lab.isSlow.toggle()
        say(lab.isSlow ? Words.labSlow : Words.labFast)
        return [.lab(.slow(lab.isSlow))]
    }

    // MARK: What is shown of a run

    mutating func stepLabLayer(forward: Bool) -> [Request] {
        guard let count = lab.report?.layers.count, count > 0 else {
            say(Words.labNoLayers)
            return []
        }
        lab.layer = (min(lab.layer, count - 1) + (forward ? 1 : count - 1)) % count
        return []
    }

    mutating func scrollOutcomes(_ motion: Action.Motion) {
        let last = max(0, LabOutcomesModel(self).rowCount - 1)
        lab.outcomeScroll = max(0, min(last, lab.outcomeScroll + offset(of: motion, length: last)))
    }

    mutating func stepLabTable(forward: Bool) {
        guard let count = lab.report?.tables.count, count > 0 else { return say(Words.labNoTables) }
        lab.table = (min(lab.table, count - 1) + (forward ? 1 : count - 1)) % count
        lab.tableScroll = 0
    }

    mutating func stepLabPictures(forward: Bool) {
        guard let count = lab.report?.pictures.count, let place = lab.shownPictures else {
            return say(Words.labNoPictures)
        }
        lab.picture = (place + (forward ? 1 : count - 1)) % count
    }

    mutating func scrollLabTable(_ motion: Action.Motion) {
        let last = max(0, LabTablesModel(self).rows.count - 1)
        lab.tableScroll = max(0, min(last, lab.tableScroll + offset(of: motion, length: last)))
    }

    mutating func stepLabCurves() -> [Request] {
        let kinds = LabReport.Curve.Kind.allCases.filter { kind in
            lab.report?.curves.contains { $0.kind == kind } ?? false
        }
        guard !kinds.isEmpty else {
            say(Words.labNoCurves)
            return []
        }
        lab.kind = kinds.firstIndex(of: LabCurvesModel.kind(lab)).map { kinds[($0 + 1) % kinds.count] } ?? kinds[0]
        return []
    }
}
