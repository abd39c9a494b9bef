import Basics
import Fixtures
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

/// Plans of a small transformer by every choice there is, and what binds them.
@Suite struct PlanTests {
    /// While recipes are tried, one recipe everywhere is compared once it was tried on all that is planned: never as if the rest cost no error.
    @Test func uniformRecipesAreThoseThatWereTried() throws {
        let tensors = try SmallTransformer.tensors(), settings = try SmallTransformer.settings()
        let whole = try SmallTransformer.plan(settings, .bits(5))
        var candidates = PlanCandidates(tensors, include: settings.include, exclude: settings.exclude)
        var partial = 0
        for (scan, missing) in candidates.missing(settings, tensors: tensors, activations: nil) {
            for candidate in missing {
                let outcome = try scan.row(candidate, context: WorkContext(threads: 1))
                candidates.take(outcome, of: scan.recipe.description, at: candidate.position)
                guard let planner = try? Planner(candidates, settings, unit: .bits),
                    let plan = try? planner.plan(.bits(5), isRaised: true)
                else { continue }
                partial += plan.uniform.count < whole.uniform.count ? 1 : 0
                for uniform in plan.uniform where !candidates.isComplete(settings) {
                    let planned = candidates.weights.filter { weight in
                        plan.rows.contains { $0.position == weight.position }
                    }
                    #expect(
                        planned.allSatisfy { $0.row(uniform.treatment) != nil || $0.misfit(uniform.treatment) != nil })
                    #expect(uniform.error > 0 && uniform.weights > 0 || plan.pendingCount == 0)
                }
            }
        }
        #expect(partial > 0 && candidates.isComplete(settings))
        let plan = try Planner(candidates, settings, unit: .bits).plan(.bits(5))
        #expect(plan.uniform.map { $0.error } == whole.uniform.map { $0.error })
    }

    @Test(arguments: [3.2, 4, 4.7, 6, 9], [false, true])
    func plansEqualEveryChoice(bits: Double, tied: Bool) throws {
        let tensors = try SmallTransformer.tensors().filter { $0.shape.rank == 2 }
        var settings = try SmallTransformer.settings()
        settings.tiesFused = tied
        let plan = try SmallTransformer.plan(settings, .bits(bits))
        let metrics = try tensors.map { tensor in
            try SmallTransformer.formats.map { text -> (bits: Double, error: Double)? in
                guard let evaluator = try? Evaluator(tensor, recipe: try Recipe(text)) else { return nil }
                let found = try evaluator.evaluate()
                return (found.metrics.size.bits, found.sums.squaredError)
            }
        }
        let elements = tensors.reduce(0) { $0 + $1.count }
        var best = Double.infinity
        func go(_ place: Int, _ chosen: [Int], _ spent: Double, _ error: Double) {
            guard spent <= bits * Double(elements) else { return }
            guard place < tensors.count else {
                best = min(best, error)
                return
            }
            // q, k and v are 1, 2 and 3.
            for option in SmallTransformer.formats.indices
            where !tied || ![2, 3].contains(place) || option == chosen[1] {
                guard let metric = metrics[place][option] else { continue }
                go(place + 1, chosen + [option], spent + metric.bits, error + metric.error)
            }
        }
        go(0, [], 0, 0)
        #expect(abs(plan.total.error - best) <= 1e-12 * best)
        #expect(plan.gap == 0 && plan.total.bits <= bits * Double(elements))
        #expect(plan.total.elements == elements && plan.rows.count == tensors.count)
        let attention = Set(plan.rows.filter { $0.name.contains("attn") }.map { $0.treatment })
        #expect(!tied || attention.count == 1)
        #expect(plan.kept.map { $0.name } == ["layers.0.norm.weight"])
        // Rows of 64 are no super-blocks of 256.
        #expect(plan.misfits.count == 5 && plan.misfits.allSatisfy { $0.recipe == "ggml:q4_k" })
    }

    @Test func bytesAreThoseOfTheWholeFile() throws {
        let settings = try SmallTransformer.settings()
        for budget in [8_000, 9_000, 12_345] {
            let plan = try SmallTransformer.plan(settings, .bytes(budget))
            #expect(plan.total.fileBytes <= Double(budget) && plan.total.keptBytes == 256)
            #expect(plan.total.bytes == plan.rows.reduce(0) { $0 + $1.metrics.size.bytes })
        }
        #expect {
            try SmallTransformer.plan(settings, .bytes(1_000))
        } throws: { error in
            guard case .budgetTooSmall(.bytes(1_000), least: .bytes(let least))? = error as? PlanError else {
                return false
            }
            // The least budget that is said is one that is enough, and a byte less is not.
            let isEnough = (try? SmallTransformer.plan(settings, .bytes(least))) != nil
            return isEnough && (try? SmallTransformer.plan(settings, .bytes(least - 1))) == nil
        }
    }

    @Test func pinsDecide() throws {
        var settings = try SmallTransformer.settings()
        settings.pins = try [
            .init(pattern: NamePattern("*.weight"), treatment: WeightTreatment("int2 sym group:32")),
            .init(pattern: NamePattern("lm_head*"), treatment: .kept),
            .init(pattern: NamePattern("*down*"), treatment: WeightTreatment("nf4")),
        ]
        let plan = try SmallTransformer.plan(settings, .bits(33))
        let treatments = Dictionary(uniqueKeysWithValues: plan.rows.map { ($0.name, $0.treatment.description) })
        #expect(treatments["lm_head.weight"] == "keep" && treatments["layers.0.mlp.down_proj.weight"] == "nf4 group:64")
        #expect(treatments["embed_tokens.weight"] == "int2 sym group:32")
        #expect(plan.rows.allSatisfy { $0.isPinned && $0.next == nil })
        let head = try #require(plan.rows.last)
        #expect(head.error == 0 && head.metrics.size.bitsPerWeight == 32 && head.metrics.sqnr == nil)
        // One of the fused weights decides for all of them; two that differ contradict each other.
        settings.pins = try [.init(pattern: NamePattern("*q_proj*"), treatment: WeightTreatment("int8 sym channel:0"))]
        let tied = try SmallTransformer.plan(settings, .bits(8.5))
        #expect(tied.rows.filter { $0.isPinned }.map { $0.name.contains("attn") } == [true, true, true])
        settings.pins += try [.init(pattern: NamePattern("*k_proj*"), treatment: WeightTreatment("int4 sym group:32"))]
        #expect(
            throws: PlanError.pinsDiffer(first: "layers.0.attn.q_proj.weight", second: "layers.0.attn.k_proj.weight")
        ) {
            try SmallTransformer.plan(settings, .bits(8.5))
        }
        settings.tiesFused = false
        #expect(try SmallTransformer.plan(settings, .bits(8.5)).rows.count { $0.isPinned } == 2)
        settings.pins = [.init(pattern: NamePattern("nobody"), treatment: .kept)]
        #expect(throws: PlanError.nothingMatches(option: "--pin", pattern: "nobody")) {
            try SmallTransformer.plan(settings, .bits(8.5))
        }
        settings.pins = try [.init(pattern: NamePattern("lm_head*"), treatment: WeightTreatment("ggml:q4_k"))]
        #expect(throws: PlanError.self) { try SmallTransformer.plan(settings, .bits(8.5)) }
    }

    @Test func patternsTie() throws {
        var settings = try SmallTransformer.settings()
        settings.tiesFused = false
        settings.ties = [NamePattern("*_proj.weight"), NamePattern("lm_head*"), NamePattern("embed*")]
        let plan = try SmallTransformer.plan(settings, .bits(4))
        #expect(Set(plan.rows.filter { $0.name.contains("_proj") }.map { $0.treatment }).count == 1)
        #expect(Set(plan.rows.map { $0.group }).count == 3)
        // A recipe that one of them cannot have is none for all of them.
        settings.treatments = try ["ggml:q4_k", "int2 sym group:32"].map { try WeightTreatment($0) }
        let forced = try SmallTransformer.plan(settings, .bits(5))
        #expect(
            forced.rows.filter { $0.name.contains("_proj") }.allSatisfy {
                $0.treatment.description == "int2 sym group:32"
            })
        settings.treatments = [try WeightTreatment("ggml:q4_k")]
        let none = try SmallTransformer.plan(settings, .bits(5))
        #expect(none.rows.isEmpty || none.rows.map { $0.name } == ["layers.0.mlp.down_proj.weight"])
        #expect(none.kept.contains { $0.reason.hasPrefix("no recipe of the list fits: ") })
    }

    @Test func fusedWeightsAreKnownByTheirNames() {
        let same = [
            ["model.layers.3.self_attn.q_proj.weight", "model.layers.3.self_attn.v_proj.weight"],
            ["blk.3.ffn_gate.weight", "blk.3.ffn_up.weight"],
            ["layers.1.feed_forward.w1.weight", "layers.1.feed_forward.w3.weight"],
            ["encoder.layer.0.attention.self.query.weight", "encoder.layer.0.attention.self.key.weight"],
            ["m.layers.2.mlp.experts.0.down_proj.weight", "m.layers.2.mlp.experts.31.gate_proj.weight"],
        ]
        for pair in same {
            #expect(
                FusedWeights.key(of: pair[0]) == FusedWeights.key(of: pair[1]) && FusedWeights.key(of: pair[0]) != nil)
        }
        #expect(
            FusedWeights.key(of: "model.layers.3.self_attn.q_proj.weight")
                != FusedWeights.key(of: "model.layers.4.self_attn.q_proj.weight"))
        #expect(FusedWeights.key(of: "a.gate_proj.weight") != FusedWeights.key(of: "a.q_proj.weight"))
        #expect(
            FusedWeights.key(of: "m.layers.2.mlp.experts.0.w1") != FusedWeights.key(of: "m.layers.3.mlp.experts.0.w1"))
        #expect(FusedWeights.key(of: "model.layers.3.self_attn.o_proj.weight") == nil)
    }

    /// By what an error counts, bits go elsewhere.
    @Test func measuresDecideWhereBitsGo() throws {
        var settings = try SmallTransformer.settings()
        settings.tiesFused = false
        func bits(_ name: String) throws -> Double {
            try #require(try SmallTransformer.plan(settings, .bits(4.2)).rows.first { $0.name == name }).metrics.size
                .bitsPerWeight
        }
        let small = "layers.0.attn.v_proj.weight"
        #expect(try bits(small) == 3)
        settings.measure = .relativeL2
        #expect(try bits(small) >= 5)
        let names = try SmallTransformer.tensors().filter { $0.shape.rank == 2 }.map { $0.name }
        var numbers = Dictionary(uniqueKeysWithValues: names.map { (String($0.dropLast(7)), 1.0) })
        numbers["layers.0.attn.v_proj"] = 1e6
        settings.measure = .sensitivity(Sensitivities(path: "s.json", numbers: numbers))
        #expect(try bits(small) > 8)
        numbers["lm_head"] = nil
        settings.measure = .sensitivity(Sensitivities(path: "s.json", numbers: numbers))
        #expect(throws: PlanError.noSensitivity(name: "lm_head.weight", count: 1, path: "s.json")) { try bits(small) }
    }

    @Test func sensitivitiesAreReadInAllForms() throws {
        func read(_ text: String) throws -> Sensitivities {
            try TemporaryFolder.with { folder in
                try AtomicFile.write(Array(text.utf8), to: folder + "/s")
                return try Sensitivities.open(path: folder + "/s")
            }
        }
        for text in [
            "[[\"a.b\", 0.5], [\"c.weight\", 3]]", "{\"a.b\": 0.5, \"c.weight\": 3}",
            "name,trace\na.b,0.5\r\nc.weight, 3\n",
            "\"a.b\",5e-1\nc.weight,3",
        ] {
            let numbers = try read(text)
            #expect(numbers["a.b.weight"] == 0.5 && numbers["c.weight"] == 3 && numbers["a"] == nil)
        }
        for text in ["", "[]", "[[\"a\", -1]]", "[[\"a\"]]", "a,1\nb", "{\"a\": null}", "a,1\na,2", "a,nan"] {
            #expect(throws: FileError.self) { try read(text) }
        }
    }

    /// Errors of outputs are those of the products themselves.
    @Test func outputsAreMeasured() throws {
        var numbers = SeededRandom(12)
        let tensors = try SmallTransformer.tensors().filter { $0.name.contains("attn") }
        let inputs = try SmallTransformer.tensor("x", [50, 64], 1, &numbers)
        var settings = try SmallTransformer.settings(["int3 sym group:32", "int8 sym channel:0"])
        settings.tiesFused = false
        settings.measure = .output
        let plan = try TemporaryFolder.with { folder in
            let entries = tensors.map {
                NpzWriter.Entry(name: $0.name, shape: inputs.shape, values: inputs.values(0..<inputs.count))
            }
            try NpzWriter.write(entries, to: folder + "/inputs.npz")
            let activations = try Activations.open(path: folder + "/inputs.npz")
            let candidates = try SmallTransformer.candidates(tensors, settings, activations: activations)
            return try Planner(candidates, settings, unit: .bits).plan(.bits(4.5))
        }
        for row in plan.rows {
            let tensor = try #require(tensors.first { $0.name == row.name })
            let recipe = try #require(row.treatment.recipe)
            let errors = zip(
                try Evaluator(tensor, recipe: recipe).reconstruction(), tensor.values(0..<tensor.count)
            ).map { Double($0 - $1) }
            let sum = Self.squaredProducts(errors, inputs.values(0..<inputs.count).map { Double($0) }, columns: 64)
            #expect(abs(row.error - sum) <= 1e-4 * sum)
        }
        let without = try SmallTransformer.candidates(tensors, settings)
        #expect(throws: PlanError.noInputs(name: tensors[0].name, count: 3)) {
            try Planner(without, settings, unit: .bits)
        }
    }

    /// ‖AXᵀ‖² for rows of A and X of some columns.
    private static func squaredProducts(_ a: [Double], _ x: [Double], columns: Int) -> Double {
        var sum = 0.0
        for i in stride(from: 0, to: a.count, by: columns) {
            for j in stride(from: 0, to: x.count, by: columns) {
                var product = 0.0
                for k in 0..<columns { product += a[i + k] * x[j + k] }
                sum += product * product
            }
        }
        return sum
    }
}
