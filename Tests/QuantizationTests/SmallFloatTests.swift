import KernelTypes
import Testing

@testable import Quantization

/// The OCP types, code by code, and casts to them, as ml_dtypes makes them.
@Suite struct SmallFloatTests {
    /// Every code of the OCP types as ml_dtypes decodes it: the levels are exactly the finite ones, each at its place.
    @Test(arguments: ["fp8-e4m3", "fp8-e5m2", "fp6-e3m2", "fp6-e2m3", "fp4-e2m1"])
    func everyCode(name: String) throws {
        let format = try #require(try Recipe(name).format as? SmallFloatFormat)
        let codes = FormatCases.floats((FormatCases.book["codes"] as? [String: Any])?[name])
        #expect(codes.count == 1 << format.bits)
        let finite = Set(codes.compactMap { $0 }.map { $0 + 0 }).sorted()
        #expect(format.book.levels == finite)
        for (pattern, value) in codes.enumerated() {
            guard let value else { continue }
            let place = format.book.place(of: value), width = format.bits - 1
            let sign = pattern >> width, exponent = pattern >> format.mantissaBits & ((1 << format.exponentBits) - 1)
            func binary(_ value: Int, _ width: Int) -> String {
                String(String(1 << width | value, radix: 2).dropFirst())
            }
            let mantissa = binary(pattern & ((1 << format.mantissaBits) - 1), format.mantissaBits)
            // Zero has one place for both signs.
            let text = "\(value == 0 ? 0 : sign).\(binary(exponent, format.exponentBits)).\(mantissa)"
            #expect(format.text(ofCode: place) == text)
            #expect(format.book.levels[place] == value)
        }
    }

    /// Casts at every level, every middle and beside it, and beyond the end.
    @Test(arguments: ["fp8-e4m3", "fp8-e5m2", "fp6-e3m2", "fp6-e2m3", "fp4-e2m1"])
    func castsGoWhereTheyShould(name: String) throws {
        let format = try #require(try Recipe(name).format as? SmallFloatFormat)
        let cases = try #require((FormatCases.book["casts"] as? [String: Any])?[name] as? [String: Any])
        let values = FormatCases.floats(cases["values"]).compactMap { $0 },
            results = FormatCases.floats(cases["results"])
        #expect(values.count > 60 && values.count == results.count)
        let quantizer = Quantizer.book(
            BookQuantizer(book: format.book, scale: 1, range: ClipRange(low: -1, high: 1)))
        var back = [Float](repeating: 0, count: values.count)
        Kernel.set.reconstruct(
            values, values.count, grid: quantizer.kernel, codec: quantizer.codec, index: 0, into: &back)
        for (position, value) in values.enumerated() {
            let code = quantizer.code(of: value, rounding: .even, index: 0)
            #expect(quantizer.reconstruction(of: code) == results[position], "\(name) of \(value)")
            #expect(back[position] == results[position], "\(name) of \(value)")
        }
    }

    @Test(arguments: [
        ("fp4-e2m1", 6, 1, 0.5, 7), ("fp6-e2m3", 7.5, 1, 0.125, 31), ("fp6-e3m2", 28, 0.25, 0.0625, 31),
        ("fp8-e4m3", 448, 0x1p-6, 0x1p-9, 126), ("fp8-e5m2", 57_344, 0x1p-14, 0x1p-16, 123),
    ])
    func extremes(name: String, largest: Float, leastNormal: Float, leastSubnormal: Float, positive: Int) throws {
        let format = try #require(try Recipe(name).format as? SmallFloatFormat)
        #expect(format.largest == largest && format.book.levels.count == 2 * positive + 1)
        #expect(format.book.levels[positive + 1] == leastSubnormal)
        #expect(format.leastNormal == leastNormal)
    }

    /// Without a mantissa ties go by the exponent's parity: codes 1, 2, 3 … are 2^(e - bias).
    @Test func tiesWithoutMantissa() throws {
        let format = try #require(try Recipe("fp-e3m0").format as? SmallFloatFormat)
        // Values 0, ¼, ½, 1 … 16: 3/8 lies between codes 1 and 2, 3/4 between 2 and 3.
        let quantizer = BookQuantizer(format.book)
        for (value, expected) in [(Float(0.375), Float(0.5)), (0.75, 0.5), (1.5, 2), (3, 2), (6, 8), (0.125, 0)] {
            #expect(quantizer.reconstruction(of: quantizer.code(of: value)) == expected)
            #expect(quantizer.reconstruction(of: quantizer.code(of: -value)) == -expected)
        }
    }
}
