import Basics
import Checkpoints
import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// Two distributions on one axis, and an axis that stays.
@Suite struct TwoDistributionsTests {
    /// Counts by hand: every bin holds its lower edge, the last one its upper edge too.
    private func counts(_ values: [Float], _ edges: [Double]) -> [UInt64] {
        var counts = [UInt64](repeating: 0, count: edges.count - 1)
        for value in values.map({ Double($0) }) where value >= edges[0] && value <= edges[edges.count - 1] {
            counts[min(counts.count - 1, (edges.firstIndex { $0 > value } ?? edges.count) - 1)] += 1
        }
        return counts
    }

    private func values(_ view: TensorView) -> [Float] { view.values(0..<view.count) }

    @Test func twoRecipes() throws {
        var session = try ScreenSession(recipe: "int3 sym group:64")
        session.perform(.screenChosen(.compare))
        #expect(TwoDistributionsModel.notice(session.state).text.contains("p pins a recipe"))
        session.perform(.pinSwitched)
        session.type("int5 sym channel:0 clip:mse")
        session.perform(.pointed(.twoDistributions, .panel))
        let answer = try #require(session.state.twoDistributions), histograms = try #require(answer.histograms)
        #expect(answer.subject == .recipes(a: try Recipe("int3 sym group:64"), b: session.state.recipe))
        for (recipe, histogram) in [("int3 sym group:64", histograms.a), ("int5 sym channel:0 clip:mse", histograms.b)]
        {
            let back = try Evaluator(session.state.tensor, recipe: Recipe(recipe)).reconstruction()
            #expect(histogram.counts == counts(back, histogram.binning.edges), "\(recipe)")
        }
        // A misfit says which recipe, and why.
        session.type("int4 sym channel:0")
        session.type("goto model.norm.weight")
        session.type("int4 sym tensor")
        session.perform(.pinSwitched)
        session.type("goto q_proj")
        session.type("int4 sym channel:1")
        session.perform(.pinSwitched)
        session.type("int4 sym tensor")
        session.type("goto model.norm.weight")
        session.state.comparison.column =
            session.state.comparedRecipes.firstIndex { $0.granularity == .channel(axis: 1) } ?? 0
        session.perform(.pointed(.twoDistributions, .panel))
        #expect(session.state.twoDistributions?.problem?.contains("axis 1") == true)
    }

    @Test func twoTensors() throws {
        var session = try ScreenSession(recipe: "int4 sym tensor")
        session.type("goto model.norm.weight")
        session.perform(.tensorMarked)
        let marked = session.state.tensor
        session.type("goto lm_head.weight")
        session.perform(.screenChosen(.compare))
        session.perform(.pointed(.twoDistributions, .panel))
        let answer = try #require(session.state.twoDistributions), histograms = try #require(answer.histograms)
        #expect(histograms.a.counts == counts(values(marked), histograms.a.binning.edges))
        #expect(histograms.b.counts == counts(values(session.state.tensor), histograms.a.binning.edges))
        // As many in A as in B, and what both have in common.
        let model = try #require(TwoDistributionsModel(session.state))
        let a = histograms.a.counts.map { Double($0) / Double(marked.count) }
        let b = histograms.b.counts.map { Double($0) / Double(session.state.tensor.count) }
        #expect(model.b == histograms.b.counts)
        let scaled = a.map { UInt64(($0 * Double(session.state.tensor.count)).rounded()) }
        #expect(zip(model.a, scaled).allSatisfy { $0 == $1 })
        // In as many bins whatever the window's size.
        let both = values(marked) + values(session.state.tensor)
        let low = Double(try #require(both.min())), high = Double(try #require(both.max()))
        let edges = (0...64).map { $0 == 64 ? high : low + (high - low) * (Double($0) / 64) }
        let coarse = (counts(values(marked), edges), counts(values(session.state.tensor), edges))
        let overlap = zip(coarse.0, coarse.1).reduce(0.0) {
            $0 + min(Double($1.0) / Double(marked.count), Double($1.1) / Double(session.state.tensor.count))
        }
        #expect(abs((answer.overlap ?? -1) - overlap) < 1e-12)
        session.perform(.resized(rows: 60, columns: 200))
        #expect(session.state.twoDistributions?.overlap == answer.overlap)
        session.perform(.resized(rows: 36, columns: 120))
        let most = zip(a, b).map { abs($1 - $0) }.max() ?? 0
        #expect(zip(model.differences, zip(a, b)).allSatisfy { abs($0 - ($1.1 - $1.0) / most) < 1e-12 })
        // The same tensor again is A no longer.
        session.type("goto model.norm.weight")
        #expect(session.state.distributionSubject == nil)
        #expect(TwoDistributionsModel.notice(session.state).text.contains("the open tensor is A"))
        session.perform(.tensorMarked)
        #expect(session.state.comparison.marked == nil)
    }

    @Test func twoFilesAndTheNextSubject() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
        session.type("compare " + Fixture.path("Llama/model-q8_0.gguf"))
        session.perform(.pointed(.pairs, .row(3)))
        session.perform(.pointed(.twoDistributions, .panel))
        let histograms = try #require(session.state.twoDistributions?.histograms)
        let other = try #require(session.state.comparison.other), pair = other.comparison.pairs[other.sorted[3]]
        #expect(pair.a.name == session.state.tensor.name)
        #expect(histograms.b.counts == counts(values(pair.b), histograms.b.binning.edges))
        session.perform(.coverageSwitched)
        #expect(session.state.message?.text.contains("nothing else") == true)
        session.perform(.pinSwitched)
        session.type("int5 sym group:64")
        #expect(session.state.distributionSubject?.kind == .recipes)
        session.perform(.coverageSwitched)
        #expect(session.state.distributionSubject?.kind == .files && session.state.twoDistributions?.histograms != nil)
    }

    /// Zoomed in, both histograms are of the window; a locked axis stays from tensor to tensor and from screen to screen.
    @Test func theAxisIsLocked() throws {
        var session = try ScreenSession(recipe: "int4 sym tensor")
        session.type("goto model.layers.0.mlp.up_proj.weight")
        session.perform(.tensorMarked)
        session.type("goto lm_head.weight")
        session.perform(.screenChosen(.compare))
        session.perform(.pointed(.twoDistributions, .panel))
        let whole = try #require(session.state.twoDistributionsAxis)
        session.perform(.moved(.up))
        let zoomed = try #require(session.state.twoDistributionsAxis)
        #expect(abs((zoomed.high - zoomed.low) / (whole.high - whole.low) - 0.5) < 1e-6)
        let histograms = try #require(session.state.twoDistributions?.histograms)
        #expect(histograms.b.counts == counts(values(session.state.tensor), histograms.b.binning.edges))
        session.perform(.axisLockSwitched)
        session.type("goto model.layers.1.mlp.up_proj.weight")
        #expect(session.state.twoDistributionsAxis == zoomed)
        session.perform(.screenChosen(.tensor))
        #expect(session.state.shownAxis == zoomed && session.state.isAxisLocked)
        session.type("goto lm_head.weight")
        #expect(session.state.shownAxis == zoomed)
        // Out to the whole axis and beyond, as it is locked; then it follows the tensor again.
        session.perform(.axisLockSwitched)
        #expect(session.state.window == nil && session.state.shownAxis != zoomed)
        session.type("goto model.layers.1.mlp.up_proj.weight")
        #expect(session.state.window == nil)
    }

    /// The picture of Channels zooms in to single elements, whose numbers are those of the tensor.
    @Test func thePictureZoomsToElements() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
        session.type("goto model.layers.0.mlp.up_proj.weight")
        session.perform(.screenChosen(.channels))
        session.perform(.pointed(.heatMap, .panel))
        let map = try #require(session.state.heatMap)
        #expect(!map.hasSingleElements)
        session.perform(.pointed(.heatMap, .cell(row: 5, column: 7)))
        let row = map.rowIndices(5).lowerBound, column = map.columnIndices(7).lowerBound
        for _ in 0..<12 { session.perform(.axisZoomed(inward: true, around: nil)) }
        #expect(session.state.message?.text.contains("no closer") == true)
        let close = try #require(session.state.heatMap)
        #expect(close.hasSingleElements && close.rows == 4 && close.columns == 4)
        let cell = session.state.channels.cell
        #expect(close.rowIndices(cell.row) == row..<row + 1 && close.columnIndices(cell.column) == column..<column + 1)
        let original = values(session.state.tensor), width = session.state.tensor.shape.extents[1]
        let back = try Evaluator(session.state.tensor, recipe: session.state.recipe).reconstruction()
        for row in 0..<4 {
            for column in 0..<4 {
                let index = close.rowIndices(row).lowerBound * width + close.columnIndices(column).lowerBound
                let element = try #require(close.element(row: row, column: column))
                #expect(element.original == original[index] && element.reconstruction == back[index])
            }
        }
        let model = HeatMapModel(session.state)
        #expect(
            model.number?(cell.row, cell.column)
                == NumberText.significant(Double(original[row * width + column]), digits: 2))
        #expect(model.readout.hasPrefix("[\(row), \(column)]  r "))
        // Over the edge of the part the picture moves along, to the end of the tensor and no further.
        for _ in 0..<10 { session.perform(.moved(.left)) }
        let moved = try #require(session.state.heatMap)
        #expect(moved.columnIndices(session.state.channels.cell.column).lowerBound == max(0, column - 10))
        for _ in 0..<300 { session.perform(.moved(.left)) }
        #expect(session.state.heatMap?.columnIndices(session.state.channels.cell.column).lowerBound == 0)
        session.perform(.axisShown)
        #expect(session.state.channels.part == nil && session.state.heatMap?.rows == map.rows)
        // Each step out doubles, up to the whole.
        for _ in 0..<3 { session.perform(.axisZoomed(inward: true, around: nil)) }
        for _ in 0..<4 { session.perform(.axisZoomed(inward: false, around: nil)) }
        #expect(session.state.channels.part == nil)
    }

    /// A picture of what is gone is not shown: of another file's pair, of bytes written anew, over another axis.
    @Test func nothingIsShownOfWhatIsGone() throws {
        try TemporaryFolder.with { folder in
            var session = try ScreenSession("Llama/original.safetensors", recipe: "int4 sym tensor")
            session.type("compare " + Fixture.path("Llama/model-q8_0.gguf"))
            session.perform(.moved(.last))
            session.perform(.pointed(.twoDistributions, .panel))
            let first = try #require(session.state.twoDistributions)
            #expect(first.histograms != nil && (session.state.comparison.other?.sorted.count ?? 0) > 10)
            session.perform(.axisScaleSwitched)
            session.perform(.axisScaleSwitched)
            let path = folder + "/other.safetensors", tensor = session.state.tensor
            func write(_ value: Float) throws {
                let values = Array(repeating: value, count: tensor.count)
                let view = try #require(TensorView(name: tensor.name, values: values, shape: tensor.shape))
                try SafetensorsWriter.write([(view, .float32)], to: path, notOver: [])
            }
            /// The values that B has.
            func ends() throws -> (low: Double, high: Double) {
                session.perform(.pointed(.twoDistributions, .panel))
                let b = try #require(session.state.twoDistributions?.histograms?.b)
                let bins = b.counts.indices.filter { b.counts[$0] > 0 }
                return (b.binning.edges[bins[0]], b.binning.edges[bins[bins.count - 1] + 1])
            }
            for value in [Float(0.25), 0.5] {
                try write(value)
                session.type("compare " + path)
                // Made for the first frame, before anything is answered.
                _ = PanelCatalog.content(of: .twoDistributions, session.state)
                #expect(session.state.comparison.other?.comparison.pairs.count == 1)
                let ends = try ends()
                #expect(ends.low <= Double(value) && ends.high >= Double(value) && ends.high - ends.low < 0.1)
            }
            // What was said of the first export is not said of the second.
            session.type("diagnose " + path)
            let before = session.state.comparison.other?.opening
            try write(0.75)
            session.type("diagnose " + path)
            #expect(session.state.comparison.other?.opening != before)
            #expect(try ends().high > 0.7 && session.state.comparison.other?.isDiagnosed == true)
        }
    }

    /// A locked axis stays for a range and for all of them.
    @Test func aLockedAxisStaysForEveryRange() throws {
        var session = try ScreenSession(recipe: "int4 sym channel:0")
        session.perform(.axisLockSwitched)
        let window = session.state.window
        #expect(window != nil && session.state.isAxisLocked)
        session.perform(.coverageSwitched)
        #expect(session.state.window == window && session.state.isAxisLocked)
        session.perform(.screenChosen(.channels))
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.window == window && session.state.isAxisLocked)
    }

    /// Of convolutions by single weights, across the chunks of a large tensor: every element of the part is where it belongs.
    @Test func partsBeforeAxesOfOneElement() throws {
        let extents = [1_280, 320, 1, 1], count = 409_600
        let all = (0..<count).map { Float($0 % 4_093) / 4_096 }
        let view = try #require(TensorView(name: "x", values: all, shape: Shape(extents)!))
        let part = HeatMap.Part(rows: 815..<823, columns: 160..<200)
        let map = try #require(
            try Evaluator(view, recipe: Recipe("int8 sym tensor")).heatMap(
                rowAxis: 0, columnAxis: 1, part: part, rows: 8, columns: 40))
        for row in 0..<8 {
            for column in 0..<40 {
                let element = all[(815 + row) * 320 + 160 + column]
                #expect(map.value(.original, .largest, row: row, column: column) == element)
            }
        }
    }

    /// Parts of pictures over any two axes are sums over the same elements.
    @Test(arguments: [(0, 1), (0, 2), (1, 2)]) func partsOfPictures(axes: (row: Int, column: Int)) throws {
        let extents = [6, 10, 7], count = 420
        let all = (0..<count).map { Float(($0 * 7_919) % 1_009) / 504.5 - 1 }
        let view = try #require(TensorView(name: "x", values: all, shape: Shape(extents)!))
        let part = HeatMap.Part(rows: 1..<5, columns: 2..<6)
        let evaluator = try Evaluator(view, recipe: Recipe("int4 sym tensor"))
        let map = try #require(
            try evaluator.heatMap(rowAxis: axes.row, columnAxis: axes.column, part: part, rows: 2, columns: 4))
        #expect(map.rows == 2 && map.columns == 4 && !map.hasSingleElements)
        for row in 0..<2 {
            for column in 0..<4 {
                var sum = 0.0, number = 0.0
                for element in 0..<count {
                    let index = [element / 70, element / 7 % 10, element % 7]
                    guard map.rowIndices(row).contains(index[axes.row]),
                        map.columnIndices(column).contains(index[axes.column])
                    else { continue }
                    sum += Double(all[element]) * Double(all[element])
                    number += 1
                }
                let value = try #require(map.value(.original, .rootMeanSquare, row: row, column: column))
                #expect(abs(Double(value) - (sum / number).squareRoot()) < 1e-6)
            }
        }
        #expect(map.rowIndices(0) == 1..<3 && map.columnIndices(3) == 5..<6)
    }
}
