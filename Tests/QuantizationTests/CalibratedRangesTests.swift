import Basics
import Tensors
import Testing

@testable import Quantization

/// Ranges that are chosen once: on a tensor itself they are the evaluator's, on others they stay.
@Suite struct CalibratedRangesTests {
    private func tensor(_ entries: Int, scale: Float) throws -> TensorView {
        let values = (0..<entries * 24).map { Float(($0 * 7_919) % 1_009 - 504) / 504 * scale }
        return try #require(TensorView(name: "x", values: values, shape: Shape([entries, 4, 6])!))
    }

    @Test(arguments: [
        "int4 asym tensor", "int8 sym channel:1", "int3 sym tensor clip:mse", "fp8-e4m3 tensor", "nf4 group:64",
        "nvfp4", "kmeans3 tensor", "ternary channel:0", "int4 sym group:6 scale:dq",
        "int5 sym tensor round:stochastic:3",
    ]) func onItself(text: String) throws {
        let recipe = try Recipe(text), tensor = try tensor(8, scale: 2), context = WorkContext(threads: 2)
        let ranges = try CalibratedRanges(on: tensor, recipe, context: context)
        let layout = try recipe.layout(of: tensor), values = tensor.values(0..<tensor.count)
        var output = [Float](repeating: 0, count: tensor.count)
        ranges.reconstruct(values, 0..<tensor.count, of: layout, into: &output)
        #expect(try output == Evaluator(tensor, recipe: recipe).reconstruction(context))
    }

    /// Applied to entries that are twice as large they clip, as the evaluator's own static ranges do; any number of entries will do.
    @Test(arguments: ["tensor", "channel:1"]) func onOthers(granularity: String) throws {
        let recipe = try Recipe("int4 asym \(granularity)"), context = WorkContext(threads: 1)
        let first = try tensor(4, scale: 1), other = try tensor(9, scale: 2)
        let ranges = try CalibratedRanges(on: first, recipe, context: context)
        let joined = first.values(0..<first.count) + other.values(0..<other.count)
        let whole = try #require(TensorView(name: "x", values: joined, shape: Shape([13, 4, 6])!))
        let judged = try Evaluator(whole, recipe: try Recipe("int4 asym \(granularity) range:static:4"))
        var output = [Float](repeating: 0, count: other.count)
        ranges.reconstruct(
            other.values(0..<other.count), 0..<other.count, of: try recipe.granularity.layout(of: other.shape),
            into: &output)
        #expect(try output == judged.reconstruction(context))
        #expect(output.max() ?? 0 < 1.1)
    }
}
