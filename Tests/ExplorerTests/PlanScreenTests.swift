import Hardware
import Basics
import Checkpoints
import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The Plan screen without a terminal.
@Suite struct PlanScreenTests {
    private func session(_ budget: PlanBudget? = nil) throws -> ScreenSession {
        var session = try ScreenSession("Llama/original.safetensors", recipe: "int4 sym tensor")
        session.state.planning.settings.treatments = try [
            "int2 sym group:32", "int3 sym group:32", "int4 sym group:32", "int8 sym channel:0",
        ].map { try WeightTreatment($0) }
        session.state.planning.settings.budget = budget
        session.perform(.screenChosen(.plan))
        return session
    }

    private func names(_ session: ScreenSession) throws -> [String: String] {
        let plan = try #require(session.state.planning.plan)
        return Dictionary(uniqueKeysWithValues: plan.rows.map { ($0.name, $0.treatment.description) })
    }

    /// What the screen shows is the plan of the library, and of the command.
    @Test func thePlanIsTheLibrarys() throws {
        let session = try session(.bits(4.2)), state = session.state
        let planning = state.planning, plan = try #require(planning.plan)
        let candidates = try #require(planning.candidates)
        #expect(planning.pending == 0 && candidates.isComplete(planning.settings))
        let own = try Planner(candidates, planning.settings, unit: .bits).plan(.bits(4.2))
        #expect(plan.rows.map { $0.treatment } == own.rows.map { $0.treatment } && plan.gap == 0)
        #expect(plan.total.bitsPerWeight.map { $0 <= 4.2 } ?? false)
        #expect(state.planCommandLine.contains("qlens plan") && state.planCommandLine.contains("--budget-bits 4.2"))
        let table = TableModel(planOf: state)
        #expect(table.count == plan.rows.count && table.notice == nil)
        let frontier = PlanFrontierModel(state)
        #expect(frontier.points.count == 5 && frontier.notice == nil && !frontier.isEstimate)
        // The plan is on the curve or above it, and no recipe on every weight is below it.
        for point in frontier.points {
            let below = frontier.curve(at: point.x).map { $0 - 1e-6 } ?? 0
            #expect(point.y >= 0 && point.y <= 1 && (point.x < 0.999 || point.y >= below - 0.05))
        }
    }

    @Test func keysChangeTheBudget() throws {
        var session = try session(.bits(4))
        let before = try #require(session.state.planning.plan?.total)
        session.perform(.axisZoomed(inward: true, around: nil))
        #expect(session.state.planning.budget == .bits(4.1))
        #expect(try #require(session.state.planning.plan?.total).error <= before.error)
        session.perform(.axisZoomed(inward: false, around: nil))
        #expect(session.state.planning.budget.amount == 4)
        #expect(session.state.planning.plan?.total.error == before.error)
        // At the ends nothing more happens.
        session.perform(.movedIn(.planFrontier, .first))
        session.perform(.axisZoomed(inward: false, around: nil))
        #expect(session.state.message?.text == Words.budgetIsLeast)
        session.perform(.movedIn(.planFrontier, .last))
        session.perform(.axisZoomed(inward: true, around: nil))
        #expect(session.state.message?.text == Words.budgetIsMost)
        #expect(try names(session).values.allSatisfy { $0 == "int8 sym channel:0" })
        // Undo goes back through all of it.
        for _ in 0..<4 { session.perform(.undone) }
        #expect(session.state.planning.budget == .bits(4) && session.state.planning.plan?.total.error == before.error)
        session.perform(.redone)
        #expect(session.state.planning.budget.amount == 4.1)
        session.perform(.matchStepped(forward: true))
        let corners = try #require(session.state.planning.outlook).corners
        let next = try #require(corners.first { $0.amount > 4.1 })
        #expect(abs((session.state.planning.plan?.total.bitsPerWeight ?? 0) - next.amount) < 1e-9)
    }

    /// What is kept from one budget to the next is never of other settings, of another unit or of fewer answers.
    @Test func everyKeyGivesThePlanOfANewPlanner() throws {
        var session = try session(.bits(4))
        let keys: [Action] = [
            .axisZoomed(inward: true, around: nil), .matchStepped(forward: true),
            .settingStepped(.mapping, forward: true),
            .axisZoomed(inward: false, around: nil), .settingStepped(.range, forward: true), .recipeCopied,
            .axisZoomed(inward: true, around: nil), .recipeCopied, .matchStepped(forward: false), .undone, .undone,
            .settingStepped(.format, forward: true), .axisZoomed(inward: true, around: nil), .undone, .undone, .redone,
        ]
        for key in keys {
            session.perform(key)
            let planning = session.state.planning, plan = try #require(planning.plan)
            let candidates = try #require(planning.candidates)
            #expect(planning.pending == 0 && candidates.isComplete(planning.settings))
            let own = try Planner(candidates, planning.settings, unit: planning.budget.unit).plan(
                planning.budget, isRaised: true)
            #expect(
                plan.jsonText(file: "f", candidates: candidates) == own.jsonText(file: "f", candidates: candidates),
                "\(key)")
        }
    }

    @Test func budgetsAreTyped() throws {
        var session = try session()
        for (text, budget) in [("3.5", PlanBudget.bits(3.5)), ("20 kB", .bytes(20_000)), ("4.5 bits", .bits(4.5))] {
            session.type("budget \(text)")
            #expect(session.state.planning.budget == budget && session.state.overlay == nil)
        }
        for wrong in ["budget 1e10gb", "budget x", "budget -1", "budget 5ms", "budget"] {
            session.type(wrong)
            guard case .prompt(let prompt)? = session.state.overlay else {
                Issue.record("\(wrong) was taken")
                continue
            }
            #expect(prompt.problem != nil)
            session.perform(.escaped)
        }
        // Where no plan keeps to it, the least one is shown, with that word.
        session.type("budget 100 bytes")
        #expect(PlanFactsModel(session.state).rows.contains { $0.value.contains("less than any plan takes") })
        session.perform(.recipeCopied)
        #expect(session.state.planning.budget.unit == .bits)
    }

    /// A recipe that was chosen on the Tensor screen is pinned here; what is tied to it goes with it.
    @Test func pinsComeFromTheTensorScreen() throws {
        var session = try session(.bits(3.5))
        let rows = try #require(session.state.planning.plan).rows
        let place = try #require(rows.firstIndex { $0.name.hasSuffix("q_proj.weight") })
        for _ in 0..<place { session.perform(.moved(.down)) }
        #expect(session.state.plannedRow?.name == rows[place].name)
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.tensor.name == rows[place].name)
        #expect(session.state.recipe.description == rows[place].treatment.description)
        session.type("int6 sym group:64")
        session.perform(.screenChosen(.plan))
        #expect(session.state.pinProposal?.description == "int6 sym group:64")
        session.perform(.pinSwitched)
        let attention = try names(session).filter {
            $0.key.contains("layers.0.self_attn") && !$0.key.contains("o_proj")
        }
        #expect(attention.count == 3 && attention.values.allSatisfy { $0 == "int6 sym group:64" })
        #expect(session.state.planning.pending == 0)
        // Again lets it go; Backspace keeps the weight.
        session.perform(.pinSwitched)
        #expect(try names(session)[rows[place].name] == rows[place].treatment.description)
        session.type("budget 32")
        session.perform(.removed)
        #expect(try names(session)[rows[place].name] == "keep")
        session.perform(.undone)
        #expect(try names(session)[rows[place].name] != "keep")
    }

    /// Bits follow the machine, and the screen says why.
    @Test func machinesAreStepped() throws {
        var session = try session(.bits(4.5))
        func bits() throws -> [Double] {
            try #require(session.state.planning.plan).rows.map { $0.metrics.size.bitsPerWeight }
        }
        session.perform(.settingStepped(.range, forward: true))
        #expect(session.state.planning.settings.hardware?.name == "a100")
        session.type("budget 0.001 ms")
        session.perform(.movedIn(.planFrontier, .first))
        let fast = try bits(), reason = PlanFactsModel(session.state).rows.map { $0.value }
        session.perform(.settingStepped(.range, forward: false))
        #expect(session.state.planning.settings.hardware == nil && session.state.planning.budget.unit == .bits)
        session.perform(.settingStepped(.range, forward: false))
        #expect(session.state.planning.settings.hardware?.name == "mcu")
        session.type("budget 0.000001 ms")
        let slow = try bits()
        #expect(fast != slow && slow.reduce(0, +) > fast.reduce(0, +))
        #expect(reason.contains { $0.contains("memory bounds every weight") })
        #expect(PlanFactsModel(session.state).rows.contains { $0.value.contains("arithmetic") })
        #expect(TableModel(planOf: session.state).columns.contains { $0.title.hasPrefix("ms") })
    }

    @Test func listsAndMeasuresAreStepped() throws {
        var session = try session()
        session.perform(.settingStepped(.format, forward: true))
        #expect(session.state.planning.settings.treatments == PlanSettings.usualTreatments)
        #expect(session.state.planning.candidates?.isComplete(session.state.planning.settings) ?? false)
        session.perform(.settingStepped(.mapping, forward: true))
        #expect(session.state.planning.settings.measure == .relativeL2)
        session.perform(.settingStepped(.bits, forward: true))
        #expect(session.state.message?.text == Words.planHasNoSetting)
        session.perform(.undone)
        session.perform(.undone)
        #expect(session.state.planning.settings.treatments.count == 4)
    }

    /// The plan improves as recipes are looked at; another file forgets it.
    @Test func plansFillUp() throws {
        let file = try FileFormatCatalog.open(path: Fixture.path("Llama/original.safetensors"))
        var state = ExplorerState(file: file, recipe: try Recipe("int4 sym tensor"))
        state.planning.settings.budget = .bits(5.6)
        let worker = OfflineWorker()
        _ = state.reduce(.resized(rows: 40, columns: 160))
        _ = state.reduce(.started)
        var errors: [Double] = [], wasEstimate = false
        func answer(_ requests: [Request]) {
            for request in requests {
                if case .evaluate = request { continue }
                for action in worker.answers(to: request) {
                    answer(state.reduce(action))
                    guard let plan = state.planning.plan, plan.pendingCount == 0, !plan.rows.isEmpty else { continue }
                    wasEstimate = wasEstimate || PlanFrontierModel(state).isEstimate
                    if errors.last != plan.total.error { errors.append(plan.total.error) }
                }
            }
        }
        answer(state.reduce(.screenChosen(.plan)))
        #expect(wasEstimate)
        #expect(errors.count > 2, "\(errors) \(state.planning.problem ?? "-")")
        #expect(state.planning.pending == 0)
        #expect(errors.last == errors.min())
        _ = state.reduce(.fileOpened(path: "again", .success(file)))
        #expect(state.planning.candidates == nil && state.planning.plan == nil)
    }

    @Test func thePlanIsWritten() throws {
        var session = try session(.bits(4.2))
        try TemporaryFolder.with { folder in
            session.perform(.orderSwitched)
            guard case .prompt(let prompt)? = session.state.overlay else {
                Issue.record("nothing was asked")
                return
            }
            #expect(prompt.editor.string == "export original.plan.json")
            session.perform(.escaped)
            session.type("export \(folder)/p.json")
            let record = try PlanRecord.open(path: folder + "/p.json")
            #expect(record.rows.map { $0.treatment } == session.state.planning.plan?.rows.map { $0.treatment })
            #expect(record.file == session.state.file.path && record.settings.budget == .bits(4.2))
            // The checkpoint itself is not written over.
            session.type("export \(Fixture.path("Llama/original.safetensors"))")
            #expect(session.state.message?.kind == .warning)
        }
    }

    @Test func theMapIsTheTable() throws {
        var session = try session(.bits(3.7))
        let model = LayerMapModel(planOf: session.state), plan = try #require(session.state.planning.plan)
        let grid = plan.layerGrid
        #expect(model.layers == ["0", "1", "–"] || model.layers.last == "–")
        #expect(grid.cells.joined().joined().sorted() == plan.rows.map { $0.position })
        let digits = model.cells.joined().compactMap { $0?.digits }
        #expect(
            digits.count == grid.cells.joined().count { !$0.isEmpty } && digits.allSatisfy { Int($0) != nil })
        session.perform(.movedIn(.planMap, .last))
        session.perform(.movedIn(.planMap, .right))
        let place = try #require(LayerMapModel(planOf: session.state).cursor)
        #expect(place.layer == model.layers.count - 1)
        #expect(session.state.plannedRow.map { !$0.name.contains("layers.") } ?? false)
        #expect(LayerPlace("a.layers.3.mlp.experts.12.w1.weight")?.module == "mlp.experts.*.w1")
        #expect(LayerPlace("lm_head.weight") == nil)
    }

    @Test func columnsSortAndTheFilterFinds() throws {
        var session = try session(.bits(3.7))
        session.perform(.movedIn(.planTable, .right))
        let bits = session.state.plannedRows.map { $0.metrics.size.bitsPerWeight }
        #expect(bits == bits.sorted(by: >) && bits.first != bits.last)
        session.perform(.filterOpened)
        session.perform(.edited(.insert("mlp int2")))
        #expect(
            session.state.plannedRows.allSatisfy {
                $0.name.contains("mlp") && $0.treatment.description.contains("int2")
            })
        session.perform(.edited(.insert("zzz")))
        #expect(TableModel(planOf: session.state).notice?.text == Words.noMatch)
        session.perform(.escaped)
        #expect(session.state.plannedRows.count == bits.count)
    }
}
