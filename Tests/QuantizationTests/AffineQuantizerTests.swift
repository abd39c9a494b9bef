import Tensors
import Testing

@testable import Quantization

@Suite struct AffineQuantizerTests {
    private let values: [Float] = [-1, -0.5, 0, 0.25, 0.5, 1, 1.5]

    private func codes(_ mapping: Mapping, _ bits: Int, rounding: Rounding = .even) -> (Float, Int, [Int]) {
        let range = ClipRange(low: -1, high: 1.5)
        let quantizer = AffineQuantizer(range: range, bits: bits, mapping: mapping, scaleType: .float32)
        return (
            quantizer.scale, quantizer.zeroPoint,
            values.enumerated().map { quantizer.code(of: $1, rounding: rounding, index: $0) }
        )
    }

    /// The worked example for the seven values above: scales, zero-points and codes with ties to even.
    @Test func restricted() {
        #expect(codes(.symmetric, 8) == (1.5 / 127, 0, [-85, -42, 0, 21, 42, 85, 127]))
        #expect(codes(.symmetric, 4) == (1.5 / 7, 0, [-5, -2, 0, 1, 2, 5, 7]))
        #expect(codes(.symmetric, 2) == (1.5, 0, [-1, 0, 0, 0, 0, 1, 1]))
    }

    @Test func full() {
        #expect(codes(.symmetricFull, 8) == (3 / 255, 0, [-85, -42, 0, 21, 42, 85, 127]))
        #expect(codes(.symmetricFull, 4) == (3 / 15, 0, [-5, -2, 0, 1, 2, 5, 7]))
        #expect(codes(.symmetricFull, 2) == (1, 0, [-1, 0, 0, 0, 0, 1, 1]))
        #expect(codes(.symmetricFull, 8, rounding: .down).2 == [-85, -43, 0, 21, 42, 85, 127])
        #expect(codes(.symmetricFull, 4, rounding: .down).2 == [-5, -3, 0, 1, 2, 5, 7])
        #expect(codes(.symmetricFull, 2, rounding: .down).2 == [-1, -1, 0, 0, 0, 1, 1])
    }

    @Test func asymmetric() {
        #expect(codes(.asymmetric, 8) == (2.5 / 255, 102, [0, 51, 102, 128, 153, 204, 255]))
        #expect(codes(.asymmetric, 4) == (2.5 / 15, 6, [0, 3, 6, 8, 9, 12, 15]))
        #expect(codes(.asymmetric, 2) == (2.5 / 3, 1, [0, 0, 1, 1, 2, 2, 3]))
    }

    /// Survey figure 2, right: [-0.5, 1.5] at 8 bits has S = 2/255 and z = 64 in unsigned codes.
    @Test func figureTwo() {
        let quantizer = AffineQuantizer(
            range: ClipRange(low: -0.5, high: 1.5), bits: 8, mapping: .asymmetric, scaleType: .float32)
        #expect(quantizer.scale == 2 / 255 && quantizer.zeroPoint == 64)
        #expect(quantizer.reconstruction(of: 64) == 0)
    }

    @Test func theAsymmetricRangeHoldsZero() {
        let above = AffineQuantizer(
            range: ClipRange(low: 2, high: 4), bits: 4, mapping: .asymmetric, scaleType: .float32)
        #expect(above.range == ClipRange(low: 0, high: 4) && above.zeroPoint == 0)
        let below = AffineQuantizer(
            range: ClipRange(low: -4, high: -2), bits: 4, mapping: .asymmetric, scaleType: .float32)
        #expect(below.range == ClipRange(low: -4, high: 0) && below.zeroPoint == 15)
    }

    /// No range gives a scale that cannot be divided by, or a level that is not finite.
    @Test func degenerateRanges() {
        let limits: [(Float, Float)] = [
            (0, 0), (1, 1), (-0.0, 0), (0x1p-149, 0x1p-149), (-0x1p-133, 0x1p-139),
            (-.greatestFiniteMagnitude, .greatestFiniteMagnitude),
            (0, .greatestFiniteMagnitude), (-1e38, 3e38),
        ]
        for (low, high) in limits {
            for mapping in Mapping.allCases {
                for type in ScaleType.allCases {
                    for bits in [2, 8, 16] {
                        let quantizer = AffineQuantizer(
                            range: ClipRange(low: low, high: high), bits: bits, mapping: mapping, scaleType: type)
                        #expect(quantizer.scale >= .leastNormalMagnitude && quantizer.scale.isFinite)
                        #expect(quantizer.inverse.isFinite && quantizer.inverse > 0)
                        #expect(quantizer.levels.allSatisfy { $0.isFinite })
                        #expect(quantizer.reconstruction(of: quantizer.zeroPoint) == 0)
                    }
                }
            }
        }
        let zero = AffineQuantizer(range: ClipRange(low: 0, high: 0), bits: 4, mapping: .symmetric, scaleType: .float32)
        #expect(zero.scale == 1)
    }

    /// hi - lo beyond Float32 is taken in Double; the levels that are used stay finite.
    @Test func rangesBeyondFloat32() {
        let wide = AffineQuantizer(
            range: ClipRange(low: -3e38, high: 3e38), bits: 4, mapping: .asymmetric, scaleType: .float32)
        #expect(wide.scale == 4e37 && wide.zeroPoint == 8)
        #expect(wide.levels.first == -3.2e38 && wide.levels.last == 2.8e38)
    }

    @Test func storedScales() {
        #expect(ScaleType.float16.stored(0.1) == Float(Float16(0.1)))
        #expect(ScaleType.float8E8M0.stored(1) == 1 && ScaleType.float8E8M0.stored(Float(1).nextUp) == 2)
        #expect(ScaleType.float8E8M0.stored(0.3) == 0.5 && ScaleType.float8E8M0.stored(3.4e38) == 0x1p127)
        #expect(ScaleType.float8E8M0.stored(0) == .leastNormalMagnitude)
        #expect(ScaleType.bfloat16.stored(1.00390625) == 1)  // a tie, to even
        #expect(ScaleType.bfloat16.stored(1.01171875) == 1.015625)
        #expect(ScaleType.float16.stored(1e-9) == Float(Float16.leastNonzeroMagnitude))
        #expect(ScaleType.float16.stored(1e9) == 65_504)
        #expect(ScaleType.bfloat16.stored(.greatestFiniteMagnitude).isFinite)
    }

    @Test func roundingRules() {
        let inputs: [Float] = [-2.5, -1.5, -1.2, -0.5, 0.5, 0.49999997, 1.5, 2.5, 2.7]
        func rounded(_ rule: Rounding) -> [Float] { inputs.map { rule.round($0, index: 0) } }
        #expect(rounded(.even) == [-2, -2, -1, 0, 0, 0, 2, 2, 3])
        #expect(rounded(.away) == [-3, -2, -1, -1, 1, 0, 2, 3, 3])
        #expect(rounded(.up) == [-2, -1, -1, 0, 1, 0, 2, 3, 3])
        #expect(rounded(.down) == [-3, -2, -2, -1, 0, 0, 1, 2, 2])
        #expect(rounded(.zero) == [-2, -1, -1, 0, 0, 0, 1, 2, 2])
    }

    /// E[round(t)] = t, and the variance is f(1 - f).
    @Test func stochasticRoundingIsUnbiased() {
        for fraction: Float in [0.1, 0.5, 0.8] {
            let draws = (0..<40_000).map { Double(Rounding.stochastic(seed: 3).round(2 + fraction, index: $0)) }
            let mean = draws.reduce(0, +) / 40_000
            #expect(abs(mean - Double(2 + fraction)) < 0.01)
            let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 40_000
            #expect(abs(variance - Double(fraction * (1 - fraction))) < 0.01)
        }
        #expect(Rounding.stochastic(seed: 1).round(3, index: 9) == 3)
    }

    /// Every value of E4M3 stays, ties between neighbours go to the even code, all else to the nearer.
    @Test func scalesInE4M3() throws {
        let codes = try #require(
            TensorView(
                name: "codes", elementType: .float8E4M3, shape: Shape([126])!,
                source: ByteArray((1...126).map { UInt8($0) })))
        let values = codes.values(0..<126), stored = ScaleType.float8E4M3.stored
        for (index, value) in values.enumerated() {
            #expect(stored(value) == value)
            guard index + 1 < values.count else { continue }
            let next = values[index + 1], middle = (value + next) / 2
            // Codes count from 1 here: the lower one of an odd index is even.
            #expect(stored(middle) == (index % 2 == 1 ? value : next), "\(middle)")
            #expect(stored(middle.nextDown) == value && stored(middle.nextUp) == next)
        }
        #expect(stored(1e-9) == 0x1p-9 && stored(449) == 448 && stored(3e38) == 448)
    }

    @Test func smallScalesAreTheOnesUsed() throws {
        let values: [Float] = [-1, 0.3, 0.7, 0.9]
        for (word, scale, bits) in [("e8m0", Float(0.25), 8.0), ("e4m3", 0.140_625, 8)] {
            let recipe = try Recipe("int4 sym scale:\(word)")
            let evaluation = try Evaluator(tensor(values, [4]), recipe: recipe).evaluate()
            #expect(evaluation.quantizers[0].scale == scale)
            #expect(evaluation.metrics.size.bitsPerWeight == 4 + bits / 4)
            #expect(recipe.description == "int4 sym tensor scale:\(word)")
        }
    }
}
