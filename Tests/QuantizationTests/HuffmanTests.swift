import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// Codes of variable length (survey II.3).
@Suite struct HuffmanTests {
    @Test func smallCodes() {
        #expect(HuffmanCode.averageLength([]) == 0 && HuffmanCode.averageLength([5, 0]) == 0)
        #expect(HuffmanCode.averageLength([1, 1]) == 1 && HuffmanCode.averageLength([7, 0, 7, 7, 7]) == 2)
        // Lengths 1, 2, 3, 3.
        #expect(HuffmanCode.averageLength([8, 4, 2, 2]) == 1.75)
        // Lengths 4, 3, 1, 2, 4.
        #expect(HuffmanCode.averageLength([1, 2, 8, 4, 1]) == 30.0 / 16)
    }

    @Test func betweenTheEntropyAndOneMore() {
        var numbers = SeededRandom(41)
        for round in 1...60 {
            let counts = (0..<round * 3).map { _ in UInt64.random(in: 0..<UInt64(round * round), using: &numbers) }
            let total = Double(counts.reduce(0, +))
            guard total > 0, counts.count(where: { $0 > 0 }) > 1 else { continue }
            let entropy = counts.reduce(0.0) { sum, count in
                count == 0 ? sum : sum + Double(count) / total * Naturals.log(total / Double(count)) / Naturals.log(2)
            }
            let length = HuffmanCode.averageLength(counts)
            #expect(length >= entropy - 1e-9 && length < entropy + 1)
        }
    }

    /// What the best equal steps leave on the table (survey II.3): source, levels, entropy and Huffman's mean length.
    @Test(arguments: [
        (SourceModel.gauss, 4, 1.9037, 1.9791), (.gauss, 8, 2.7606, 2.7966), (.gauss, 16, 3.6024, 3.6326),
        (.gauss, 32, 4.4493, 4.4729), (.laplace, 4, 1.7507, 1.8223), (.laplace, 8, 2.3919, 2.4822),
        (.laplace, 16, 3.0634, 3.0661), (.laplace, 32, 3.7813, 3.8208),
    ])
    func uniformQuantizers(model: SourceModel, levels: Int, entropy: Double, huffman: Double) {
        let step = OptimalUniform(model, .midRise(levels: levels)).step
        let edges = (1..<levels).map { (Double($0) - Double(levels) / 2) * step }
        let below = [0] + edges.map { model.distribution($0) } + [1]
        let counts = zip(below, below.dropFirst()).map { UInt64((($1 - $0) * 1e12).rounded()) }
        let total = counts.reduce(0.0) { $0 + Double($1) }
        let found = counts.reduce(0.0) { sum, count in
            count == 0 ? sum : sum - Double(count) / total * Naturals.log(Double(count) / total) / Naturals.log(2)
        }
        #expect(abs(found - entropy) < 1e-4)
        #expect(abs(HuffmanCode.averageLength(counts) - huffman) < 1e-4)
    }
}
