import Basics
import Foundation
import SeededRandom
import Tensors
import Testing

@testable import Quantization

/// Strips, pictures and errors of outputs against plain loops over the values and their reconstructions.
@Suite struct ProfileTests {
    private func tensor(_ extents: [Int], _ value: (Int, Float) -> Float = { $1 }) throws -> TensorView {
        var numbers = SeededRandom(11)
        let shape = try #require(Shape(extents))
        let values = (0..<shape.count).map { value($0, Float.random(in: -1..<1, using: &numbers)) }
        return try #require(TensorView(name: "w", values: values, shape: shape))
    }

    private static let cases: [([Int], String)] = [
        ([24, 32], "int4 sym tensor"), ([24, 32], "int4 asym channel:0 clip:mse"), ([24, 32], "int3 sym channel:1"),
        ([24, 40], "int4 sym group:16"), ([6, 8, 10], "int4 sym channel:1"), ([16, 24], "int4 sym block:5x7"),
        ([24, 32], "int4 sym tensor round:stochastic:3"), ([24, 64], "nf4"), ([24, 64], "mxfp4"),
        ([24, 64], "ggml:q4_0"), ([24, 64], "kmeans3 channel:0"), ([24, 64], "pq2x8"), ([24, 32], "ternary channel:0"),
        ([300], "int4 sym group:100"), ([8, 12, 10], "int4 asym tensor range:static:3"),
    ]

    /// x and x̂ of what is judged.
    private func judged(_ tensor: TensorView, _ recipe: Recipe) throws -> (
        x: [Float], back: [Float], evaluator: Evaluator
    ) {
        let evaluator = try Evaluator(tensor, recipe: recipe)
        let first = tensor.count - evaluator.tensor.count
        return (
            Array(tensor.values(0..<tensor.count)[first...]),
            Array(try evaluator.reconstructionHead(tensor.count)[first...]), evaluator
        )
    }

    @Test(arguments: cases)
    func stripsEqualPlainLoops(extents: [Int], text: String) throws {
        let tensor = try tensor(extents) { $0 == 5 ? .nan : $0 % 7 == 0 ? 3 * $1 : $1 }
        let recipe = try Recipe(text), (x, back, evaluator) = try judged(tensor, recipe)
        let context = WorkContext(threads: 2), error = try evaluator.evaluate(context).metrics.mse
        for kind in StripKind.all(tensor.shape) {
            let profiles = try #require(try evaluator.profiles(of: kind, context: context))
            let layout: RangeLayout =
                if case .channels(let axis) = kind {
                    try Granularity.channel(axis: axis).layout(of: evaluator.tensor.shape)
                } else { evaluator.layout }
            #expect(profiles.strips.count == layout.rangeCount && profiles.kind == kind)
            var members = [[Int]](repeating: [], count: layout.rangeCount)
            for i in x.indices where x[i].isFinite { members[layout.range(ofElement: i)].append(i) }
            for (strip, own) in zip(profiles.strips, members) {
                let values = own.map { x[$0] }.sorted()
                #expect(strip.count == values.count)
                guard let low = values.first, let high = values.last else { continue }
                #expect(strip.minimum == low && strip.maximum == high)
                func quantile(_ fraction: Double) -> Double {
                    let place = fraction * Double(values.count - 1), below = Int(place)
                    let above = min(below + 1, values.count - 1)
                    return Double(values[below]) + (Double(values[above]) - Double(values[below]))
                        * (place - Double(below))
                }
                for (found, fraction) in [
                    (strip.lowPercentile, 0.01), (strip.median, 0.5), (strip.highPercentile, 0.99),
                ] {
                    #expect(abs(Double(found) - quantile(fraction)) < 1e-6, "\(text) \(kind) \(fraction)")
                }
                let squares = own.reduce(0.0) { $0 + pow(Double(back[$1] - x[$1]), 2) }
                #expect(abs(strip.squaredError - squares) <= 1e-9 * squares + 1e-15, "\(text) \(kind)")
                let zeroed = own.count { x[$0] != 0 && back[$0] == 0 }
                #expect(abs(strip.zeroedFraction * Double(own.count) - Double(zeroed)) < 1e-9)
                if let used = strip.usedLevels {
                    // Distinct levels may be equal numbers only where the scale is the same.
                    #expect(
                        used == Set(own.map { back[$0] == 0 ? 0 : back[$0] }).count, "\(text) \(kind) \(strip.number)")
                }
                #expect(strip.limits.low <= strip.limits.high && strip.step > 0)
            }
            let total = profiles.strips.reduce(0) { $0 + $1.squaredError }
            #expect(abs(total / Double(x.count { $0.isFinite }) - error) <= 1e-6 * error)
            for order in StripProfiles.Order.allCases {
                let keys = profiles.order(by: order).map { order.key(profiles.strips[$0]) }
                #expect(keys == keys.sorted(by: >))
            }
        }
    }

    @Test(arguments: cases)
    func picturesEqualPlainLoops(extents: [Int], text: String) throws {
        let tensor = try tensor(extents) { $0 == 5 ? .nan : $1 }
        let recipe = try Recipe(text), (x, back, evaluator) = try judged(tensor, recipe)
        let shape = evaluator.tensor.shape, isVector = shape.rank < 2
        let pairs =
            isVector ? [(0, 0)] : (0..<shape.rank).flatMap { a in (0..<shape.rank).map { (a, $0) } }.filter { $0 != $1 }
        for (rowAxis, columnAxis) in pairs {
            for (rows, columns) in [(4, 5), (100, 100), (1, 1)] {
                let map = try #require(
                    try evaluator.heatMap(
                        rowAxis: rowAxis, columnAxis: columnAxis, rows: rows, columns: columns,
                        context: WorkContext(threads: 2)))
                var cells: [Int: [Int]] = [:]
                for i in x.indices where x[i].isFinite {
                    let r = isVector ? 0 : i / shape.product(from: rowAxis + 1) % shape.extents[rowAxis]
                    let c = isVector ? i : i / shape.product(from: columnAxis + 1) % shape.extents[columnAxis]
                    let row = try #require((0..<map.rows).first { map.rowIndices($0).contains(r) })
                    let column = try #require((0..<map.columns).first { map.columnIndices($0).contains(c) })
                    cells[row * map.columns + column, default: []].append(i)
                }
                for row in 0..<map.rows {
                    for column in 0..<map.columns {
                        let own = cells[row * map.columns + column] ?? []
                        for (layer, number) in [
                            (HeatMap.Layer.original, { (i: Int) in x[i] }), (.reconstruction, { back[$0] }),
                            (.error, { back[$0] - x[$0] }),
                        ] {
                            let most = map.value(layer, .largest, row: row, column: column)
                            #expect(most == own.map { abs(number($0)) }.max())
                            let mean = map.value(layer, .rootMeanSquare, row: row, column: column)
                            let wanted =
                                own.isEmpty
                                ? nil
                                : (own.reduce(0.0) { $0 + pow(Double(number($1)), 2) } / Double(own.count)).squareRoot()
                            #expect((mean == nil) == (wanted == nil))
                            if let mean, let wanted { #expect(abs(Double(mean) - wanted) <= 1e-6 * wanted) }
                        }
                    }
                }
            }
        }
        #expect(try evaluator.heatMap(rowAxis: 0, columnAxis: 9, rows: 4, columns: 4) == nil || isVector)
    }

    /// A channel under a neighbour's outlier, dead and constant ones, and one with an outlier of its own.
    @Test func victimsAreNamed() throws {
        let tensor = try tensor([6, 256]) { index, value in
            switch index / 256 {
            case 0: value * 20
            case 1: value * 0.3
            case 2: 0
            case 3: 0.25
            case 4: index % 256 == 9 ? 19 : value * 0.5
            default: value * 18
            }
        }
        let evaluator = try Evaluator(tensor, recipe: Recipe("int4 sym tensor"))
        let findings = try #require(try evaluator.profiles(of: .channels(axis: 0))).findings
        guard case .victim(culprit: 0, let bits)? = findings[1] else {
            Issue.record("\(findings)")
            return
        }
        // log2 of the shared limit over its own.
        #expect(abs(bits - log2(20 / 0.3)) < 0.2)
        #expect(findings[2] == .zero)
        #expect(findings[0] == nil && findings[5] == nil)
        if case .ownOutlier? = findings[4] {} else { Issue.record("\(findings)") }
        if case .victim? = findings[3] {} else { Issue.record("\(findings)") }
        // With a range for each channel nobody is a victim of another.
        let own = try Evaluator(tensor, recipe: Recipe("int4 sym channel:0"))
        let alone = try #require(try own.profiles(of: .ranges)).findings
        #expect(!alone.values.contains { if case .victim = $0 { true } else { false } })
        #expect(alone[3] == .constant && alone[2] == .zero)
        #expect(StripKind.usual(tensor.shape) == .channels(axis: 0))
    }

    /// ‖(Ŵ - W)X‖ and ‖WX‖ in Double, also where rows are cut into parts and samples do not fill panels.
    @Test(
        arguments: cases.filter { !$0.1.contains("static") && $0.0.count > 1 } + [
            ([3, 40_000], "ggml:q8_0"), ([3, 20_000], "int4 sym group:100"),
        ])
    func outputErrorsEqualPlainLoops(extents: [Int], text: String) throws {
        let tensor = try tensor(extents) { $0 == 5 ? .nan : $1 }, recipe = try Recipe(text)
        let (x, back, evaluator) = try judged(tensor, recipe)
        let rows = extents[0], features = tensor.count / rows, samples = 37
        let inputs = try self.tensor([samples, features]) { index, value in index % features == 3 ? 8 * value : value }
        let layer = try #require(LayerInputs(inputs, for: tensor))
        let data = inputs.values(0..<inputs.count)
        var error = 0.0, output = 0.0
        for row in 0..<rows {
            for sample in 0..<samples {
                var e = 0.0, y = 0.0
                for k in 0..<features {
                    let w = x[row * features + k]
                    guard w.isFinite else { continue }
                    let input = Double(data[sample * features + k])
                    e += Double(back[row * features + k] - w) * input
                    y += Double(w) * input
                }
                error += e * e
                output += y * y
            }
        }
        for threads in [1, 2] {
            let found = try #require(try evaluator.outputError(layer, context: WorkContext(threads: threads)))
            #expect(abs(found.squaredError - error) < 1e-5 * error, "\(found.squaredError) \(error)")
            #expect(abs(found.squaredOutput - output) < 1e-5 * output)
            let again = try #require(
                try evaluator.outputError(layer, squaredOutput: 4, context: WorkContext(threads: threads)))
            #expect(again.squaredError == found.squaredError && again.squaredOutput == 4)
        }
    }

    /// Counts of chosen strips in equal bins, the last of which has its upper end.
    @Test(arguments: cases)
    func densitiesEqualPlainLoops(extents: [Int], text: String) throws {
        let tensor = try tensor(extents) { $0 == 5 ? .nan : $0 == 6 ? 40 : $1 }
        let (x, _, evaluator) = try judged(tensor, Recipe(text))
        let context = WorkContext(threads: 2), (low, high, bins) = (-0.75, 1.0, 23)
        for kind in StripKind.all(tensor.shape) {
            let layout: RangeLayout =
                if case .channels(let axis) = kind {
                    try Granularity.channel(axis: axis).layout(of: evaluator.tensor.shape)
                } else { evaluator.layout }
            let strips = [layout.rangeCount - 1, 0], chosen = layout.rangeCount > 1 ? strips : [0]
            let density = try #require(
                try evaluator.density(of: kind, strips: chosen, low: low, high: high, bins: bins, context: context))
            var most: UInt32 = 0
            for strip in chosen {
                var plain = [UInt32](repeating: 0, count: bins), least = 0
                for i in x.indices where layout.range(ofElement: i) == strip {
                    guard x[i].isFinite, Double(x[i]) >= low, Double(x[i]) <= high else { continue }
                    plain[min(bins - 1, Int((Double(x[i]) - low) / (high - low) * Double(bins)))] += 1
                    least += 1
                }
                let found = Array(try #require(density.counts(ofStrip: strip)))
                // A value within a rounding of an edge may fall on its other side.
                #expect(found.reduce(0, +) == UInt32(least), "\(text) \(kind) \(strip)")
                #expect(zip(found, plain).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } <= 2, "\(text) \(kind)")
                most = max(most, found.max() ?? 0)
            }
            #expect(density.most == most && density.counts(ofStrip: layout.rangeCount) == nil)
            #expect(
                try evaluator.density(of: kind, strips: [layout.rangeCount], low: low, high: high, bins: bins) == nil)
        }
    }

    @Test func silhouettesAreLogarithmsOfCounts() throws {
        // 0 to 15 once each, and 15 seven times more.
        let few = Silhouette(try tensor([23]) { index, _ in Float(min(15, index)) }).heights
        #expect(few.count == 16 && few[15] == 1)
        #expect(few[..<15].allSatisfy { abs($0 - log1p(1) / log1p(8)) < 1e-12 })
        // What is not finite has no place; one value stands in the middle; an outlier leaves the rest to one bin.
        let dirty = Silhouette(try tensor([23]) { index, _ in index == 4 ? .nan : index == 5 ? .infinity : 2 }).heights
        #expect(dirty.firstIndex(of: 1) == 8 && dirty.count { $0 > 0 } == 1)
        #expect(Silhouette(try tensor([4]) { _, _ in .nan }).heights.isEmpty)
        let far = Silhouette(try tensor([4_096]) { $0 == 9 ? 1_000 : $1 }).heights
        #expect(far[0] == 1 && far.count { $0 > 0 } == 2 && far[15] > 0)
        // Of a long tensor parts are read, the last of them near its end.
        let long = Silhouette(try tensor([1 << 20]) { index, _ in index < 15 * 65_536 ? 0 : 1 }).heights
        #expect(long[0] == 1 && abs(long[15] - log1p(1_024) / log1p(15 * 1_024)) < 1e-12)
    }

    @Test func inputsMustFit() throws {
        let weights = try tensor([4, 6])
        #expect(LayerInputs(try tensor([10, 6]), for: weights)?.sampleCount == 10)
        #expect(LayerInputs(try tensor([2, 5, 6]), for: weights)?.sampleCount == 10)
        #expect(LayerInputs(try tensor([6]), for: weights)?.sampleCount == 1)
        #expect(LayerInputs(try tensor([6, 4]), for: weights) == nil)
        #expect(LayerInputs(try tensor([10, 6]), for: try tensor([24])) == nil)
        #expect(LayerInputs(try tensor([5, 6]), for: try tensor([4, 2, 3]))?.featureCount == 6)
        // A sample that is not finite is left out.
        let dirty = try tensor([3, 6]) { $0 == 7 ? .infinity : $1 }, clean = dirty.values(0..<18)
        let kept = try #require(
            TensorView(name: "x", values: Array(clean[..<6] + clean[12...]), shape: Shape([2, 6])!))
        let evaluator = try Evaluator(weights, recipe: Recipe("int2 sym tensor"))
        let first = try #require(LayerInputs(dirty, for: weights)),
            second = try #require(LayerInputs(kept, for: weights))
        let found = try evaluator.outputError(first)
        #expect(try found == evaluator.outputError(second) && found != nil)
    }
}
