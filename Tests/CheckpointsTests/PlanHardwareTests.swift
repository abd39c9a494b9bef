import Basics
import Fixtures
import Hardware
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

/// Where machines want bits, and why.
@Suite struct PlanHardwareTests {
    /// The same weights and the same share of the time between the fastest and the most exact plan: a machine that multiplies eight bits
    /// alone wants eight bits, one that waits for its memory wants fewer.
    @Test func machinesDecideWhereBitsGo() throws {
        var settings = try SmallTransformer.settings()
        func plan(_ profile: String, _ share: Double) throws -> Plan {
            settings.hardware = HardwareCatalog.profile(named: profile)
            let planner = try Planner(
                SmallTransformer.candidates(SmallTransformer.tensors(), settings), settings, unit: .ms)
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
        #expect(throws: PlanError.noHardware) { try SmallTransformer.plan(settings, .milliseconds(1)) }
    }

    /// Where four bits are multiplied as fast as eight, and unpacked in no time, time alone says nothing against eight (survey IV-C).
    @Test func equalTimesLeaveNoReasonForFewerBits() throws {
        var settings = try SmallTransformer.settings(["int4 sym group:32", "int8 sym group:32"])
        settings.hardware = HardwareProfile(
            name: "even", summary: "", source: "", bandwidth: 1e18,
            peaks: [.init(weightBits: 8, activationBits: 8, operations: 1e9)], unpacking: 0, activationBits: 8, batch: 1
        )
        let planner = try Planner(
            SmallTransformer.candidates(SmallTransformer.tensors(), settings), settings, unit: .ms)
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
}
