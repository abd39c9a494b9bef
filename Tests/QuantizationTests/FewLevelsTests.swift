import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Quantization

/// Powers of two, sums of signs and zero bands: the numbers of the survey and of the papers.
@Suite struct FewLevelsTests {
    /// L13: powers of two stop improving, sums of them go on for a while.
    @Test func powersOfTwo() throws {
        let gauss = quantiles(.gauss, 1 << 16), laplace = quantiles(.laplace, 1 << 16)
        for (values, recipe, expected) in [
            (gauss, "apot4 tensor clip:mse", 0.012100), (gauss, "pow2-4 tensor clip:mse", 0.037745),
            (gauss, "pow2-6 tensor clip:mse", 0.037729), (laplace, "apot4 tensor clip:mse", 0.020380),
            (laplace, "pow2-4 tensor clip:mse", 0.038301), (gauss, "apot5 tensor clip:mse", 0.006005),
        ] {
            let error = try relativeError(values, recipe)
            // Finite samples have no far tail, which matters for the Laplacian.
            #expect(close(error, expected, 0.005), "\(recipe): \(error), not \(expected)")
        }
        func magnitudes(_ bits: Int) -> [Float] { AdditivePowersFormat.magnitudes(bits: bits) }
        #expect(magnitudes(1) == [0, 1] && magnitudes(2) == [0, 0.25, 0.5, 1])
        #expect(magnitudes(3) == [0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1])
        let four: [Float] = [
            0, 1 / 48, 1 / 24, 1 / 16, 1 / 12, 1 / 8, 1 / 6, 3 / 16, 1 / 4, 1 / 3, 3 / 8, 1 / 2, 2 / 3, 11 / 16, 3 / 4,
            1,
        ]
        #expect(zip(magnitudes(4), four).allSatisfy { abs($0 - $1) < 1e-7 } && magnitudes(4).count == 16)
        #expect(try Recipe("pow2-4").format.codeCount == 15)
    }

    /// L14: greedy and alternating binary codes.
    @Test func binaryCodes() throws {
        let gauss = quantiles(.gauss, 1 << 16), cells = ValueCells(sorted: gauss)
        let greedy = BinaryCodeFit(cells, planes: 4).greedy
        for (alpha, expected) in zip(greedy, [0.79788, 0.48262, 0.26844, 0.15967]) {
            #expect(abs(alpha - expected) < 2e-4)
        }
        for (planes, alphas, error) in [
            (2, [0.98160, 0.52882], 0.117482), (3, [0.98825, 0.74815, 0.45103], 0.035267), (4, [], 0.010904),
        ] {
            let fit = BinaryCodeFit(cells, planes: planes)
            for (alpha, expected) in zip(fit.alphas, alphas) { #expect(abs(alpha - expected) < 0.002, "\(fit.alphas)") }
            let found = try relativeError(gauss, "bcq\(planes) tensor")
            #expect(found < error * 1.003, "\(planes): \(found), not \(error)")
        }
        for (planes, error) in [(1, 0.363380), (2, 0.130454), (3, 0.058394), (4, 0.032898)] {
            let left = squaredError(gauss, BinaryCodeFit.book(Array(greedy.prefix(planes)))) / Double(gauss.count)
            // The nearest sum is at least as good as the greedy one.
            #expect(left < error * 1.001)
        }
    }

    /// Normal equations of planes that codes do not tell apart are singular: still one more plane is never worse.
    @Test func onePlaneMoreIsNeverWorse() throws {
        var numbers = SeededRandom(91)
        for attempt in 0..<300 {
            var values = numbers.bell(24 + attempt % 5 * 40).map { $0 * (attempt % 3 == 0 ? 1e-3 : 1) }
            switch attempt % 6 {
            case 0: values[7] = 700
            case 1: values[3] = -4_000
            case 2: values = values.map { $0.rounded() }
            case 3: values = values.map { $0 < 0 ? -2 : 5 }
            case 4: values = values.map { $0 + 100 }
            default: break
            }
            let cells = ValueCells(sorted: values.sorted())
            // Of codes that are exact nothing is left but rounding.
            let power = values.reduce(0) { $0 + Double($1) * Double($1) }
            var before = Double.infinity
            for planes in 1...5 {
                let error = BinaryCodeFit.error(of: cells, BinaryCodeFit(cells, planes: planes).alphas)
                #expect(
                    error <= before * (1 + 1e-9) + 1e-24 * power,
                    "\(attempt): \(planes) planes leave \(error), one less \(before)")
                before = error
            }
        }
    }

    @Test func shortestSolutionOfASingularSystem() {
        // Two planes that are always alike share what one would take.
        for (found, expected) in zip(SymmetricSystem.leastSquares([[4, 4], [4, 4]], [6, 6]), [0.75, 0.75]) {
            #expect(close(found, expected, 1e-12))
        }
        let found = SymmetricSystem.leastSquares([[4, 1, 0], [1, 3, -1], [0, -1, 2]], [1, 2, 3])
        for (value, expected) in zip(found, [-1.0 / 9, 13.0 / 9, 20.0 / 9]) { #expect(close(value, expected, 1e-9)) }
    }

    /// IV-E: binary and ternary optima.
    @Test func signsAndZeroBands() throws {
        let gauss = quantiles(.gauss, 1 << 16), laplace = quantiles(.laplace, 1 << 16)
        let uniform = (0..<1 << 14).map { 2 * (Float($0) + 0.5) / Float(1 << 14) - 1 }
        for (values, recipe, scale, threshold, error) in [
            (gauss, "binary", 0.797885, nil, 0.363380), (laplace, "binary", 0.707107, nil, 0.5),
            (uniform, "binary", 0.5, nil, 0.25), (gauss, "ternary", 1.18416, 0.55852, 0.191625),
            (gauss, "ternary-opt", 1.224006, 0.612003, 0.190174),
            (laplace, "ternary-opt", 1.414214, 0.707107, 0.264241),
            (laplace, "ternary", nil, nil, 0.282434), (uniform, "ternary-opt", 2.0 / 3, 1.0 / 3, 1.0 / 9),
        ] as [([Float], String, Double?, Double?, Double)] {
            let evaluation = try Evaluator(tensor(values, [values.count]), recipe: try Recipe(recipe)).evaluate()
            let power = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
            #expect(close(evaluation.metrics.mse / power, error, 0.001), "\(recipe)")
            if let scale { #expect(close(Double(evaluation.quantizers[0].scale), scale, 0.002), "\(recipe)") }
            if case .ternary(let ternary) = evaluation.quantizers[0], let threshold {
                #expect(close(Double(ternary.threshold), threshold, 0.01), "\(recipe): \(ternary.threshold)")
            }
        }
        // On the 4,096 quantiles (C.1).
        let sample = try SampleCatalog.open().tensor(named: "gauss")
        let ternary = try Evaluator(sample, recipe: try Recipe("ternary")).evaluate()
        #expect(abs(1 - ternary.metrics.zeroedFraction - 0.57666) < 1e-4)
        #expect(abs(Double(ternary.quantizers[0].scale) - 1.183907) < 1e-5)
        let half = tensor([0.5, -1, 0.25, -0.25], [4])
        #expect(try Evaluator(half, recipe: try Recipe("binary")).quantizer(ofRange: 0).scale == 0.5)
    }

    /// No threshold does better than the best one.
    @Test func theBestZeroBandIsTheBest() throws {
        var numbers = SeededRandom(19)
        for round in 0..<40 {
            let values = numbers.bell(3 + round).map { round % 4 == 0 ? ($0 * 3).rounded() : $0 }
            guard values.contains(where: { $0 != 0 }) else { continue }
            let evaluation = try Evaluator(tensor(values, [values.count]), recipe: try Recipe("ternary-opt")).evaluate()
            let least =
                values.map { abs($0) }.filter { $0 > 0 }.map { limit -> Double in
                    let beyond = values.filter { abs($0) >= limit }
                    let alpha = beyond.reduce(0) { $0 + abs(Double($1)) } / Double(beyond.count)
                    return values.reduce(0) { sum, x in
                        let e = abs(x) >= limit ? abs(Double(x)) - alpha : Double(x)
                        return sum + e * e
                    } / Double(values.count)
                }.min() ?? 0
            #expect(close(evaluation.metrics.mse, least, 1e-6, floor: 1e-12))
        }
    }
}
