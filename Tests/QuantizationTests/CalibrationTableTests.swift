@testable import TensorFiles
import Tensors
import Testing

@testable import Quantization

/// Tables of calibrators: the survey's companion numbers, computed in double precision.
@Suite struct CalibrationTableTests {
    private static func sample(_ name: String) throws -> TensorView { try SampleCatalog.open().tensor(named: name) }

    private func evaluation(_ name: String, _ recipe: String) throws -> Evaluation {
        try Evaluator(try Self.sample(name), recipe: try Recipe(recipe)).evaluate()
    }

    /// NVIDIA's rule on exact expected counts: |N(0,1)| over [0, 6] and a Laplacian of unit variance over [0, 12].
    @Test(arguments: [
        (SourceModel.gauss, 6.0, 8, 4.8223, 6.344e-5), (.gauss, 6.0, 4, 3.5186, 9.125e-3),
        (.laplace, 12.0, 8, 7.8750, 3.6857e-4), (.laplace, 12.0, 4, 4.3125, 3.15043e-2),
    ])
    func entropy(model: SourceModel, largest: Double, bits: Int, limit: Double, divergence: Double) {
        let width = largest / 2_048
        let counts = (0..<2_048).map { 2 * model.part(from: Double($0) * width, to: Double($0 + 1) * width).mass }
        let search = DivergenceSearch(
            MagnitudeBins(counts: counts), levels: 1 << (bits - 1), grouping: .lowerEdge)
        #expect(abs(Double(search.best) * width - limit) < 0.6e-4, "\(Double(search.best) * width)")
        let least = search.curve.map { $0.divergence }.min() ?? 0
        #expect(close(least, divergence, 1e-4), "\(least)")
        // Grouping by centres finds the same limit within a few bins on smooth histograms.
        let own = DivergenceSearch(MagnitudeBins(counts: counts), levels: 1 << (bits - 1))
        #expect(abs(own.best - search.best) <= 8)
    }

    /// The plain form of the rule, bin by bin.
    @Test func entropyEqualsItsPlainForm() {
        var numbers = SeededNumbers(5)
        for trial in 0..<12 {
            let bins = 96, levels = trial.isMultiple(of: 2) ? 8 : 16
            var counts = (0..<bins).map { bin in
                (200 * numbers.next() * Double(bins - bin) / Double(bins)).rounded(.down)
            }
            if trial > 3 { for bin in counts.indices where numbers.next() < 0.5 { counts[bin] = 0 } }
            counts[bins - 1] = 1
            for grouping in [DivergenceSearch.Grouping.lowerEdge, .centre] {
                let search = DivergenceSearch(MagnitudeBins(counts: counts), levels: levels, grouping: grouping)
                let plain = Self.plainDivergences(counts, levels, grouping)
                for (i, divergence) in search.curve {
                    let expected = plain[i] ?? .infinity
                    #expect(
                        divergence == expected || abs(divergence - expected) < 1e-12, "\(i): \(divergence) \(expected)")
                }
                let least = plain.values.min() ?? 0
                let last = plain.keys.filter { (plain[$0] ?? .infinity) <= least + 1e-12 }.max()
                #expect(search.best == last)
            }
        }
    }

    private static func plainDivergences(
        _ counts: [Double], _ levels: Int, _ grouping: DivergenceSearch.Grouping
    ) -> [Int: Double] {
        var bins = counts
        bins[0] = bins[1]
        var result: [Int: Double] = [:]
        for i in levels...bins.count {
            var p = Array(bins[..<i])
            p[i - 1] += bins[i...].reduce(0, +)
            func group(_ bin: Int) -> Int {
                Int(((Double(bin) + (grouping == .centre ? 0.5 : 0)) * Double(levels) / Double(i)).rounded(.down))
            }
            var q = [Double](repeating: 0, count: i)
            for g in 0..<levels {
                let members = (0..<i).filter { group($0) == g && bins[$0] > 0 }
                let mean = members.reduce(0) { $0 + bins[$1] } / Double(max(1, members.count))
                for member in members { q[member] = mean }
            }
            let pTotal = p.reduce(0, +), qTotal = q.reduce(0, +)
            var divergence = 0.0
            for bin in 0..<i where p[bin] > 0 {
                divergence +=
                    q[bin] == 0 ? .infinity : p[bin] / pTotal * Naturals.log(p[bin] / pTotal / (q[bin] / qTotal))
            }
            result[i] = max(0, divergence)
        }
        return result
    }

    /// OCTAV from 1.0 at 4 bits, step by step on the Gaussian quantiles.
    @Test func octavTrace() throws {
        let values = try Self.sample("gauss").values(0..<4_096).map { abs($0) }
        let step = OCTAVCalibrator.Step(count: 4_096, noise: 1.0 / 256 / 3)
        var limit = 1.0
        for expected in [1.520_632, 1.938_577, 2.263_909, 2.475_032, 2.551_715, 2.558_743] {
            let above = values.filter { Double($0) >= limit }
            limit = step((Double(above.count), above.reduce(0) { $0 + Double($1) }))
            #expect(abs(limit - expected) < 0.6e-6, "\(limit)")
        }
        let found = try evaluation("gauss", "int4 sym clip:octav").quantizers[0].range.high
        #expect(abs(Double(found) - 2.558_743) < 1e-4)
    }

    @Test func percentilesOfMagnitudes() throws {
        // Magnitudes at the quantiles (i + ½)/n, so that order statistics are known.
        for (model, expected) in [
            (SourceModel.gauss, [(99.0, 2.5758), (99.9, 3.2905), (99.99, 3.8906), (99.999, 4.4172)]),
            (.laplace, [(99, 3.2563), (99.9, 4.8845), (99.99, 6.5127), (99.999, 8.1409)]),
        ] {
            let count = 1 << 20, both = model == .gauss ? Quantiles.gaussian(2 * count) : Quantiles.laplace(2 * count)
            let values = both.suffix(count).map { Float($0) }
            for (percent, limit) in expected {
                #expect(abs(2 * model.distribution(limit) - 1 - percent / 100) < 5e-5 * (1 - percent / 100) * limit)
                let recipe = try Recipe("int8 sym clip:percentile:\(percent)")
                let range = try Evaluator(tensor(values, [count]), recipe: recipe).quantizer(ofRange: 0).range
                let position = percent / 100 * Double(count - 1)
                let share = 1 - (position + 0.5) / Double(count), found = 2 - 2 * model.distribution(Double(range.high))
                #expect(close(found, share, percent < 99.99 ? 1e-4 : 1e-2), "\(model) \(percent): \(range.high)")
            }
        }
    }

    /// SQNR of Gaussian and Laplacian quantiles, restricted symmetric: clipped at the 99.9th percentile of |x| (an order
    /// statistic), by ACIQ of the right model, and at the best limit.
    @Test(arguments: [
        ("gauss", 2, 1.479, 5.943, 7.212, 1.2243), ("gauss", 3, 10.137, 13.116, 13.306, 1.9511),
        ("gauss", 4, 17.477, 18.902, 18.938, 2.4697), ("gauss", 5, 24.009, 24.421, 24.432, 2.8869),
        ("gauss", 6, 29.967, 29.949, 29.968, 3.2468), ("gauss", 8, 38.068, 40.989, 41.641, 3.6319),
        ("laplace", 2, 1.156, 5.060, 5.795, 1.4133), ("laplace", 3, 7.392, 10.702, 10.854, 2.4632),
        ("laplace", 4, 14.205, 15.714, 15.752, 3.3924), ("laplace", 5, 20.466, 20.704, 20.725, 4.2676),
        ("laplace", 6, 25.770, 25.881, 25.937, 5.0376), ("laplace", 8, 30.899, 35.960, 37.538, 5.7935),
    ])
    func clippedSQNR(name: String, bits: Int, percentile: Double, aciq: Double, best: Double, limit: Double) throws {
        let sorted = try Self.sample(name).values(0..<4_096).map { abs($0) }.sorted()
        let order = sorted[Int((0.999 * 4_096).rounded(.up)) - 1]
        func sqnr(_ clip: String) throws -> Double {
            try #require(try evaluation(name, "int\(bits) sym clip:\(clip)").metrics.sqnr)
        }
        #expect(abs(try sqnr("manual:\(-order),\(order)") - percentile) < 0.0006)
        #expect(abs(try sqnr("aciq-\(name)") - aciq) < 0.0006)
        let found = try evaluation(name, "int\(bits) sym clip:mse")
        #expect(try #require(found.metrics.sqnr) > best - 0.0006 && found.metrics.sqnr! < best + 0.01)
        // The valley is flat: limits of nearly the same error lie some way apart.
        #expect(close(Double(found.quantizers[0].range.high), limit, 0.02), "\(found.quantizers[0].range.high)")
    }
}

/// Numbers in [0, 1) from a seed.
private struct SeededNumbers {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }
    mutating func next() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) * 0x1p-53
    }
}
