import Basics
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// What explains the formats, and the table that compares them.
@Suite struct FormatViewTests {
    private func started(_ tensor: String, _ recipe: String) throws -> ExplorerState {
        var state = try samplesState(tensor, recipe: recipe)
        settle(&state, state.reduce(.resized(rows: 40, columns: 120)))
        settle(&state, state.reduce(.zoomSwitched))
        settle(&state, state.reduce(.started))
        settle(&state, state.reduce(.pointed(.format, .panel)))
        return state
    }

    @Test(arguments: [
        ("int4 sym tensor", [FormatModel.Page.levels]), ("fp8-e4m3", [.floatGrid, .levels]),
        ("fp8-e4m3 channel:0", [.floatGrid, .levels, .blocks]), ("mxfp4", [.blocks, .floatGrid, .levels]),
        ("mxint8", [.blocks, .levels]), ("nvfp4", [.blocks, .floatGrid, .levels]),
        ("nf4 group:64", [.levels, .blocks]),
        ("kmeans3 tensor", [.levels]), ("pow2-4 tensor", [.levels]), ("bcq2 tensor", [.planes, .levels]),
        ("ternary tensor", [.zeroBand, .levels]), ("binary channel:0", [.zeroBand, .levels]), ("pq2x16", [.vectors]),
    ])
    func everyFormatHasItsPages(recipe: String, pages: [FormatModel.Page]) throws {
        var state = try started("scaled_channels", recipe)
        #expect(FormatModel.pages(state) == pages)
        for (number, page) in pages.enumerated() {
            let model = FormatModel(state)
            if case .notice(let text) = model.content { Issue.record("\(recipe), page \(number): \(text)") }
            #expect(model.titles[0].contains(Words.title(of: page)) && !model.summary.isEmpty)
            settle(&state, state.reduce(.moved(.right)))
        }
        // Around the end.
        #expect(state.formatPage == 0)
        settle(&state, state.reduce(.moved(.left)))
        #expect(state.formatPage == pages.count - 1)
        settle(&state, state.reduce(.settingStepped(.format, forward: true)))
        #expect(state.formatPage == 0)
    }

    /// The list holds what the quantizer and the counts say, and goes up to both ends.
    @Test func levelsAreThoseOfTheRange() throws {
        var state = try started("gauss", "nf4 tensor")
        let detail = try #require(state.detail)
        guard case .levels(let page) = FormatModel(state).content else { throw Missing() }
        #expect(page.count == 16 && page.rows.count == 16 && page.levels.count == 16 && page.borders.count == 15)
        #expect(page.rows[7].isZero && page.rows.count { $0.isAtCursor } == 1)
        #expect(page.rows[0].from == "−∞" && page.rows[15].to == "∞" && page.rows[3].to == page.rows[4].from)
        let total = Double(detail.codeCounts.reduce(0, +))
        for (row, count) in zip(page.rows, detail.codeCounts) {
            #expect(row.share == NumberText.percent(Double(count) / total, digits: 3))
        }
        settle(&state, state.reduce(.settingStepped(.format, forward: false)))
        state.recipe = try Recipe("int16 sym tensor")
        settle(&state, state.reduce(.started))
        for motion in [Action.Motion.last, .first] {
            settle(&state, state.reduce(.moved(motion)))
            guard case .levels(let page) = FormatModel(state).content else { throw Missing() }
            #expect(page.count == 65_535 && page.rows.count == FormatPanel.pictureRows(state))
            #expect(page.rows[motion == .last ? page.rows.count - 1 : 0].code == (motion == .last ? "32767" : "-32767"))
        }
    }

    private struct Missing: Error {}

    /// Counts of all binades add up; what is no number is marked; subnormals and the largest are named.
    @Test func binadesHoldAllValues() throws {
        let state = try started("gauss", "fp8-e4m3")
        guard case .floatGrid(let page) = FormatModel(state).content else { throw Missing() }
        #expect(page.rows.count == 16 && page.mantissas == 8)
        #expect(page.rows[0].isLargest && page.rows[0].shades.last == .some(nil))
        #expect(page.rows[15].isSubnormal && page.rows.dropFirst().allSatisfy { !$0.isLargest })
        #expect(page.rows.dropFirst().allSatisfy { $0.shades.allSatisfy { $0 != nil } })
    }

    /// The largest value of a block against one without it, by hand.
    @Test func anOutlierCostsItsNeighbours() throws {
        let state = try started("one_outlier", "mxfp4")
        guard case .blocks(let study)? = state.formatStudy else { throw Missing() }
        #expect(study.rangeCount == 32 && study.blocks.count == 32)
        let worst = try #require(study.blocks.max { $0.cost < $1.cost })
        let values = state.tensor.values(worst.range * 32..<(worst.range + 1) * 32)
        let sorted = values.map { abs($0) }.sorted()
        #expect(worst.largest == sorted[31] && worst.secondLargest == sorted[30] && worst.cost > 6)
        #expect(worst.errorWithout < worst.error)
        let others = values.filter { abs($0) != worst.largest }
        let shape = try #require(Shape([others.count + 1]))
        let alone = try #require(TensorView(name: "others", values: others + [0], shape: shape))
        let metrics = try Evaluator(alone, recipe: try Recipe("mxfp4")).evaluate().metrics
        #expect(abs(metrics.mse * Double(others.count + 1) - worst.errorWithout) <= 1e-6 * worst.errorWithout)
    }

    /// More planes leave less error; alternating is never worse than greedy; the last step is what the metrics say.
    @Test func planesAddUp() throws {
        let state = try started("gauss", "bcq4 tensor")
        guard case .planes(let study)? = state.formatStudy, let evaluation = state.evaluation else { throw Missing() }
        #expect(study.steps.count == 4 && study.steps.map { $0.levels.count } == [2, 4, 8, 16])
        let found = study.steps.compactMap { $0.sqnr }, greedy = study.steps.compactMap { $0.greedySQNR }
        #expect(found.count == 4 && found == found.sorted() && zip(found, greedy).allSatisfy { $0 >= $1 - 1e-9 })
        #expect(abs(found[3] - (evaluation.metrics.sqnr ?? 0)) < 1e-3)
        for value in [-2.0, -0.3, 0.01, 1.7] {
            let sum = zip(study.signs(of: value), study.alphas).reduce(0) { $0 + ($1.0 ? $1.1 : -$1.1) }
            let nearest = study.steps[3].levels.min { abs($0 - value) < abs($1 - value) }
            #expect(abs(sum - (nearest ?? 0)) < 1e-12)
        }
    }

    /// The curve's least value is the best threshold's; the one in use is what the metrics say; Δ = 0 is binary.
    @Test func theZeroBandIsJudgedRightly() throws {
        let state = try started("gauss", "ternary tensor")
        guard case .zeroBand(let study)? = state.formatStudy, let metrics = state.evaluation?.metrics else {
            throw Missing()
        }
        #expect(abs(study.used.mse - metrics.mse) < 1e-6 * metrics.mse)
        #expect(abs(study.used.zeros - metrics.zeroedFraction) < 1e-9 && study.used.mse == study.rule.mse)
        #expect(study.points.allSatisfy { $0.mse >= study.best.mse * (1 - 1e-9) })
        let binary = try Evaluator(state.tensor, recipe: try Recipe("binary tensor")).evaluate().metrics
        #expect(abs(study.points[0].mse - binary.mse) < 1e-6 * binary.mse)
        let optimum = try Evaluator(state.tensor, recipe: try Recipe("ternary-opt tensor")).evaluate().metrics
        #expect(abs(study.best.mse - optimum.mse) < 1e-6 * optimum.mse)
    }

    @Test func pairsAreCounted() throws {
        let state = try started("unequal_channels", "pq2x16")
        guard case .vectors(let study)? = state.formatStudy else { throw Missing() }
        #expect(study.centroids.count == 16 && study.counts.reduce(0, +) == UInt64(state.tensor.count / 2))
        #expect(study.density.reduce(0) { $0 + Int($1) } == state.tensor.count / 2)
        for (number, centroid) in study.centroids.enumerated() {
            #expect(study.nearest(x: centroid.x, y: centroid.y) == number)
        }
    }

    /// The keys reach every family and every member of it, and every number of the screen is there.
    @Test func theKeysReachEveryFormat() throws {
        var state = try samplesState("unequal_channels", recipe: "int4 sym channel:0")
        let worker = OfflineWorker()
        settle(&state, state.reduce(.started), worker: worker)
        var families: Set<String> = []
        for _ in FormatCatalog.families {
            settle(&state, state.reduce(.settingStepped(.format, forward: true)), worker: worker)
            let family = FormatCatalog.family(of: state.recipe.format)
            families.insert(family.prefix)
            var members: Set<String> = []
            // Of ggml's types those whose blocks divide the rows.
            let possible = try family.usual.filter { try 96 % Recipe($0).format.rowMultiple == 0 }
            for _ in possible {
                #expect(state.problem == nil && state.evaluation?.isExact == true, "\(state.recipe)")
                #expect(state.detail?.original.counts.reduce(0, +) ?? 0 > 0)
                members.insert(state.recipe.format.name)
                do { var model = ScreenModel(state); model.show(state.screen.panels, of: state) }
                settle(&state, state.reduce(.settingStepped(.bits, forward: true)), worker: worker)
            }
            #expect(members.count == possible.count, "\(family.prefix)")
        }
        #expect(families.count == FormatCatalog.families.count)
        // Back where it began, with the settings that other formats do not have; bits are the nearest to the last ones.
        #expect(state.recipe.format is IntegerFormat && state.recipe.description.hasSuffix(" sym channel:0"))
    }

    @Test func theTableHoldsWhatEvaluationsSay() throws {
        var state = try samplesState("laplace", recipe: "int4 sym tensor")
        settle(&state, state.reduce(.started))
        settle(&state, state.reduce(.formatsCompared))
        guard case .formats(let model)? = OverlayModel(state) else { throw Missing() }
        let tokens = FormatCatalog.families.flatMap { $0.tableSettings }
        #expect(model.rows.count == tokens.count && model.rows.allSatisfy { !$0.isEstimate } && model.notice == nil)
        let results = FormatTableModel.sorted(state)
        for (row, result) in zip(model.rows, results) {
            let metrics = try Evaluator(state.tensor, recipe: result.recipe).evaluate().metrics
            #expect(row.recipe == result.recipe.description)
            #expect(row.cells[0] == NumberText.fixed(metrics.size.bitsPerWeight, places: 3))
            #expect(row.cells[1] == metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? Words.exact)
        }
        let bits = results.map { $0.metrics.size.bitsPerWeight }
        #expect(bits == bits.sorted())
        // What is starred has less error than everything of as many bits or fewer.
        for (place, row) in model.rows.enumerated() {
            let before = results[..<place].map { $0.metrics.mse }.min() ?? .infinity
            #expect(row.isBestAtItsSize == (results[place].metrics.mse < before))
        }
        #expect(model.rows[model.selection].isInUse)
        settle(&state, state.reduce(.moved(.first)))
        settle(&state, state.reduce(.moved(.down)))
        settle(&state, state.reduce(.entered))
        #expect(state.overlay == nil && state.recipe == results[1].recipe)
        settle(&state, state.reduce(.undone))
        #expect(state.recipe.description == "int4 sym tensor")
    }

    /// The command does what the action does, and leaving stops the work.
    @Test func theTableOpensByItsCommand() throws {
        var state = try samplesState("gauss", recipe: "int4 sym tensor")
        settle(&state, state.reduce(.started))
        _ = state.reduce(.promptOpened)
        _ = state.reduce(.edited(.insert("formats")))
        let requests = state.reduce(.entered)
        guard case .formats? = state.overlay, case .evaluate(let request)? = requests.first else { throw Missing() }
        #expect(request.questions.contains { $0 is FormatsQuestion } && !state.isIdle)
        let left = state.reduce(.escaped)
        guard case .evaluate(let next)? = left.first else { throw Missing() }
        #expect(state.overlay == nil && !next.questions.contains { $0 is FormatsQuestion })
    }

    /// Settings without a meaning are a dash, and their keys say why.
    @Test func settingsWithoutMeaningAreEmpty() throws {
        var state = try started("gauss", "mxfp4")
        let rows = RecipeModel(state).rows
        for (setting, row) in zip(Setting.allCases, rows) {
            let isEmpty = ![.format, .bits, .granularity].contains(setting)
            #expect((row.value == Words.none) == isEmpty, "\(setting)")
            #expect(row.isDim == (isEmpty || setting == .granularity))
            guard row.isDim else { continue }
            #expect(state.reduce(.settingStepped(setting, forward: true)).isEmpty)
            #expect(state.message?.text.contains("mxfp4") == true)
        }
    }
}
