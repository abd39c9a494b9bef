import TensorFiles
import Tensors
import Testing

@testable import Lab

struct DataTests {
    @Test func glyphsFollowFromTheSeed() throws {
        let first = try Glyphs.dataset(seed: 1, training: 40, test: 10),
            again = try Glyphs.dataset(seed: 1, training: 40, test: 10)
        let other = try Glyphs.dataset(seed: 2, training: 40, test: 10)
        #expect(first.training.inputs == again.training.inputs)
        #expect(first.training.inputs != other.training.inputs)
        #expect(first.training.labels == (0..<40).map { $0 % 10 })
        #expect(first.training.inputs.allSatisfy { (0...1).contains($0) })
    }

    @Test func randomNumbers() {
        var random = RandomSource(seed: 3)
        let normal = (0..<20_000).map { _ in random.gaussian() }
        let mean = normal.reduce(0, +) / 20_000, square = normal.reduce(0) { $0 + $1 * $1 } / 20_000
        #expect(abs(mean) < 0.03)
        #expect(abs(square - 1) < 0.05)
        #expect(random.permutation(50).sorted() == Array(0..<50))
        var (a, b) = (RandomSource(seed: 1, stream: "a"), RandomSource(seed: 1, stream: "b"))
        #expect(a.next() != b.next())
    }
}
