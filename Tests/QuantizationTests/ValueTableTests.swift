import Basics
import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// Tensors of 8 and 16 bits, whose every answer comes from how often each value occurs.
@Suite struct ValueTableTests {
    private static let types: [ElementType] = [
        .bool, .uint8, .int8, .uint16, .int16, .float16, .bfloat16, .float8E4M3, .float8E5M2, .float8E4M3FNUZ,
    ]

    /// Random patterns of a type, non-finite values among them.
    private static func view(_ type: ElementType, _ count: Int, isSwapped: Bool = false) throws -> TensorView {
        var numbers = SeededRandom(UInt64(count))
        let bytes = (0..<count * type.bitWidth / 8).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        return try #require(
            TensorView(
                name: "t", elementType: type, shape: Shape([count])!, isByteSwapped: isSwapped, source: ByteArray(bytes)
            ))
    }

    @Test(arguments: types)
    func statisticsAreThoseOfTheValues(type: ElementType) throws {
        let view = try Self.view(type, 5_003), values = view.values(0..<5_003).filter { $0.isFinite }
        let summary = try FirstPass(view).run(WorkContext(threads: 2)), found = summary.statistics
        #expect(summary.table != nil)
        let plain = try FirstPass(tensor(view.values(0..<5_003), [5_003])).run(WorkContext(threads: 1)).statistics
        #expect(found.count == plain.count && found.nanCount == plain.nanCount)
        #expect(found.infinityCount == plain.infinityCount && found.zeroCount == plain.zeroCount)
        #expect(found.minimum == plain.minimum && found.maximum == plain.maximum && found.finiteCount == values.count)
        #expect(found.percentiles == plain.percentiles)
        #expect(close(try #require(found.mean), try #require(plain.mean), 1e-6, floor: 1e-9))
        #expect(close(try #require(found.standardDeviation), try #require(plain.standardDeviation), 1e-6))
        #expect(close(found.kurtosis ?? 0, plain.kurtosis ?? 0, 1e-5))
        // Zeros of either sign are one in the table.
        func merged(_ buckets: BucketHistogram) -> [UInt64] {
            var counts = buckets.counts
            counts[0x8000] += counts[0x7FFF]
            counts[0x7FFF] = 0
            return counts
        }
        let whole = tensor(view.values(0..<5_003), [5_003])
        #expect(merged(summary.buckets) == merged(try FirstPass(whole).run(WorkContext(threads: 1)).buckets))
    }

    @Test func swappedBytesAreRead() throws {
        let view = try Self.view(.float16, 999, isSwapped: true)
        let plain = tensor(view.values(0..<999), [999])
        let found = try FirstPass(view).run(WorkContext()).statistics
        #expect(found.percentiles == (try FirstPass(plain).run(WorkContext()).statistics.percentiles))
    }

    /// Every metric and every calibrator's range is that of the values themselves.
    @Test(arguments: [ElementType.float16, .bfloat16, .int8])
    func evaluationsAreThoseOfTheValues(type: ElementType) throws {
        var numbers = SeededRandom(3)
        let bell = numbers.bell(6_000).map { $0 * 20 }
        let bytes: [UInt8] = bell.flatMap { value -> [UInt8] in
            switch type {
            case .float16:
                let bits = Float16(value).bitPattern
                return [UInt8(bits & 0xFF), UInt8(bits >> 8)]
            case .bfloat16:
                let bits = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
                return [UInt8(bits & 0xFF), UInt8(bits >> 8)]
            default: return [UInt8(bitPattern: Int8(max(-128, min(127, value))))]
            }
        }
        let view = try #require(
            TensorView(name: "t", elementType: type, shape: Shape([60, 100])!, source: ByteArray(bytes)))
        let plain = tensor(view.values(0..<6_000), [60, 100])
        for clip in CalibratorCatalog.entries.filter({ $0.name != "manual" }) {
            for mapping in Mapping.allCases {
                for numbers in clip.usual {
                    var recipe = try Recipe("int4 \(mapping.rawValue) tensor round:away")
                    recipe.clipping = Clipping(clip.name, numbers)
                    let table = try Evaluator(view, recipe: recipe).evaluate()
                    let values = try Evaluator(plain, recipe: recipe).evaluate()
                    let a = table.quantizers[0].range, b = values.quantizers[0].range
                    // Searches that look at values and at a table may find neighbouring valleys of the same depth.
                    let isSearch = ["mse", "mae"].contains(clip.name)
                    #expect(
                        isSearch
                            || close(Double(a.high), Double(b.high), 1e-6) && close(Double(a.low), Double(b.low), 1e-6),
                        "\(recipe): \(a) \(b)")
                    let x = table.metrics, y = values.metrics
                    #expect(close(x.mse, y.mse, isSearch ? 2e-3 : 1e-5), "\(recipe)")
                    if !isSearch, a == b {
                        #expect(x.clippedFraction == y.clippedFraction && x.zeroedFraction == y.zeroedFraction)
                        #expect(table.codeCounts == values.codeCounts && x.maxAbsError == y.maxAbsError)
                        #expect(close(x.bias, y.bias, 1e-4, floor: 1e-7) && close(x.mae, y.mae, 1e-6))
                        #expect(close(x.clipError + x.roundError, x.mse, 1e-12))
                    }
                }
            }
        }
    }

    /// Results do not hang on whether the first pass was handed over.
    @Test func theSummaryChangesNothing() throws {
        let view = try Self.view(.bfloat16, 4_000), recipe = try Recipe("int5 asym clip:mse")
        let summary = try FirstPass(view).run(WorkContext())
        let with = try Evaluator(view, recipe: recipe, summary: summary).evaluate()
        let without = try Evaluator(view, recipe: recipe).evaluate()
        #expect(with.metrics == without.metrics && with.quantizers == without.quantizers)
    }

    @Test func aCancelledCountGoesOn() throws {
        let view = try Self.view(.float16, 3 << 20)
        let pass = FirstPass(view), flag = CancelFlag()
        flag.cancel()
        #expect(throws: Cancelled.self) { try pass.run(WorkContext(threads: 2, cancel: flag)) }
        let summary = try pass.run(WorkContext(threads: 2))
        #expect(summary.statistics.count == 3 << 20)
        #expect(try #require(summary.table).finiteCount == summary.statistics.finiteCount)
    }
}
