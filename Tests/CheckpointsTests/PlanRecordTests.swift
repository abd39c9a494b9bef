import Basics
import Fixtures
import Hardware
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

/// Plans as they are printed, read back and joined, and what is refused of them.
@Suite struct PlanRecordTests {
    /// Times and sizes that cannot be added up, and files that lie, are errors.
    @Test func costsOutOfBoundsAreRefused() throws {
        var settings = try SmallTransformer.settings()
        settings.hardware = HardwareProfile(
            name: "slow", summary: "", source: "", bandwidth: 1e-3,
            peaks: [.init(weightBits: 16, activationBits: 16, operations: 1e9)], unpacking: 0, activationBits: 8,
            batch: 1)
        let candidates = try SmallTransformer.candidates(SmallTransformer.tensors(), settings)
        #expect(throws: PlanError.self) { try Planner(candidates, settings, unit: .ms) }
        settings.treatments = []
        #expect(throws: PlanError.noFormats) { try Planner(candidates, settings, unit: .bits) }
        settings = try SmallTransformer.settings()
        settings.budget = .bits(4)
        let text = try Planner(candidates, settings, unit: .bits).plan(.bits(4)).jsonText(
            file: "f", candidates: candidates)
        let place = try #require(text.firstRange(of: "\"rounded\": "))
        let lie = String(text[..<place.upperBound]) + "-1e9" + text[place.upperBound...].drop { $0 != "," }
        #expect(throws: FileError.self) { try PlanRecord(JSONValue(Array(lie.utf8), path: "p"), path: "p") }
    }

    /// What is printed reads back: the same settings and candidates give the same plan, and another budget another.
    @Test func recordsReadBack() throws {
        var settings = try SmallTransformer.settings()
        settings.pins = try [.init(pattern: NamePattern("lm_head*"), treatment: WeightTreatment("int8 sym channel:0"))]
        settings.ties = [NamePattern("*down*")]
        settings.hardware = HardwareCatalog.all.first
        settings.budget = .bits(4.4)
        let candidates = try SmallTransformer.candidates(SmallTransformer.tensors(), settings)
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
        var settings = try SmallTransformer.settings()
        settings.budget = .bytes(9_000)
        let tensors = try SmallTransformer.tensors()
        let whole = try SmallTransformer.plan(settings, .bytes(9_000))
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
        let candidates = try SmallTransformer.candidates(tensors, settings)
        #expect(
            joined.jsonText(file: "f", candidates: record.candidates)
                == whole.jsonText(file: "f", candidates: candidates))
        #expect(throws: FileError.self) { try Merge.result(of: Array(parts.dropLast())) }
    }
}
