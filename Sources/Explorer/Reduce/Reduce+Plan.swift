import Basics
import Checkpoints
import Hardware
import Quantization
import TensorFiles
import Tensors

/// The Plan screen.
extension ExplorerState {
    var planning: PlanState {
        get { memories[PlanState.self] }
        _modify { yield &memories[PlanState.self] }
    }

    // MARK: What is known

    /// Asks for what the plan has not looked at.
    mutating func planRequests() -> [Request] {
        // Another screen's walk is not wanted here.
        guard planning.candidates == nil || planning.pending > 0 else { return [.walk(.none)] }
        return [.walk(.none)] + (planning.isPaused ? [] : [surveyRequest()])
    }

    mutating func surveyRequest() -> Request {
        planning.surveyNumber += 1
        return .files(
            .surveyPlan(
                PlanSurvey(
                    file: fileNumber, number: planning.surveyNumber, tensors: file.tensors, settings: planning.settings,
                    activations: activations, candidates: planning.candidates)))
    }

    mutating func takeSurvey(_ file: Int, _ number: Int, _ answer: PlanSurvey.Answer) -> [Request] {
        guard file == fileNumber, number == planning.surveyNumber else { return [] }
        planning.candidates = answer.candidates
        planning.pieces = answer.pieces.count
        planning.pending = answer.pieces.count
        planning.walkProblem = nil
        let requests = replan()
        guard screen == .plan, !planning.isPaused else { return requests }
        return requests + [.walk(.plan(file: fileNumber, path: hasSamples ? nil : self.file.path, answer.pieces))]
    }

    /// A recipe on a weight was looked at.
    mutating func takePlanned(_ recipe: Recipe, _ position: Int, _ answer: ScanAnswer) -> [Request] {
        switch answer {
        case .outcome(let outcome):
            planning.candidates?.take(outcome, of: recipe.description, at: position)
            planning.pending = max(0, planning.pending - 1)
        case .failure(let problem):
            planning.walkProblem = problem
            planning.isPaused = true
            warn(problem)
            return [.walk(.none)]
        }
        // A plan of some weights is made now and then, and at the end.
        let step = max(1, planning.pieces / 40)
        return planning.pending % step == 0 ? replan() : []
    }

    /// Makes the plan of what is known and chosen: at once, or, of very many weights, on another thread.
    mutating func replan() -> [Request] {
        guard let candidates = planning.candidates else { return [] }
        planning.planNumber += 1
        let question = PlanQuestion(
            file: fileNumber, number: planning.planNumber, candidates: candidates, settings: planning.settings,
            budget: planning.budget, planner: planning.planner)
        guard candidates.weights.count <= PlanState.manyWeights else { return [.files(.plan(question))] }
        take(question.answer)
        return []
    }

    mutating func takePlan(
        _ file: Int, _ number: Int, _ answer: Result<PlanQuestion.Answer, PlanError>
    ) -> [Request] {
        if file == fileNumber, number == planning.planNumber { take(answer) }
        return []
    }

    private mutating func take(_ answer: Result<PlanQuestion.Answer, PlanError>) {
        switch answer {
        case .success(let answer):
            planning.planner = planning.pending == 0 ? answer.planner : nil
            planning.outlook = answer.outlook
            planning.plan = answer.plan
            planning.problem = nil
            if planning.cursor == nil { planning.cursor = answer.plan.rows.first?.position }
        case .failure(let error): planning.problem = error.description
        }
    }

    mutating func pausePlan() -> [Request] {
        planning.isPaused.toggle()
        say(planning.isPaused ? Words.walkPaused : Words.walkGoesOn)
        return planning.isPaused ? [.walk(.none)] : planRequests()
    }

    // MARK: The table

    /// The rows that the filter lets through, in the table's order.
    var plannedRows: [Plan.Row] {
        guard let plan = planning.plan else { return [] }
        let words = planning.filter.string.lowercased().split(separator: " ")
        let rows =
            words.isEmpty
            ? plan.rows
            : plan.rows.filter { row in
                let text = "\(row.name) \(row.treatment)".lowercased()
                return words.allSatisfy { text.contains($0) }
            }
        guard let key = planning.column.key else { return rows }
        return rows.enumerated().sorted { (-key($0.element), $0.offset) < (-key($1.element), $1.offset) }.map {
            $0.element
        }
    }

    /// The row under the cursor.
    var plannedRow: Plan.Row? {
        planning.plan?.rows.first { $0.position == planning.cursor } ?? planning.plan?.rows.first
    }

    mutating func moveInPlan(_ motion: Action.Motion) -> [Request] {
        if motion == .left || motion == .right {
            let all = PlanColumn.allCases.filter { $0 != .time || planning.settings.hardware != nil }
            let place = all.firstIndex(of: planning.column) ?? 0
            planning.column = all[max(0, min(all.count - 1, place + (motion == .right ? 1 : -1)))]
            return []
        }
        let rows = plannedRows
        guard !rows.isEmpty else {
            say(planning.plan == nil ? Words.notYet : Words.noMatch)
            return []
        }
        let place = rows.firstIndex { $0.position == planning.cursor } ?? 0
        planning.cursor = rows[max(0, min(rows.count - 1, place + offset(of: motion, length: rows.count)))].position
        return []
    }

    /// The weight under the cursor on the Tensor screen, under its recipe.
    mutating func openPlanned() -> [Request] {
        guard let row = plannedRow else {
            say(Words.notYet)
            return []
        }
        planning.opened = row.position
        let requests = open(row.position)
        say(Words.planOpened)
        return requests + (row.treatment.recipe.map { change(to: $0) } ?? []) + choose(.tensor)
    }

    // MARK: Out

    mutating func askForExport() -> [Request] {
        guard planning.plan != nil else {
            say(planning.problem ?? Words.notYet)
            return []
        }
        var prompt = Prompt()
        prompt.editor.apply(.insert("export \(exportPath)"))
        overlay = .prompt(prompt)
        return []
    }

    /// Beside the checkpoint; of the samples, in the folder where the program runs.
    private var exportPath: String {
        guard !hasSamples else { return "samples.plan.json" }
        var path = file.path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let stem = name.lastIndex(of: ".").map { $0 == name.startIndex ? name : String(name[..<$0]) } ?? name
        return stem + ".plan.json"
    }

    mutating func exportPlan(to path: String) -> [Request] {
        guard let plan = planning.plan, let candidates = planning.candidates, planning.pending == 0 else {
            say(planning.problem ?? Words.notYet)
            return []
        }
        return [
            .files(
                .writePlan(
                    PlanExport(
                        plan: plan, candidates: candidates, file: file.path, activations: activations?.path,
                        importance: file.importance, path: Folder.expanded(path))))
        ]
    }

    mutating func takePlanWritten(_ path: String, _ error: FileError?) -> [Request] {
        if let error { warn(error.description) } else { say(Words.planWritten(ScreenText.safe(path))) }
        return []
    }

    /// What prints the same plan.
    var planCommandLine: String {
        let settings = planning.settings, budget = planning.budget
        let formats =
            settings.treatments == PlanSettings.usualTreatments
            ? nil : settings.treatments.map { $0.description }.joined(separator: ",")
        let pins = settings.pins.map { (name: "pin", value: "\($0.pattern)=\($0.treatment)" as String?) }
        return commandLine(
            "plan",
            [
                (name: "budget-\(budget.unit.rawValue)", value: JSONValue.number(budget.amount).text),
                (name: "hardware", value: settings.hardware?.name), (name: "formats", value: formats),
                (name: "metric", value: settings.measure == .squaredError ? nil : settings.measure.word),
                (name: "importance", value: file.importance), (name: "activations", value: activations?.path),
            ] + pins, hasTensor: false)
    }

    /// What the error of the plan is, in words.
    var planNow: [String] {
        guard let plan = planning.plan else { return [] }
        return ["\(PlanWords.of(plan.settings.measure)) \(NumberText.significant(plan.total.error))"]
    }
}

extension PlanState {
    func budget(of settings: PlanSettings) -> PlanBudget { settings.budget ?? Self.usualBudget }
}

extension PlanColumn {
    /// What rows are sorted by, the most first; nil keeps the order of the file.
    var key: ((Plan.Row) -> Double)? {
        switch self {
        case .name: nil
        case .recipe, .bits: { $0.metrics.size.bitsPerWeight }
        case .sqnr: { -($0.metrics.sqnr ?? .infinity) }
        case .share: { $0.error }
        case .gain: { $0.next?.gainPerBit ?? 0 }
        case .time: { $0.time?.total ?? 0 }
        }
    }
}
