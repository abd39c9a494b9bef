import Foundation
import Integers
import Testing

@testable import Lab

/// Functions in whole numbers against their definitions and the survey's figures.
struct IntegerFunctionTests {
    /// M = .02·.005/.05 = .002: b and c, and accumulators of both signs.
    @Test func dyadicMultipliers() {
        let multiplier = Dyadic(0.02 * 0.005 / 0.05)
        #expect(multiplier.factor == 1_099_511_628 && multiplier.shift == 39)
        for (sum, wanted) in [(12_345, 25), (-12_345, -25), (1_000, 2), (749, 1), (751, 2)] {
            #expect(multiplier.apply(Int64(sum)) == Int64(wanted))
        }
        // Halves go upwards, of numbers below zero too.
        let half = Dyadic(0.5)
        #expect([3, 5, -3, -5].map { half.apply($0) } == [2, 3, -1, -2])
        for value in [1.0, 0.75, 7.5, 1e-6, 123.456, -0.3] {
            #expect(abs(Dyadic(value).value / value - 1) < 1e-9)
        }
        // One bit is a bare shift, up or down.
        for (value, wanted) in [(0.3, 0.25), (0.4, 0.5), (0.002, 1.0 / 512), (3.0, 4.0), (12.0, 16.0)] {
            #expect(Dyadic(value, bits: 1).value == wanted, "\(value)")
        }
        #expect(Dyadic(0).apply(1_000_000) == 0)
    }

    @Test func squareRoots() {
        var random = RandomSource(seed: 5)
        let some = (0..<2_000).map { _ in Int64(random.next() >> UInt64(2 + random.next() % 60)) }
        for n in [0, 1, 2, 3, 4, 15, 16, 17, (1 << 62) - 1, 1 << 62] + some {
            let root = IntegerFunctions.squareRoot(n)
            #expect(root * root <= n && (root + 1).multipliedReportingOverflow(by: root + 1).partialValue > n || n == 0)
        }
    }

    /// I-BERT's figures at a scale of 1/64.
    @Test func softmax() {
        let scale = 1.0 / 64, scores: [Int32] = [0, -64, -128, -320]
        var powers = [Int64](repeating: 0, count: 4), shares = [Int32](repeating: 0, count: 4)
        IntegerExponential(scale: scale).apply(scores, into: &powers)
        let unit = IntegerExponential.resultScale(scale)
        for (power, wanted) in zip(powers, [0.999956, 0.372054, 0.137848, 0.007238]) {
            #expect(abs(Double(power) * unit - wanted) < 1e-4)
        }
        IntegerSoftmax(IntegerExponential(scale: scale)).shares(scores, &powers, &shares, bits: 24)
        for (share, wanted) in zip(shares, [0.659125, 0.245241, 0.090863, 0.004771]) {
            #expect(abs(Double(share) / Double(1 << 24) - wanted) < 5e-5)
        }
        // Fine scales lose nothing of it, whose powers are large.
        for fine in [1.0 / 4_096, 1e-5, 1e-7, 1e-12] {
            var many = [Int64](repeating: 0, count: 49), equal = [Int32](repeating: 0, count: 49)
            IntegerSoftmax(IntegerExponential(scale: fine)).shares([Int32](repeating: 3, count: 49), &many, &equal)
            // 2^15/49 is 668.7.
            #expect(equal.allSatisfy { $0 == 669 }, "\(fine)")
        }
        // All of it is one less than 2^bits, and what is far below is nothing.
        var two = [Int64](repeating: 0, count: 2), parts: [Int32] = [0, 0]
        IntegerSoftmax(IntegerExponential(scale: scale)).shares([0, -100_000], &two, &parts)
        #expect(parts == [32_767, 0])
    }

    /// exp in the whole range, finely and coarsely.
    @Test(arguments: [0.4, 0.05, 1.0 / 512, 1e-4]) func exponentials(scale: Double) {
        let exponential = IntegerExponential(scale: scale), unit = IntegerExponential.resultScale(scale)
        let scores = stride(from: 0, through: -14.0, by: -0.037).map { Int32(($0 / scale).rounded()) }
        var powers = [Int64](repeating: 0, count: scores.count)
        exponential.apply(scores, into: &powers)
        for (score, power) in zip(scores, powers) {
            // .0019 of the parabola, and what floors of the constants lose at coarse scales.
            #expect(abs(Double(power) * unit - exp(Double(score) * scale)) < 0.003 + 0.8 * scale)
        }
    }
}
