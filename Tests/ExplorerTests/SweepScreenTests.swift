import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The Sweep screen without a terminal.
@Suite struct SweepScreenTests {
    private func session(
        _ tensor: String = "model.layers.0.self_attn.q_proj.weight", recipe: String = "int4 sym tensor",
        grid: SweepGrid = SweepGrid(
            formats: ["int", "nf4", "mxfp4"], clips: ["minmax", "mse"], granularities: ["tensor"])
    ) throws -> ScreenSession {
        var session = try ScreenSession("Llama/original.safetensors", tensor, recipe: recipe)
        session.state.sweep.grid = grid
        session.perform(.screenChosen(.sweep))
        return session
    }

    /// Rows, frontier and gaps are those of the library.
    @Test func rowsAreTheSweeps() throws {
        let session = try session(), tensor = session.state.tensor
        let recipes = try session.state.sweep.grid.recipes(for: tensor).fitting
        let result = try Sweep(tensor, recipes: recipes, summary: try FirstPass(tensor).run(WorkContext())).result()
        let rows = session.state.sweptRows
        #expect(rows.count == 17 && rows.map { $0.point.recipe } == result.rows.map { $0.point.recipe })
        #expect(rows.map { $0.point.metrics } == result.rows.map { $0.point.metrics })
        #expect(rows.allSatisfy { $0.point.isExact })
        #expect(rows.map { $0.isOnFrontier } == result.rows.map { $0.isOnFrontier })
        for (row, own) in zip(rows, result.rows) {
            #expect(abs((row.gap ?? 0) - (own.gap ?? 0)) < 1e-5)
        }
    }

    /// Of a large tensor estimates come first, for all recipes; exact numbers take their places.
    @Test func estimatesComeFirst() throws {
        let values = (0..<(1 << 18)).map { Float(($0 &* 7_919) % 10_007) / 5_000 - 1 }
        let large = TensorView(name: "large", values: values, shape: Shape([512, 512])!)!
        let file = TensorFile(path: "x", format: "test", metadata: [], tensors: [large])
        var state = ExplorerState(file: file, recipe: try Recipe("int4 sym tensor"))
        state.sweep.grid = SweepGrid(formats: ["int3", "int5", "nf4"], clips: ["minmax"], granularities: ["tensor"])
        let worker = OfflineWorker()
        settle(&state, state.reduce(.started), worker: worker)
        var arrived: [(count: Int, exact: Int)] = []
        for request in state.reduce(.screenChosen(.sweep)) {
            for answer in worker.answers(to: request) {
                _ = state.reduce(answer)
                let points = state.sweepPoints?.known ?? []
                let now = (points.count, points.count { $0.isExact })
                if arrived.last.map({ $0 != now }) ?? true { arrived.append(now) }
            }
        }
        #expect(arrived.contains { $0 == (3, 0) }, "\(arrived)")
        #expect(arrived.last ?? (0, 0) == (3, 3))
        #expect(arrived.map { $0.count } == arrived.map { $0.count }.sorted())
    }

    @Test func keysGoThroughThePoints() throws {
        var session = try session()
        #expect(session.state.focus == .sweepPlot && session.state.sweepCursor == session.state.recipe.description)
        let rows = session.state.sweptRows
        session.perform(.moved(.first))
        #expect(session.state.sweepCursor == rows[0].point.name)
        session.perform(.moved(.right))
        #expect(session.state.sweepCursor == rows[1].point.name)
        // Along the frontier and no further.
        session.perform(.moved(.first))
        var seen: [String] = rows[0].isOnFrontier ? [rows[0].point.name] : []
        while session.state.message?.text != Words.endOfFrontier {
            session.perform(.matchStepped(forward: true))
            if seen.last != session.state.sweepCursor { seen.append(session.state.sweepCursor) }
        }
        #expect(seen == rows.filter { $0.isOnFrontier }.map { $0.point.name })
        // Upward the next better one.
        let best = rows.min { ($0.error ?? 0) < ($1.error ?? 0) }
        session.perform(.moved(.pageUp))
        session.perform(.moved(.pageUp))
        #expect(session.state.sweepCursor == best?.point.name)
        // Enter takes it, u goes back.
        session.perform(.entered)
        #expect(session.state.recipe == best?.point.recipe && session.state.screen == .sweep)
        session.perform(.undone)
        #expect(session.state.recipe.description == "int4 sym tensor")
        // The command prints the same table.
        session.perform(.commandCopied)
        #expect(
            session.state.message?.text.hasSuffix(
                "model.layers.0.self_attn.q_proj.weight --formats int,nf4,mxfp4 --clips minmax,mse --granularities tensor"
            )
                == true, "\(String(describing: session.state.message))")
    }

    @Test func pinsGoToTheComparison() throws {
        var session = try session()
        session.perform(.moved(.last))
        let chosen = session.state.sweepCursor
        session.perform(.pinSwitched)
        #expect(
            session.state.comparison.pins.map { $0.description } == [chosen]
                && session.state.recipe.description == "int4 sym tensor")
        #expect(
            QualityPlotModel.sweep(session.state).points.contains { if case .pin(1) = $0.kind { true } else { false } })
        session.perform(.pinSwitched)
        #expect(session.state.comparison.pins.isEmpty)
    }

    /// The recipe in use takes part, whatever is swept.
    @Test func theRecipeInUseIsThere() throws {
        var session = try session(recipe: "bcq3 tensor")
        #expect(session.state.sweptRows.contains { $0.point.recipe.description == "bcq3 tensor" })
        session.perform(.settingStepped(.bits, forward: true))
        #expect(session.state.sweptRows.contains { $0.point.recipe.description == "bcq4 tensor" })
        let model = QualityPlotModel.sweep(session.state)
        #expect(model.points.count { if case .current = $0.kind { true } else { false } } == 1)
    }

    @Test func theTableSortsAndFilters() throws {
        var session = try session()
        session.perform(.pointed(.sweepTable, .panel))
        for column in SweepColumn.allCases {
            session.state.sweep.column = column
            session.state.sweep.isReversed = false
            let keys = session.state.sweptTable.map { column.key($0) }
            #expect(keys == keys.sorted(), "\(column)")
            session.perform(.orderSwitched)
            #expect(session.state.sweptTable.map { column.key($0) } == keys.reversed())
        }
        session.perform(.filterOpened)
        for word in ["INT4", " bits<=4.1"] { session.perform(.edited(.insert(word))) }
        #expect(session.state.isFiltering && session.state.filter.isEmpty && session.state.listed.count == 21)
        #expect(Set(session.state.sweptTable.map { $0.point.recipe.format.name }) == ["int4"])
        // Another recipe was under the cursor: it is on the first that is left.
        session.perform(.entered)
        #expect(!session.state.isFiltering && session.state.sweptTable.count == 2)
        #expect(session.state.sweptTable.contains { $0.point.name == session.state.sweepCursor })
        session.perform(.edited(.insert("x")))
        session.perform(.escaped)
        #expect(session.state.sweptTable.count == 17 && session.state.screen == .sweep)
    }

    /// What is under the cursor in the longest line that has room.
    @Test func theReadoutShortens() throws {
        var session = try session()
        session.perform(.moved(.first))
        let lines = QualityPlotModel.sweep(session.state).readout
        #expect(lines.map { $0.count } == lines.map { $0.count }.sorted(by: >))
        let row = session.state.sweptRows[0]
        #expect(lines.allSatisfy { $0.hasPrefix(row.point.name) } && lines.last == row.point.name)
        #expect(lines[0].contains("SQNR \(NumberText.fixed(row.point.metrics.sqnr ?? 0, places: 2)) dB"))
    }

    @Test func metricsStep() throws {
        var session = try session()
        var seen: [MetricID] = []
        for quality in SweepQuality.allCases {
            #expect(session.state.sweep.quality == quality)
            seen.append(quality.metric.id)
            let rows = session.state.sweptRows
            for row in rows {
                // What the axis shows is the metric itself.
                let value = try #require(quality.metric.value(row.point.metrics)), error = try #require(row.error)
                #expect(abs(quality.value(ofError: error) - value) <= 1e-9 * max(1, abs(value)), "\(quality)")
                let isBeaten = rows.contains {
                    $0.point.metrics.size.bitsPerWeight <= row.point.metrics.size.bitsPerWeight && $0.error! < error
                }
                #expect(row.isOnFrontier == !isBeaten, "\(quality) \(row.point.recipe)")
            }
            session.perform(.recipeCopied)
        }
        #expect(session.state.sweep.quality == .sqnr && Set(seen).count == 5)
    }

    // MARK: What is swept

    @Test func wordsGoInAndOut() throws {
        var session = try session()
        session.perform(.pointed(.sweepGrid, .panel))
        func cursor() -> (String, Bool)? {
            let model = SweepGridModel(session.state)
            guard case .word(_, let word, let isSwept) = model.rows[model.cursor] else { return nil }
            return (word, isSwept)
        }
        #expect(cursor()?.0 == "int" && cursor()?.1 == true)
        session.perform(.entered)
        #expect(cursor()?.1 == false && session.state.sweep.grid.formats == ["nf4", "mxfp4"])
        #expect(!session.state.sweptRows.contains { $0.point.recipe.description == "int5 sym tensor" })
        session.perform(.moved(.down))
        session.perform(.entered)
        #expect(cursor()?.0 == "fp" && session.state.sweep.grid.formats == ["nf4", "mxfp4", "fp"])
        #expect(session.state.sweptRows.contains { $0.point.recipe.description.hasPrefix("fp8-e4m3 tensor") })
        #expect(session.state.sweptRows.allSatisfy { $0.point.isExact })
        // The last word of a kind stays.
        session.perform(.moved(.last))
        while cursor()?.1 != true { session.perform(.moved(.up)) }
        #expect(cursor()?.0 == "tensor")
        session.perform(.entered)
        #expect(cursor()?.1 == true && session.state.message?.text == Words.sweepNeedsOne)
    }

    @Test func sessionsKeepWhatIsSwept() throws {
        var session = try session(
            grid: SweepGrid(formats: ["int4 asym", "nf4"], clips: ["manual:-1,1"], granularities: ["group:64"]))
        session.perform(.recipeCopied)
        let text = session.state.session.text
        #expect(text.contains("sweep = int4 asym; nf4 | manual:-1,1 | group:64 | relative_l2\n"), "\(text)")
        let record = try SessionRecord(text, path: "s")
        var other = try self.session()
        other.state.resume(record)
        #expect(other.state.sweep.grid == session.state.sweep.grid && other.state.sweep.quality == .relativeL2)
        #expect(try SessionRecord(other.state.session.text, path: "s") == record)
        for wrong in ["sweep = int4", "sweep = itn4 | mse | tensor | mse", "sweep = int4 | mse | tensor | speed"] {
            #expect(throws: FileError.self) {
                try SessionRecord(text + wrong.replacing("sweep", with: "sweep") + "\n", path: "s")
            }
            let alone = "# qlens session\nrecipe = int4\n" + wrong + "\n"
            #expect(throws: FileError.self) { try SessionRecord(alone, path: "s") }
        }
    }

    // MARK: The bound

    /// Quantiles of a Gaussian are taken for one, those of a Laplacian for the other, uniform ones for neither.
    @Test func theBoundKnowsItsModel() throws {
        func statistics(_ values: [Float]) throws -> TensorStatistics {
            let view = TensorView(name: "t", values: values, shape: Shape([values.count])!)!
            return try FirstPass(view).run(WorkContext()).statistics
        }
        let samples = try SampleCatalog.open()
        func sample(_ name: String) throws -> TensorStatistics {
            try FirstPass(try samples.tensor(named: name)).run(WorkContext()).statistics
        }
        let gauss = try #require(RateBound(try sample("gauss"))),
            laplace = try #require(RateBound(try sample("laplace")))
        #expect(gauss.model == .gauss && laplace.model == .laplace)
        #expect(abs(gauss.sqnr(bits: 3) - gauss.sqnr(bits: 2) - 6.0206) < 1e-3)
        #expect(abs(gauss.sqnr(bits: 4) - 24.08) < 0.01 && abs(laplace.sqnr(bits: 4) - 24.71) < 0.05)
        #expect(RateBound(try statistics((0..<4_096).map { Float($0) })) == nil)
        #expect(RateBound(try statistics([Float](repeating: 2, count: 64))) == nil)
    }
}
