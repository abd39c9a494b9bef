import TensorFiles
import Tensors
import Testing

@testable import Quantization

/// Numbers of the survey's lessons, computed in double precision from the same quantile tensors.
@Suite struct SurveyTableTests {
    private func sqnr(_ name: String, _ recipe: String) throws -> Double {
        let tensor = try SampleCatalog.open().tensor(named: name)
        return try #require(try Evaluator(tensor, recipe: try Recipe(recipe)).evaluate().metrics.sqnr)
    }

    @Test(arguments: [
        ("gauss", 2, 0.925, 3.221, 7.212), ("gauss", 3, 9.044, 10.380, 13.306), ("gauss", 4, 16.404, 16.999, 18.938),
        ("gauss", 5, 23.027, 23.304, 24.432), ("gauss", 6, 29.323, 29.470, 29.968),
        ("gauss", 8, 41.591, 41.597, 41.641),
        ("laplace", 2, 0.599, 1.846, 5.795), ("laplace", 3, 5.834, 6.944, 10.854),
        ("laplace", 4, 12.477, 13.042, 15.752),
        ("laplace", 5, 18.959, 19.226, 20.725), ("laplace", 6, 25.239, 25.365, 25.937),
        ("laplace", 8, 37.465, 37.512, 37.538),
    ])
    func restrictedFullAndBestClip(name: String, bits: Int, restricted: Double, full: Double, best: Double) throws {
        #expect(abs(try sqnr(name, "int\(bits) sym") - restricted) < 0.0006)
        #expect(abs(try sqnr(name, "int\(bits) symfull") - full) < 0.0006)
        let found = try sqnr(name, "int\(bits) sym clip:mse")
        #expect(found > best - 0.0006 && found < best + 0.01)
    }

    @Test(arguments: [
        ("tensor", 33.996, 11.886), ("channels:2@0", 39.645, 14.510), ("channel:0", 41.848, 16.757),
        ("group:256", 42.157, 17.038), ("group:128", 43.052, 17.985), ("group:64", 43.706, 18.747),
        ("group:32", 44.917, 19.629), ("group:16", 46.210, 20.802),
    ])
    func granularities(granularity: String, eight: Double, four: Double) throws {
        #expect(abs(try sqnr("scaled_channels", "int8 sym \(granularity)") - eight) < 0.0006)
        #expect(abs(try sqnr("scaled_channels", "int4 sym \(granularity)") - four) < 0.0006)
    }

    @Test func bitsPerWeightWithHalfPrecisionScales() throws {
        let tensor = try SampleCatalog.open().tensor(named: "scaled_channels")
        for (size, expected) in [(256, 4.0625), (128, 4.125), (64, 4.25), (32, 4.5), (16, 5.0)] {
            let recipe = try Recipe("int4 sym group:\(size) scale:f16")
            #expect(try Evaluator(tensor, recipe: recipe).evaluate().metrics.size.bitsPerWeight == expected)
        }
    }

    /// The first entries of the shuffled Gaussian quantiles.
    @Test func quantiles() throws {
        let values = try SampleCatalog.open().tensor(named: "scaled_channels").values(0..<5)
        let expected: [Float] = [-3.66832929, -0.27928086, 0.77187993, -0.95495667, 0.15018934]
        #expect(zip(values, expected).allSatisfy { abs($0 - $1) < 1e-6 })
    }
}
