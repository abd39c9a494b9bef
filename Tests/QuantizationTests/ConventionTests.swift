import Foundation
import TensorFiles
import Tensors
import Testing

@testable import Quantization

/// What toolkits' own code gave (see `Tests/Fixtures/Conventions/make.py`), and the rules of those that cannot be asked.
@Suite struct ConventionTests {
    private struct Book: Decodable {
        struct Case: Decodable {
            let toolkit: String
            let recipe: String
            let input: String
            let scale: Double
            let zeroPoint: Int
            let codes: [Int]
            let values: [Float]
        }

        struct Entropy: Decodable {
            let recipe: String
            let tensor: String
            let limit: Double
        }

        let inputs: [String: [Float]]
        let entropies: [Entropy]
        let cases: [Case]
    }

    private static func book() throws -> Book {
        let file = Sources.root.appendingPathComponent("Tests/Fixtures/Conventions/cases.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Book.self, from: try Data(contentsOf: file))
    }

    /// Scale, zero-point and every reconstruction are the toolkit's, bit for bit.
    @Test(arguments: ["torch", "torchao", "onnxruntime", "brevitas"])
    func equalsTheToolkit(name: String) throws {
        let book = try Self.book()
        var compared = 0
        for entry in book.cases where entry.toolkit == name {
            // Brevitas divides by subnormal scales; here no scale is below the smallest normal number.
            if name == "brevitas", entry.input == "subnormal" { continue }
            let values = try #require(book.inputs[entry.input]), recipe = try Recipe(entry.recipe)
            let evaluator = try Evaluator(tensor(values, [values.count]), recipe: recipe)
            let quantizer = try evaluator.quantizer(ofRange: 0), place = "\(entry.recipe) on \(entry.input)"
            #expect(quantizer.scale == Float(entry.scale), "\(place)")
            #expect(quantizer.zeroPoint == (recipe.mapping == .asymmetric ? entry.zeroPoint : 0), "\(place)")
            let codes = values.map { quantizer.code(of: $0, rounding: recipe.rounding, index: 0) }
            #expect(codes == entry.codes, "\(place)")
            #expect(try evaluator.reconstructionHead(values.count) == entry.values, "\(place)")
            // The kernels too: an error of nothing is what they would have to agree on.
            let mse = try evaluator.evaluate().metrics.mse
            let plain = zip(values, entry.values).reduce(0.0) { sum, pair in
                sum + Double(pair.1 - pair.0) * Double(pair.1 - pair.0)
            }
            #expect(close(mse, plain / Double(values.count), 1e-6), "\(place)")
            compared += 1
        }
        #expect(compared >= 50, "\(compared) cases")
    }

    /// The limits of NVIDIA's entropy calibrator, on tensors of the golden file.
    @Test func entropyIsNVIDIAs() throws {
        let path = Sources.root.appendingPathComponent("Tests/Fixtures/Golden/inputs.safetensors").path
        let file = try FileFormatCatalog.open(path: path), all = try Self.book().entropies
        #expect(all.count == 21)
        for entry in all {
            let view = try file.tensor(named: entry.tensor)
            let range = try Evaluator(view, recipe: try Recipe(entry.recipe)).quantizer(ofRange: 0).range
            #expect(close(Double(range.high), entry.limit, 1e-6), "\(entry.recipe) on \(entry.tensor): \(range.high)")
        }
    }

    /// The six conventions of a symmetric 8-bit scale, and which codes each has.
    @Test func symmetricScales() throws {
        let values: [Float] = [-2, -1, 0.3, 1, 1.5]
        let expected: [(Convention?, Float, ClosedRange<Int>)] = [
            (nil, 2.0 / 127, -127...127), (.torch, 2.0 / 127.5, -128...127), (.onnxruntime, 2.0 / 127, -127...127),
            (.tensorrt, 2.0 / 127, -127...127), (.aimet, 2.0 / 127, -128...127), (.brevitas, 2.0 / 128, -128...127),
            (.torchao, max(2.0 / 128, 1.5 / 127), -128...127),
        ]
        for (convention, scale, codes) in expected {
            let recipe = try Recipe("int8 sym").following(convention)
            let quantizer = try Evaluator(tensor(values, [5]), recipe: recipe).quantizer(ofRange: 0)
            #expect(quantizer.scale == scale, "\(recipe)")
            #expect(quantizer.lowestCode...quantizer.highestCode == codes, "\(recipe)")
        }
        // The largest positive value is clipped by Brevitas alone.
        let brevitas = try Evaluator(tensor([-1, 1], [2]), recipe: try Recipe("int8 sym convention:brevitas"))
        #expect(try brevitas.reconstructionHead(2) == [-1, 127.0 / 128])
    }

    /// AIMET's C++ quantizer rounds ties away from zero, the others to even.
    @Test func ties() throws {
        let values: [Float] = [-7, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5]
        for convention in Convention.allCases where convention != .torchao && convention != .brevitas {
            let recipe = try Recipe("int4 sym clip:manual:-7,7").following(convention)
            guard recipe.codes.upperBound == 7, convention.reach(bits: 4).above == 7 else { continue }
            let evaluator = try Evaluator(tensor(values, [8]), recipe: recipe)
            let expected: [Float] =
                convention == .aimet ? [-7, -3, -2, -1, 1, 2, 3, 4] : [-7, -2, -2, 0, 0, 2, 2, 4]
            #expect(try evaluator.reconstructionHead(8) == expected, "\(recipe)")
            #expect(
                try evaluator.evaluate().metrics.mae
                    == zip(values, expected).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) } / 8, "\(recipe)")
        }
    }

    @Test func percentilesOfAIMETComeFromBothEnds() throws {
        let values = (0...1_000).map { Float($0) - 300 }
        for mapping in ["sym", "asym"] {
            let own = try Evaluator(
                tensor(values, [1_001]), recipe: try Recipe("int8 \(mapping) clip:percentile:99 convention:aimet"))
            let range = try own.quantizer(ofRange: 0).range
            #expect(range.high == 690 && range.low == (mapping == "sym" ? -690 : -290))
        }
    }

    @Test func whatAConventionRefuses() throws {
        func failure(_ text: String) -> RecipeError? {
            do throws(RecipeError) {
                _ = try Recipe(text)
                return nil
            } catch {
                return error
            }
        }
        let rounded = try #require(failure("int8 sym round:down convention:torch"))
        #expect(rounded.token == "round:down" && rounded.position == 10 && rounded.expected.contains("even"))
        let asymmetric = try #require(failure("int8 convention:tensorrt asym"))
        #expect(asymmetric.token == "asym" && asymmetric.expected.contains("sym"))
        #expect(failure("int8 convention:tensorflow")?.expected.contains("onnxruntime") == true)
    }

    @Test func conventionsComeAndGo() throws {
        let plain = try Recipe("int8 sym round:down")
        let aimet = try plain.changed(by: "convention:aimet")
        #expect(aimet.description == "int8 sym tensor convention:aimet" && aimet.rounding == .away)
        #expect(try Recipe(aimet.description) == aimet)
        #expect(throws: RecipeError.self) { try aimet.changed(by: "round:zero") }
        #expect(try aimet.changed(by: "convention:none").description == "int8 sym tensor")
        #expect(try aimet.changed(by: "int4 sym tensor").convention == nil, "a whole recipe says all")
    }
}
