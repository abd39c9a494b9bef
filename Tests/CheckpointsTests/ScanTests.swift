import Basics
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

@Suite struct ScanTests {
    private func tensors() throws -> [TensorView] {
        var numbers = SeededRandom(7)
        func tensor(_ name: String, _ extents: [Int], _ factor: Float = 1) throws -> TensorView {
            let shape = try #require(Shape(extents))
            let values = (0..<shape.count).map { _ in Float.random(in: -1..<1, using: &numbers) * factor }
            return try #require(TensorView(name: name, values: values, shape: shape))
        }
        return try [
            tensor("a.weight", [32, 256]), tensor("a.bias", [32]), tensor("b.weight", [16, 8, 4], 3),
            tensor("c.weight", [64, 128], 0.1), tensor("empty", [0, 4]),
        ]
    }

    private func run(_ scan: Scan) throws -> ScanResult {
        ScanResult(
            recipe: scan.recipe.description, kept: scan.kept,
            try scan.candidates.map { try scan.row($0, context: WorkContext(threads: 2)) })
    }

    /// A row is what one evaluation says; totals are of the elements, whatever tensor they are in.
    @Test func rowsAndTotals() throws {
        let all = try tensors(), recipe = try Recipe("int4 sym group:32")
        let scan = Scan(all, recipe: recipe), result = try run(scan), total = result.total
        #expect(result.rows.map { $0.name } == ["a.weight", "b.weight", "c.weight"])
        #expect(result.kept.map { $0.name } == ["a.bias", "empty"])
        #expect(result.kept.map { $0.reason } == ["fewer than two axes", "no element"])
        var error = 0.0, power = 0.0, bits = 0.0, count = 0
        for row in result.rows {
            let tensor = try #require(all.first { $0.name == row.name })
            let metrics = try Evaluator(tensor, recipe: recipe).evaluate().metrics
            #expect(metrics == row.metrics)
            error += metrics.mse * Double(tensor.count)
            power += tensor.values(0..<tensor.count).reduce(0) { $0 + Double($1) * Double($1) }
            bits += metrics.size.bits
            count += tensor.count
        }
        func close(_ a: Double?, _ b: Double) -> Bool { a.map { abs($0 - b) <= 1e-6 * abs(b) } ?? false }
        #expect(close(total.mse, error / Double(count)) && close(total.relativeL2, (error / power).squareRoot()))
        #expect(close(total.sqnr, Decibel.of(power / error)) && close(total.bitsPerWeight, bits / Double(count)))
        #expect(total.elements == count && total.sourceBytes == count * 4 && total.keptBytes == 128)
        #expect(total.tensors == 3 && total.kept == 2)
        #expect(close(total.compressionRatio, Double(count * 4 + 128) / (total.bytes + 128)))
    }

    @Test func patternsAndShapesDecide() throws {
        let all = try tensors()
        let some = Scan(
            all, recipe: try Recipe("int4"), include: [NamePattern("[ab].*")], exclude: [NamePattern("b.*")])
        #expect(some.candidates.map { $0.tensor.name } == ["a.weight"])
        #expect(some.kept.first { $0.name == "b.weight" }?.reason == "excluded by b.*")
        #expect(some.kept.first { $0.name == "c.weight" }?.reason == "not included")
        // Rows that blocks do not divide are kept with the reason.
        let blocks = Scan(all, recipe: try Recipe("ggml:q4_k"))
        #expect(blocks.candidates.map { $0.tensor.name } == ["a.weight"])
        #expect(blocks.kept.first { $0.name == "c.weight" }?.reason.contains("found rows of 128") == true)
        let axes = Scan(all, recipe: try Recipe("int4 sym channel:2"))
        #expect(axes.candidates.map { $0.tensor.name } == ["b.weight"])
    }

    @Test func ordersAreTheWorstFirst() throws {
        let result = try run(Scan(tensors(), recipe: try Recipe("int4 sym tensor")))
        for key in ScanResult.Order.names where key != MetricID.outputError.name {
            let order = try #require(ScanResult.Order(key)), rows = result.sorted(by: order)
            #expect(rows.count == 3)
            guard case .metric(let name) = order else { continue }
            let values = rows.compactMap { row in row.metrics.entries.first { $0.name == name.name }?.value }
            #expect(values == (order.isLessWorse ? values.sorted() : values.sorted(by: >)), "\(key)")
        }
        #expect(result.sorted(by: .name).map { $0.name } == ["a.weight", "b.weight", "c.weight"])
        #expect(ScanResult.Order("speed") == nil)
        #expect(Metrics.names.count == result.rows[0].metrics.entries.count)
    }

    @Test func nothingToScan() throws {
        let total = try run(Scan([], recipe: try Recipe("int4"))).total
        #expect(total.mse == nil && total.sqnr == nil && total.bitsPerWeight == nil && total.compressionRatio == nil)
    }
}
