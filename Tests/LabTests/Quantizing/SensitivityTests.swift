import Basics
import Quantization
import Testing

@testable import Lab

/// What layers lose, against the loss itself.
struct SensitivityTests {
    init() throws { try MatrixProduct.prepare() }

    private struct Trained {
        let network: Network
        let samples: Samples
        let run: LabRun
    }

    /// A run whose work is the test.
    private func onTrained(_ body: (Trained) throws(LabFailure) -> Void) throws {
        let settings = try LabSettings(BitsExperiment(), [("model", "mlp")])
        let report = LabRun("test", settings, threads: 2).perform { run throws(LabFailure) in
            let base = try run.trainFloat(until: 1)
            try body(Trained(network: base.network.copy(), samples: base.data.training.prefix(128), run: run))
        }
        #expect(report.state == .finished)
    }

    /// The trace is the sum of the loss's second derivatives, here by differences along each weight.
    @Test func traceOfTheHessian() throws {
        try onTrained { trained throws(LabFailure) in
            guard let layer = trained.network.layer("fc3") else { return #expect(Bool(false)) }
            let before = layer.weight.array, step = 0.05
            let center = try trained.run.loss(trained.network, on: trained.samples)
            var exact = 0.0
            for i in before.indices {
                func loss(_ change: Double) throws(LabFailure) -> Double {
                    layer.weight.values[i] = before[i] + Float(change)
                    return try trained.run.loss(trained.network, on: trained.samples)
                }
                exact += (try loss(step) + loss(-step) - 2 * center) / (step * step)
                layer.weight.values[i] = before[i]
            }
            let curvature = LossCurvature(network: trained.network, samples: trained.samples, run: trained.run)
            let found = try curvature.trace(layer)
            #expect(abs(found - exact) < 0.1 * abs(exact), "\(found) \(exact)")
            #expect(layer.weight.array == before)
        }
    }

    /// Of a dense last layer the gradient of one sample is (p - y)·xᵀ.
    @Test func fisherInformation() throws {
        try onTrained { trained throws(LabFailure) in
            guard let layer = trained.network.layer("fc3") else { return #expect(Bool(false)) }
            let curvature = LossCurvature(network: trained.network, samples: trained.samples, run: trained.run)
            let found = try curvature.fisher()[2]
            let records = try trained.run.records(of: trained.network, trained.samples)
            let logits = try trained.network.logits(of: trained.samples, on: trained.run.tape)
            guard let input = records[layer] else { return #expect(Bool(false)) }
            var wanted = [Double](repeating: 0, count: found.count)
            for (sample, label) in trained.samples.labels.enumerated() {
                for (output, p) in softmax(logits[sample * 3..<(sample + 1) * 3]).enumerated() {
                    for i in 0..<layer.rowLength {
                        let slope = (p - (output == label ? 1 : 0)) * Double(input.values[sample * layer.rowLength + i])
                        wanted[output * layer.rowLength + i] += slope * slope / Double(trained.samples.count)
                    }
                }
            }
            let scale = wanted.max() ?? 1
            for (found, wanted) in zip(found, wanted) { #expect(abs(found - wanted) < 1e-4 * scale) }
        }
    }

    /// The solver's choice for a sum over layers is the least of all assignments.
    @Test func choicesAreTheBestOfAll() throws {
        try onTrained { trained throws(LabFailure) in
            guard let recipe = try? Recipe("int4 sym channel:0") else { return #expect(Bool(false)) }
            let choices = try BitChoices(trained.network, recipe, bits: [2, 3, 4, 8], context: trained.run.context)
            #expect(choices.assignments.count == 64)
            for budget in stride(from: 700, to: 3_000, by: 90) {
                let all = choices.assignments.filter { choices.size($0) <= budget }
                func error(_ assignment: [Int]) -> Double {
                    assignment.enumerated().reduce(0) { $0 + choices.squaredErrors[$1.offset][$1.element] }
                }
                guard let least = all.map(error).min() else {
                    #expect((try? choices.best(choices.squaredErrors, within: budget)) == nil)
                    continue
                }
                guard let best = try? choices.best(choices.squaredErrors, within: budget) else {
                    return #expect(Bool(false))
                }
                #expect(abs(error(best) - least) <= 1e-12 * least && choices.size(best) <= budget)
            }
        }
    }

    /// scipy.stats.spearmanr([1, 2, 2, 4, 5], [3, 1, 4, 4, 9]) = 0.763158
    @Test func rankCorrelation() {
        #expect(Correlation.ranks([10, 30, 20, 30]) == [0, 2.5, 1, 2.5])
        #expect(abs(Correlation.ofRanks([1, 2, 2, 4, 5], [3, 1, 4, 4, 9]) - 0.763158) < 1e-5)
        #expect(Correlation.ofRanks([1, 2, 3], [5, 5, 5]) == 0)
    }
}
