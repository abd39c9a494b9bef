import Foundation
import SeededRandom
import Tensors
import Testing

@testable import Quantization
@testable import TensorFiles

/// Blocks under scales of their own: MX, NVFP4, NF4.
@Suite struct BlockFormatTests {
    /// torchao's MX and NVFP4 and bitsandbytes' NF4: every reconstruction.
    @Test func blocksEqualTheToolkits() throws {
        let inputs = try #require(FormatCases.book["inputs"] as? [String: [String: Any]])
        let cases = try #require(FormatCases.book["tensors"] as? [[String: Any]])
        #expect(cases.count == 27)
        for entry in cases {
            let name = try #require(entry["input"] as? String), recipe = try #require(entry["recipe"] as? String)
            let values = FormatCases.floats(inputs[name]?["values"]).compactMap { $0 }
            let shape = try #require(inputs[name]?["shape"] as? [Int])
            let evaluator = try Evaluator(tensor(values, shape), recipe: try Recipe(recipe))
            let got = try evaluator.reconstructionHead(values.count)
            let want = FormatCases.floats(entry["results"]).compactMap { $0 }
            #expect(got.count == want.count)
            let isExact = recipe.hasPrefix("mx")
            for (position, (a, b)) in zip(got, want).enumerated() {
                // Toolkits of two-level and absmax scales multiply by reciprocals: the last bit may differ.
                #expect(
                    isExact ? a == b : close(Double(a), Double(b), 1e-6, floor: 1e-12),
                    "\(name) \(recipe) at \(position): \(values[position]) → \(a), not \(b)")
            }
        }
    }

    /// B.4: the levels follow from the rule; 4.127 bits a weight with double quantization.
    @Test func normalFloat() throws {
        let offset = 1 - 0.5 * (1 / 32.0 + 1 / 30.0)
        func part(_ count: Int) -> [Double] {
            (0..<count).map { Quantiles.probit(offset + (0.5 - offset) * Double($0) / Double(count)) }
        }
        let largest = Quantiles.probit(offset)
        let levels = (part(7).map { -$0 } + [0] + part(8).reversed()).map { $0 / largest }
        let format = try #require(try Recipe("nf4").format as? NF4Format)
        #expect(format.book.levels.count == 16 && format.book.zeroPlace == 7)
        for (level, expected) in zip(format.book.levels, levels) { #expect(abs(Double(level) - expected) < 2e-7) }
        var numbers = SeededRandom(2)
        let view = tensor(numbers.bell(64 * 1_024), [64, 1_024])
        for (scale, bits) in [("", 4.5), (" scale:dq", 4.126953125)] {
            let evaluation = try Evaluator(view, recipe: try Recipe("nf4 group:64" + scale)).evaluate()
            #expect(evaluation.metrics.size.bitsPerWeight == bits)
        }
    }

    /// Scales of 256 blocks are whole multiples of one step, within half of it.
    @Test func doubleQuantization() throws {
        var numbers = SeededRandom(6)
        let view = tensor(numbers.bell(640 * 64), [640, 64])
        let plain = try Evaluator(view, recipe: try Recipe("nf4 group:64"))
        let stored = try Evaluator(view, recipe: try Recipe("nf4 group:64 scale:dq"))
        for block in [0..<256, 256..<512, 512..<640] {
            let scales = try block.map { try plain.quantizer(ofRange: $0).scale }
            let step = (scales.max() ?? 0) / 255
            for (range, scale) in zip(block, scales) {
                let found = try stored.quantizer(ofRange: range).scale
                #expect(abs(found - scale) <= step * 0.5001)
                #expect(abs(found / step - (found / step).rounded()) < 1e-3)
            }
        }
    }

    /// Shared scales: 2^(⌊log2 t⌋ - emax), and what the floor clips (7.99 becomes 6).
    @Test func sharedExponents() throws {
        let values = [Float(7.99)] + [Float](repeating: 0.5, count: 31)
        let quantizer = try Evaluator(tensor(values, [32]), recipe: try Recipe("mxfp4")).quantizer(ofRange: 0)
        #expect(quantizer.scale == 1)
        #expect(quantizer.reconstruction(of: quantizer.code(of: 7.99, rounding: .even, index: 0)) == 6)
        #expect(quantizer.isClipped(7.99) && !quantizer.isClipped(6.9))
        for (text, t, scale) in [
            ("mxfp4", Float(8), Float(2)), ("mxfp8-e4m3", 8, 0x1p-5), ("mxint8", 0.75, 0.5), ("mxfp4", 0, 1),
            ("mxfp4", 0x1p-130, 0x1p-127), ("mxfp8-e5m2", .greatestFiniteMagnitude, 0x1p112),
        ] {
            let found = try Evaluator(tensor([t, t / 2], [2]), recipe: try Recipe(text)).quantizer(ofRange: 0).scale
            #expect(found == scale, "\(text) of \(t): \(found)")
        }
        // Short blocks are padded.
        let view = tensor([Float](repeating: 1, count: 40), [40])
        let size = try Evaluator(view, recipe: try Recipe("mxfp4")).evaluate().metrics.size
        #expect(size.bits == 2 * (32 * 4 + 8))
    }

    /// Nothing but zeros stays nothing, also where there is no level 0.
    @Test func zerosStayZeros() throws {
        for text in FormatConformanceTests.formats {
            let recipe = try Recipe(text)
            guard let evaluator = try? Evaluator(tensor([Float](repeating: 0, count: 64), [4, 16]), recipe: recipe)
            else {
                continue
            }
            let largest = try evaluator.reconstructionHead(64).reduce(0) { max($0, abs($1)) }
            // Types of few bits have a smallest scale.
            #expect(largest <= (recipe.scaleType == .float32 ? .leastNormalMagnitude : 1e-7), "\(text): \(largest)")
        }
    }

    /// A block without extent does not widen the step that its neighbours share.
    @Test func zeroBlocksDoNotWidenTheStep() throws {
        var numbers = SeededRandom(9)
        var values = numbers.bell(64 * 20).map { $0 * 0.001 }
        for i in 64..<128 { values[i] = 0 }
        for text in ["nf4 group:64", "int4 sym group:64", "int4 asym group:64", "ternary group:64", "binary group:64"] {
            let plain = try Evaluator(tensor(values, [20, 64]), recipe: try Recipe(text)).evaluate().metrics
            let stored = try Evaluator(tensor(values, [20, 64]), recipe: try Recipe(text + " scale:dq")).evaluate()
            #expect(stored.metrics.mse < plain.mse * 1.02, "\(text)")
        }
    }

    /// B.6: signal to noise on N(0, 1).
    @Test(arguments: [
        ("mxfp4", 18.79), ("nvfp4", 20.44), ("nf4 group:64", 20.73), ("int4 sym group:64", 19.36),
        ("int4 sym group:32", 20.27), ("mxfp6-e2m3", 30.95), ("mxfp6-e3m2", 25.36), ("mxfp8-e4m3", 30.65),
        ("mxfp8-e5m2", 25.36), ("mxint8", 41.67),
    ])
    func signalToNoise(recipe: String, expected: Double) throws {
        let evaluation = try Evaluator(Self.normal, recipe: try Recipe(recipe)).evaluate()
        let sqnr = try #require(evaluation.metrics.sqnr)
        #expect(abs(sqnr - expected) < 0.03, "\(recipe): \(sqnr)")
    }

    /// 1.6 million values of N(0, 1): Box and Muller.
    private static let normal: TensorView = {
        var numbers = SeededRandom(1)
        var values: [Float] = []
        values.reserveCapacity(1_600_000)
        while values.count < 1_600_000 {
            let a = Double.random(in: 0..<1, using: &numbers), b = Double.random(in: 0..<1, using: &numbers)
            let radius = (-2 * Foundation.log(1 - a)).squareRoot()
            values.append(Float(radius * cos(2 * .pi * b)))
            values.append(Float(radius * sin(2 * .pi * b)))
        }
        return tensor(values, [1_600, 1_000])
    }()
}
