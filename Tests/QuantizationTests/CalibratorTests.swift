import Tensors
import SeededRandom
import Testing

@testable import Quantization

@Suite struct CalibratorTests {
    private func range(_ values: [Float], _ text: String) throws -> ClipRange {
        try Evaluator(tensor(values, [values.count]), recipe: try Recipe(text)).quantizer(ofRange: 0).range
    }

    @Test(arguments: [10, 999, 70_000, 300_000])
    func percentilesInterpolateBetweenOrderStatistics(count: Int) throws {
        var numbers = SeededRandom(4)
        let values = numbers.bell(count)
        let magnitudes = values.map { abs($0) }.sorted(), sorted = values.sorted()
        func quantile(_ sorted: [Float], _ fraction: Double) -> Float {
            let position = fraction * Double(count - 1), lower = Int(position)
            let upper = min(lower + 1, count - 1)
            return Float(
                Double(sorted[lower]) + (Double(sorted[upper]) - Double(sorted[lower])) * (position - Double(lower)))
        }
        for percent in [50.0, 99, 99.9, 100] {
            let symmetric = try range(values, "int4 sym clip:percentile:\(percent)")
            #expect(symmetric.high == quantile(magnitudes, percent / 100))
            let asymmetric = try range(values, "int4 asym clip:percentile:\(percent)")
            #expect(asymmetric.low == min(0, quantile(sorted, (100 - percent) / 200)))
            #expect(asymmetric.high == max(0, quantile(sorted, 1 - (100 - percent) / 200)))
        }
    }

    @Test func sigmaIsNotCapped() throws {
        let values: [Float] = [-1, 1, -1, 1]
        #expect(try range(values, "int4 sym clip:sigma:3") == ClipRange(low: -3, high: 3))
        #expect(try range([1, 3], "int4 asym clip:sigma:1") == ClipRange(low: 0, high: 3))
    }

    @Test func manualRangesAreWhatIsGiven() throws {
        #expect(try range([5, 6], "int4 asym clip:manual:-1,2") == ClipRange(low: -1, high: 2))
        #expect(try range([5, 6], "int4 sym clip:manual:-1,2") == ClipRange(low: -2, high: 2))
    }

    /// No other calibrator, and no limit of a scan, has a smaller squared error.
    @Test(arguments: ["int2 sym", "int3 symfull", "int4 sym", "int4 asym", "int8 sym", "int8 asym", "int12 sym"])
    func mseIsTheBest(setting: String) throws {
        var numbers = SeededRandom(14)
        var heavy = numbers.bell(3_000)
        for index in stride(from: 0, to: 3_000, by: 100) { heavy[index] *= 8 }
        for values in [numbers.bell(500), heavy, heavy.map { abs($0) }, heavy.map { $0 + 3 }, numbers.bell(40)] {
            func error(_ clip: String) throws -> Double {
                try Evaluator(tensor(values, [values.count]), recipe: try Recipe("\(setting) \(clip)")).evaluate()
                    .metrics.mse
            }
            let best = try error("clip:mse")
            for clip in ["clip:minmax", "clip:percentile:99", "clip:percentile:99.9", "clip:sigma:2", "clip:sigma:3"] {
                let other = try error(clip)
                #expect(best <= other * (1 + 1e-9), "\(clip): \(other) is less than \(best)")
            }
            let low = Double(values.min()!), high = Double(values.max()!)
            for step in 1...60 {
                let share = Double(step) / 60
                let other = try error("clip:manual:\(min(0, low * share)),\(max(0, high * share))")
                #expect(best <= other * (1 + 1e-6), "share \(share): \(other) is less than \(best)")
            }
        }
    }

    @Test(arguments: CalibratorCatalog.entries.map { $0.name })
    func hardInputs(name: String) throws {
        let entry = try #require(CalibratorCatalog.entry(named: name))
        let numbers = (entry.usual.first ?? [-1, 1]).map { "\($0)" }.joined(separator: ",")
        let clip = "clip:\(name)" + (numbers.isEmpty ? "" : ":\(numbers)")
        let inputs: [[Float]] = [
            [0.25], [0, 0, 0], [-0.0], [7, 7, 7, 7], [0x1p-149], [0x1p-133, -0x1p-138], [3e38, -3e38, 1], [3.4e38],
            [.nan, 1, -2], [.infinity, 0.5], [.nan], [-5, -5.0000005],
        ]
        for values in inputs {
            for mapping in Mapping.allCases {
                let recipe = try Recipe("int4 \(mapping.rawValue) \(clip)")
                let evaluation = try Evaluator(tensor(values, [values.count]), recipe: recipe).evaluate()
                let quantizer = try #require(evaluation.quantizers.first)
                #expect(quantizer.scale.isFinite && quantizer.scale > 0, "\(values)")
                #expect(evaluation.metrics.entries.allSatisfy { $0.value?.isFinite ?? true }, "\(values)")
            }
        }
    }

    @Test func everyCalibratorHasAFile() throws {
        let files = try Sources.names(in: "Quantization/Clipping").filter {
            $0.hasSuffix("Calibrator.swift") && $0 != "Calibrator.swift"
        }
        #expect(files.count == CalibratorCatalog.entries.count)
        #expect(Set(CalibratorCatalog.entries.map { $0.name }).count == CalibratorCatalog.entries.count)
    }

    @Test func everyFormatHasAFile() throws {
        let files = try Sources.names(in: "Quantization/Formats").filter { $0 != "NumberFormat.swift" }
        #expect(files.count == FormatCatalog.families.count)
    }
}
