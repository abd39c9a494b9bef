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
    private static let formats = [
        "int2 sym group:32", "int3 sym group:32", "int4 sym group:32", "int8 sym channel:0", "ggml:q4_k",
    ]

    private static func tensor(
        _ name: String, _ extents: [Int], _ factor: Float, _ numbers: inout SeededRandom
    ) throws -> TensorView {
        let shape = try #require(Shape(extents)), values = numbers.bell(shape.count).map { $0 * factor }
        return try #require(TensorView(name: name, values: values, shape: shape))
    }

    private static func checkpoint() throws -> [TensorView] {
        var numbers = SeededRandom(3)
        return try [
            tensor("embed_tokens.weight", [40, 64], 0.5, &numbers),
            tensor("layers.0.attn.q_proj.weight", [32, 64], 1, &numbers),
            tensor("layers.0.attn.k_proj.weight", [16, 64], 2, &numbers),
            tensor("layers.0.attn.v_proj.weight", [16, 64], 0.1, &numbers),
            tensor("layers.0.mlp.down_proj.weight", [16, 256], 1.5, &numbers),
            tensor("layers.0.norm.weight", [64], 1, &numbers),
            tensor("lm_head.weight", [40, 64], 0.3, &numbers),
        ]
    }

    private static func settings(_ formats: [String] = formats) throws -> PlanSettings {
        PlanSettings(treatments: try formats.map { try WeightTreatment($0) })
    }

    /// All candidates of a file, as the command finds them.
    private static func candidates(
        _ tensors: [TensorView], _ settings: PlanSettings, activations: Activations? = nil
    ) throws -> PlanCandidates {
        var candidates = PlanCandidates(tensors, include: settings.include, exclude: settings.exclude)
        for (scan, missing) in candidates.missing(settings, tensors: tensors, activations: activations) {
            for candidate in missing {
                let outcome = try scan.row(candidate, context: WorkContext(threads: 1))
                candidates.take(outcome, of: scan.recipe.description, at: candidate.position)
            }
        }
        #expect(candidates.isComplete(settings))
        return candidates
    }

    private static func plan(
        _ settings: PlanSettings, _ budget: PlanBudget, tensors: [TensorView]? = nil
    ) throws -> Plan {
        let tensors = try tensors ?? checkpoint()
        return try Planner(candidates(tensors, settings), settings, unit: budget.unit).plan(budget)
    }

    /// The least error within the budget among all choices: evaluated one by one, without the planner.
    @Test(arguments: [3.2, 4, 4.7, 6, 9], [false, true])
    func plansEqualEveryChoice(bits: Double, tied: Bool) throws {
        let tensors = try Self.checkpoint().filter { $0.shape.rank == 2 }
        var settings = try Self.settings()
        settings.tiesFused = tied
        let plan = try Self.plan(settings, .bits(bits))
        let metrics = try tensors.map { tensor in
            try Self.formats.map { text -> (bits: Double, error: Double)? in
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
            for option in Self.formats.indices where !tied || ![2, 3].contains(place) || option == chosen[1] {
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
        let settings = try Self.settings()
        for budget in [8_000, 9_000, 12_345] {
            let plan = try Self.plan(settings, .bytes(budget))
            #expect(plan.total.fileBytes <= Double(budget) && plan.total.keptBytes == 256)
            #expect(plan.total.bytes == plan.rows.reduce(0) { $0 + $1.metrics.size.bytes })
        }
        #expect {
            try Self.plan(settings, .bytes(1_000))
        } throws: { error in
            guard case .budgetTooSmall(.bytes(1_000), least: .bytes(let least))? = error as? PlanError else {
                return false
            }
            // The least budget that is said is one that is enough, and a byte less is not.
            let isEnough = (try? Self.plan(settings, .bytes(least))) != nil
            return isEnough && (try? Self.plan(settings, .bytes(least - 1))) == nil
        }
    }

    @Test func pinsDecide() throws {
        var settings = try Self.settings()
        settings.pins = try [
            .init(pattern: NamePattern("*.weight"), treatment: WeightTreatment("int2 sym group:32")),
            .init(pattern: NamePattern("lm_head*"), treatment: .kept),
            .init(pattern: NamePattern("*down*"), treatment: WeightTreatment("nf4")),
        ]
        let plan = try Self.plan(settings, .bits(33))
        let treatments = Dictionary(uniqueKeysWithValues: plan.rows.map { ($0.name, $0.treatment.description) })
        #expect(treatments["lm_head.weight"] == "keep" && treatments["layers.0.mlp.down_proj.weight"] == "nf4 group:64")
        #expect(treatments["embed_tokens.weight"] == "int2 sym group:32")
        #expect(plan.rows.allSatisfy { $0.isPinned && $0.next == nil })
        let head = try #require(plan.rows.last)
        #expect(head.error == 0 && head.metrics.size.bitsPerWeight == 32 && head.metrics.sqnr == nil)
        // One of the fused weights decides for all of them; two that differ contradict each other.
        settings.pins = try [.init(pattern: NamePattern("*q_proj*"), treatment: WeightTreatment("int8 sym channel:0"))]
        let tied = try Self.plan(settings, .bits(8.5))
        #expect(tied.rows.filter { $0.isPinned }.map { $0.name.contains("attn") } == [true, true, true])
        settings.pins += try [.init(pattern: NamePattern("*k_proj*"), treatment: WeightTreatment("int4 sym group:32"))]
        #expect(
            throws: PlanError.pinsDiffer(first: "layers.0.attn.q_proj.weight", second: "layers.0.attn.k_proj.weight")
        ) {
            try Self.plan(settings, .bits(8.5))
        }
        settings.tiesFused = false
        #expect(try Self.plan(settings, .bits(8.5)).rows.count { $0.isPinned } == 2)
        settings.pins = [.init(pattern: NamePattern("nobody"), treatment: .kept)]
        #expect(throws: PlanError.nothingMatches(option: "--pin", pattern: "nobody")) {
            try Self.plan(settings, .bits(8.5))
        }
        settings.pins = try [.init(pattern: NamePattern("lm_head*"), treatment: WeightTreatment("ggml:q4_k"))]
        #expect(throws: PlanError.self) { try Self.plan(settings, .bits(8.5)) }
    }

    @Test func patternsTie() throws {
        var settings = try Self.settings()
        settings.tiesFused = false
        settings.ties = [NamePattern("*_proj.weight"), NamePattern("lm_head*"), NamePattern("embed*")]
        let plan = try Self.plan(settings, .bits(4))
        #expect(Set(plan.rows.filter { $0.name.contains("_proj") }.map { $0.treatment }).count == 1)
        #expect(Set(plan.rows.map { $0.group }).count == 3)
        // A recipe that one of them cannot have is none for all of them.
        settings.treatments = try ["ggml:q4_k", "int2 sym group:32"].map { try WeightTreatment($0) }
        let forced = try Self.plan(settings, .bits(5))
        #expect(
            forced.rows.filter { $0.name.contains("_proj") }.allSatisfy {
                $0.treatment.description == "int2 sym group:32"
            })
        settings.treatments = [try WeightTreatment("ggml:q4_k")]
        let none = try Self.plan(settings, .bits(5))
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
        var settings = try Self.settings()
        settings.tiesFused = false
        func bits(_ name: String) throws -> Double {
            try #require(try Self.plan(settings, .bits(4.2)).rows.first { $0.name == name }).metrics.size.bitsPerWeight
        }
        let small = "layers.0.attn.v_proj.weight"
        #expect(try bits(small) == 3)
        settings.measure = .relativeL2
        #expect(try bits(small) >= 5)
        let names = try Self.checkpoint().filter { $0.shape.rank == 2 }.map { $0.name }
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
        let tensors = try Self.checkpoint().filter { $0.name.contains("attn") }
        let inputs = try Self.tensor("x", [50, 64], 1, &numbers)
        var settings = try Self.settings(["int3 sym group:32", "int8 sym channel:0"])
        settings.tiesFused = false
        settings.measure = .output
        let plan = try TemporaryFolder.with { folder in
            let entries = tensors.map {
                NpzWriter.Entry(name: $0.name, shape: inputs.shape, values: inputs.values(0..<inputs.count))
            }
            try NpzWriter.write(entries, to: folder + "/inputs.npz")
            let activations = try Activations.open(path: folder + "/inputs.npz")
            let candidates = try Self.candidates(tensors, settings, activations: activations)
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
        let without = try Self.candidates(tensors, settings)
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

    // MARK: Hardware

    /// The same weights and the same share of the time between the fastest and the most exact plan: a machine that multiplies eight bits
    /// alone wants eight bits, one that waits for its memory wants fewer.
    @Test func machinesDecideWhereBitsGo() throws {
        var settings = try Self.settings()
        func plan(_ profile: String, _ share: Double) throws -> Plan {
            settings.hardware = HardwareCatalog.profile(named: profile)
            let planner = try Planner(Self.candidates(Self.checkpoint(), settings), settings, unit: .ms)
            let budgets = planner.budgets
            return try planner.plan(
                .milliseconds(budgets.lowerBound + share * (budgets.upperBound - budgets.lowerBound)))
        }
        let small = try plan("mcu", 0), gpu = try plan("a100", 0)
        let layers = { (plan: Plan) in
            plan.rows.filter { !$0.name.hasPrefix("embed") }.map { $0.metrics.size.bitsPerWeight }
        }
        #expect(layers(small).allSatisfy { $0 > 8 })
        #expect(layers(gpu).allSatisfy { $0 < 4 })
        #expect(small.rows.allSatisfy { $0.time?.side == .arithmetic || $0.name.hasPrefix("embed") })
        #expect(gpu.rows.allSatisfy { $0.time?.side == .memory })
        let words = try [small, gpu].map { $0.bounds(try #require($0.settings.hardware)) }
        #expect(words[0].contains("arithmetic") && words[1].contains("fewer bits take less time"))
        settings.hardware = nil
        #expect(throws: PlanError.noHardware) { try Self.plan(settings, .milliseconds(1)) }
    }

    /// Where four bits are multiplied as fast as eight, and unpacked in no time, time alone says nothing against eight (survey IV-C).
    @Test func equalTimesLeaveNoReasonForFewerBits() throws {
        var settings = try Self.settings(["int4 sym group:32", "int8 sym group:32"])
        settings.hardware = HardwareProfile(
            name: "even", summary: "", source: "", bandwidth: 1e18,
            peaks: [.init(weightBits: 8, activationBits: 8, operations: 1e9)], unpacking: 0, activationBits: 8, batch: 1
        )
        let planner = try Planner(Self.candidates(Self.checkpoint(), settings), settings, unit: .ms)
        let plan = try planner.plan(.milliseconds(planner.budgets.lowerBound))
        let layers = plan.rows.filter { !$0.name.hasPrefix("embed") }
        #expect(layers.allSatisfy { $0.treatment.description == "int8 sym group:32" })
    }

    /// By hand: 64 × 128 weights of 4.5 bits, two samples.
    @Test func timesAreThoseOfTheRoofline() throws {
        let profile = HardwareProfile(
            name: "hand", summary: "", source: "", bandwidth: 1e9,
            peaks: [
                .init(weightBits: 16, activationBits: 16, operations: 1e9),
                .init(weightBits: 8, activationBits: 8, operations: 4e9),
            ], unpacking: 1e-9, activationBits: 8, batch: 2)
        let shape = try #require(Shape([64, 128]))
        let time = profile.time("a.weight", shape, storedBits: 8192 * 4.5, weightBits: 4)
        #expect(abs(time.memory - (8192 * 4.5 / 8 + 2 * 192) / 1e9) < 1e-18)
        #expect(abs(time.arithmetic - 2 * 8192 * 2 / 4e9) < 1e-18 && abs(time.unpacking - 8192e-9) < 1e-18)
        #expect(time.side == .arithmetic && time.total == time.arithmetic + time.unpacking)
        // Sixteen bits have another peak, and nothing to unpack.
        let wide = profile.time("a.weight", shape, storedBits: 8192 * 16, weightBits: 16)
        #expect(abs(wide.arithmetic - 2 * 8192 * 2 / 1e9) < 1e-18 && wide.unpacking == 0 && wide.side == .arithmetic)
        // Two rows of a table, whatever its size.
        let table = profile.time("model.embed_tokens.weight", shape, storedBits: 8192 * 16, weightBits: 16)
        #expect(table.arithmetic == 0 && abs(table.memory - (2 * 128 * 2 + 2 * 128) / 1e9) < 1e-18)
    }

    @Test func profilesAreReadBack() throws {
        for profile in HardwareCatalog.all {
            let text = profile.json.text
            let read = try HardwareProfile(JSONValue(Array(text.utf8), path: "p"), path: "p")
            #expect(
                read.name == profile.name && read.peaks.count == profile.peaks.count && read.source == profile.source)
            #expect(abs(read.bandwidth / profile.bandwidth - 1) < 1e-12 && read.batch == profile.batch)
            #expect(!profile.source.isEmpty && !profile.summary.isEmpty)
        }
        for text in [
            "{}", "{\"bandwidth_gb_s\": 0, \"peaks\": []}",
            "{\"bandwidth_gb_s\": 1, \"peaks\": [{\"weight_bits\": 8}]}",
        ] {
            #expect(throws: FileError.self) { try HardwareProfile(JSONValue(Array(text.utf8), path: "p"), path: "p") }
        }
    }

    /// Times and sizes that cannot be added up, and files that lie, are errors.
    @Test func costsOutOfBoundsAreRefused() throws {
        var settings = try Self.settings()
        settings.hardware = HardwareProfile(
            name: "slow", summary: "", source: "", bandwidth: 1e-3,
            peaks: [.init(weightBits: 16, activationBits: 16, operations: 1e9)], unpacking: 0, activationBits: 8,
            batch: 1)
        let candidates = try Self.candidates(Self.checkpoint(), settings)
        #expect(throws: PlanError.self) { try Planner(candidates, settings, unit: .ms) }
        settings.treatments = []
        #expect(throws: PlanError.noFormats) { try Planner(candidates, settings, unit: .bits) }
        settings = try Self.settings()
        settings.budget = .bits(4)
        let text = try Planner(candidates, settings, unit: .bits).plan(.bits(4)).jsonText(
            file: "f", candidates: candidates)
        let place = try #require(text.firstRange(of: "\"rounded\": "))
        let lie = String(text[..<place.upperBound]) + "-1e9" + text[place.upperBound...].drop { $0 != "," }
        #expect(throws: FileError.self) { try PlanRecord(JSONValue(Array(lie.utf8), path: "p"), path: "p") }
    }

    // MARK: JSON

    /// What is printed reads back: the same settings and candidates give the same plan, and another budget another.
    @Test func recordsReadBack() throws {
        var settings = try Self.settings()
        settings.pins = try [.init(pattern: NamePattern("lm_head*"), treatment: WeightTreatment("int8 sym channel:0"))]
        settings.ties = [NamePattern("*down*")]
        settings.hardware = HardwareCatalog.all.first
        settings.budget = .bits(4.4)
        let candidates = try Self.candidates(Self.checkpoint(), settings)
        let plan = try Planner(candidates, settings, unit: .bits).plan(.bits(4.4))
        let text = plan.jsonText(file: "m.safetensors", candidates: candidates, activations: "x.npz")
        let record = try PlanRecord(JSONValue(Array(text.utf8), path: "p"), path: "p")
        #expect(record.file == "m.safetensors" && record.activations == "x.npz" && record.settings.budget == .bits(4.4))
        #expect(record.rows.map { $0.treatment } == plan.rows.map { $0.treatment })
        let again = try record.plan(.bits(4.4))
        #expect(again.jsonText(file: "m.safetensors", candidates: record.candidates, activations: "x.npz") == text)
        #expect(try record.plan(.bits(6)).total.error < plan.total.error)
        for damaged in [
            "{}", "{\"file\": \"a\", \"settings\": {}, \"rows\": []}",
            text.replacing("\"position\"", with: "\"place\""),
        ] {
            #expect(throws: FileError.self) {
                try PlanRecord(JSONValue(Array(damaged.utf8), path: "p"), path: "p")
            }
        }
    }

    /// Parts of several processes are the plan of one.
    @Test func partsAreJoined() throws {
        var settings = try Self.settings()
        settings.budget = .bytes(9_000)
        let tensors = try Self.checkpoint()
        let whole = try Self.plan(settings, .bytes(9_000))
        let json = settings.json(activations: nil, importance: nil)
        let parts = try (0..<3).map { index -> (path: String, value: JSONValue) in
            let shard = try #require(Shard(index: index, count: 3))
            var part = PlanCandidates(tensors).part(shard)
            for (scan, missing) in part.missing(settings, tensors: tensors) {
                for candidate in missing {
                    part.take(
                        try scan.row(candidate, context: WorkContext(threads: 1)), of: scan.recipe.description,
                        at: candidate.position)
                }
            }
            let text = part.partJSON(file: "f", settings: json, shard: shard, count: tensors.count).text
            return ("part\(index)", try JSONValue(Array(text.utf8), path: "part"))
        }
        guard case .plan(let record) = try Merge.result(of: parts.reversed()) else {
            Issue.record("no plan")
            return
        }
        let joined = try record.plan(.bytes(9_000))
        let candidates = try Self.candidates(tensors, settings)
        #expect(
            joined.jsonText(file: "f", candidates: record.candidates)
                == whole.jsonText(file: "f", candidates: candidates))
        #expect(throws: FileError.self) { try Merge.result(of: Array(parts.dropLast())) }
    }
}
