import Basics
import SeededRandom
import Testing

@testable import Quantization

/// All elements in units of their ranges, and values on a grid of their own, against plain loops over the elements.
@Suite struct UnitHistogramTests {
    @Test(arguments: [
        "int4 sym channel:0", "int4 asym channel:0", "int8 sym channel:1", "int3 asym group:16", "int5 asym channel:0",
        "int4 sym channel:0 round:stochastic:3", "nf4", "mxfp4", "fp8-e4m3 channel:0",
    ])
    func unitsAreThoseOfTheRanges(text: String) throws {
        var numbers = SeededRandom(23)
        var values = numbers.bell(24 * 64)
        // Rows of other sizes and places, one of zeros, one with what is not a number.
        for column in 0..<64 {
            values[2 * 64 + column] *= 100
            values[3 * 64 + column] += 7
            values[4 * 64 + column] = 0
        }
        values[5 * 64 + 9] = .nan
        let view = tensor(values, [24, 64]), recipe = try Recipe(text), evaluator = try Evaluator(view, recipe: recipe)
        let detail = try evaluator.detail(DetailQuestion(range: 1, coverage: .units, bins: 300))
        #expect(detail.coverage == .units)
        var original = Histogram(detail.original.binning), back = Histogram(detail.original.binning)
        func zero(_ quantizer: Quantizer) -> Double {
            if case .affine(let affine) = quantizer { Double(affine.zeroPoint - affine.lowestCode) } else { 0 }
        }
        let shown = try evaluator.quantizer(ofRange: 1)
        for (index, value) in values.enumerated() where value.isFinite {
            let own = try evaluator.quantizer(ofRange: evaluator.layout.range(ofElement: index))
            let code = own.code(of: value, rounding: recipe.rounding, index: index)
            func inUnits(_ value: Float) -> Double {
                guard own.scale > 0 else { return 0 }
                return (Double(value) / Double(own.scale) + zero(own) - zero(shown)) * Double(shown.scale)
            }
            original.add(inUnits(value))
            back.add(inUnits(own.reconstruction(of: code)))
        }
        for (found, plain) in [(detail.original, original), (detail.reconstruction, back)] {
            #expect(
                found.counts.reduce(0, +) == plain.counts.reduce(0, +) && found.below == plain.below
                    && found.above == plain.above, "\(text)")
            // A value within a rounding of an edge may fall on its other side.
            let moved = zip(found.counts, plain.counts).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(moved <= 4, "\(text): \(moved) elements in other bins")
        }
        #expect(detail.reconstruction.counts.reduce(0, +) > 0)
    }

    @Test func gridsAreFound() throws {
        let hundredths = (-40...90).map { Float($0) * 0.01 }
        let grid = try #require(DataGrid(hundredths))
        #expect(abs(grid.step - 0.01) < 1e-6 && abs(grid.origin + 0.4) < 1e-6)
        #expect(DataGrid([1]) == nil && DataGrid([]) == nil)
        #expect(DataGrid([0, 1, 2.5]) == nil && DataGrid([0, 0.3, 1]) == nil)
        // Gaps are allowed.
        #expect(DataGrid([-3, 0, 1, 12])?.step == 1)
        // Bins many times narrower than the step, and many times wider.
        let wide = Binning.linear(low: -0.4, high: 0.9, bins: 5)
        #expect(grid.binning(wide) == wide)
        for bins in [40, 100, 131, 400] {
            let binning = grid.binning(.linear(low: -0.4, high: 0.9, bins: bins))
            let width = binning.edges[1] - binning.edges[0], steps = width / grid.step
            #expect(abs(steps - steps.rounded()) < 1e-6 && steps > 0.5 && binning.bins <= bins + 1)
            #expect(binning.edges[0] < -0.4 && (binning.edges.last ?? 0) > 0.9)
        }
    }

    /// Values that occur equally often look so, however many bins are asked for.
    @Test(arguments: [17, 60, 100, 150, 257, 600])
    func evenValuesAreEven(bins: Int) throws {
        let values = (0..<256 * 96).map { Float(($0 * 7_919) % 256) * 0.125 }
        let detail = try Evaluator(tensor(values, [256, 96]), recipe: Recipe("int8 asym tensor")).detail(
            DetailQuestion(range: 0, bins: bins))
        let counts = detail.original.counts, inner = Set(counts.dropFirst().dropLast())
        #expect(counts.reduce(0, +) == 256 * 96)
        // As few values a bin as there is room for, up to where one more or less is seen no longer.
        guard bins * 5 > 256 else { return }
        #expect(inner.count == 1, "\(inner)")
    }

    /// What is beyond the values that are looked at changes bins, not counts.
    @Test func longTensorsAreJudgedByAPart() throws {
        var values = (0..<300_000).map { Float(($0 * 7_919) % 100) }
        values[299_999] = 0.5
        let detail = try Evaluator(tensor(values, [300_000]), recipe: Recipe("int8 sym tensor")).detail(
            DetailQuestion(range: 0, bins: 200))
        #expect(detail.original.counts.reduce(0, +) + detail.original.below + detail.original.above == 300_000)
    }
}
