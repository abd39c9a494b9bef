import KernelTypes
import SeededRandom
import Testing

@testable import Quantization

/// The kernels of every instruction set that this processor has.
@Suite struct KernelTests {
    /// Codes from zero on of so many levels: all alike, two by turns, in order, and at random; several blocks and a rest.
    private static func inputs(levels: Int) -> [[Int]] {
        var random = SeededRandom(UInt64(levels))
        let count = 3 * 2_048 + 37
        return [
            Array(repeating: 0, count: count), Array(repeating: levels - 1, count: count),
            (0..<count).map { $0 % 2 * (levels - 1) }, (0..<count).map { $0 % levels },
            (0..<count).map { _ in Int.random(in: 0..<levels, using: &random) }, [levels - 1], [],
        ]
    }

    private static func evaluate(
        _ values: [Float], levels: Int, _ set: any KernelSet.Type
    ) -> (counts: [UInt32], sums: KernelSums) {
        var tables = [UInt32](repeating: 0, count: 4 * levels), sums = KernelSums()
        tables.withUnsafeMutableBufferPointer { tables in
            values.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                set.evaluate(
                    base, values.count,
                    grid: KernelGrid(inverse: 2, scale: 0.5, low: 0, high: Float(levels - 1)), codec: .affine(.even),
                    index: 0, factors: KernelFactors(error: 1, value: 1, reconstruction: 1),
                    outputs: KernelOutputs(
                        codeCounts: tables.baseAddress, codeCount: levels, hasFourTables: true, squaredErrors: nil),
                    into: &sums)
            }
        }
        return ((0..<levels).map { code in (0..<4).reduce(0) { $0 + tables[$1 * levels + code] } }, sums)
    }

    /// Few codes are counted in registers, more of them in tables: each code as often as it occurs.
    @Test(arguments: [2, 3, 15, 16, 17, 31, 32, 33, 64, 255])
    func codesAreCounted(levels: Int) {
        for codes in Self.inputs(levels: levels) {
            var expected = [UInt32](repeating: 0, count: levels)
            for code in codes { expected[code] += 1 }
            for possible in Kernel.possible {
                let found = Self.evaluate(codes.map { Float($0) / 2 }, levels: levels, possible.set)
                #expect(found.counts == expected, "\(possible.name)")
                #expect(found.sums.squaredError == 0)
            }
        }
    }

    /// Every sum has the same bits in all of them.
    @Test func instructionSetsAgree() {
        var random = SeededRandom(5)
        let values = random.bell(10_007)
        let first = Self.evaluate(values, levels: 16, Kernel.possible[0].set)
        for possible in Kernel.possible.dropFirst() {
            let other = Self.evaluate(values, levels: 16, possible.set)
            #expect(other.counts == first.counts, "\(possible.name)")
            for sum in [
                \KernelSums.roundedSquaredError, \.clippedSquaredError, \.absoluteError, \.error, \.squaredOriginal,
                \.squaredReconstruction, \.product,
            ] {
                #expect(other.sums[keyPath: sum] == first.sums[keyPath: sum], "\(possible.name)")
            }
            #expect(
                other.sums.zeroedCount == first.sums.zeroedCount && other.sums.largestError == first.sums.largestError)
            #expect(other.sums.clippedCount == first.sums.clippedCount && first.sums.clippedCount > 0)
        }
    }
}
