import Testing

@testable import Quantization

@Suite struct RecipeTests {
    @Test(arguments: [
        "int8 sym tensor", "int2 symfull channel:0", "int16 asym channels:4@1", "int4 sym group:128 clip:mse",
        "int4 asym group:32@0 clip:percentile:99.9 round:stochastic:7 scale:f16",
        "int3 sym block:16x32 clip:manual:-0.1,0.25 round:up scale:bf16", "int5 sym tensor clip:sigma:3 round:zero",
    ])
    func parsingAndPrintingAreInverse(text: String) throws {
        #expect(try Recipe(text).description == text)
    }

    @Test func everyCombinationOfTheCatalogueSurvives() throws {
        for bits in IntegerFormat.possibleBits {
            for mapping in Mapping.allCases {
                for entry in CalibratorCatalog.entries {
                    for numbers in entry.usual + (entry.usual.isEmpty ? [[-1, 2]] : []) {
                        for rounding in Rounding.usual {
                            let recipe = Recipe(
                                format: IntegerFormat(bits: bits)!, mapping: mapping, granularity: .group(size: 64),
                                clipping: try #require(Clipping(name: entry.name, numbers: numbers)),
                                rounding: rounding, scaleType: .bfloat16)
                            #expect(try Recipe(recipe.description) == recipe)
                        }
                    }
                }
            }
        }
    }

    @Test func tokensInAnyOrderAndDefaults() throws {
        #expect(try Recipe("round:even clip:mse  group:128 sym int4").description == "int4 sym group:128 clip:mse")
        #expect(try Recipe("asym").description == "int8 asym tensor")
        #expect(try Recipe("int4 clip:percentile:99.0").description == "int4 sym tensor clip:percentile:99")
    }

    @Test(arguments: [
        ("int4 smy tensor", "smy", 6, "\"sym\""), ("int1", "int1", 1, "binary"), ("int17", "int17", 1, "int2 … int16"),
        ("int4  group:0", "group:0", 7, "group:G"), ("int4 clip:percentile:101", "clip:percentile:101", 6, "up to 100"),
        ("int4 clip:manual:2,1", "clip:manual:2,1", 6, "LO not above HI"), ("int4 int8", "int8", 6, "one format"),
        ("int4 round:stochastic", "round:stochastic", 6, "SEED"), ("int4 clip:msee", "clip:msee", 6, "mse"),
        ("int4 channel:-1", "channel:-1", 6, "channel:AXIS"), ("int4 block:4", "block:4", 6, "RxC"),
        ("int4 scale:f8", "scale:f8", 6, "bf16"), ("int4 tensor:1", "tensor:1", 6, "without a number"),
        ("int04", "int04", 1, "int2"), ("int4 clip:manual:nan,1", "clip:manual:nan,1", 6, "numbers"),
        ("int4 group:99999999999999999999", "group:99999999999999999999", 6, "group:G"),
    ])
    func errorsNameTokenPositionAndWhatIsAllowed(text: String, token: String, position: Int, expected: String) {
        let error = #expect(throws: RecipeError.self) { try Recipe(text) }
        #expect(error?.token == token)
        #expect(error?.position == position)
        #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
    }

    @Test func nothingIsAnError() {
        #expect(throws: RecipeError.self) { try Recipe("   ") }
    }
}
