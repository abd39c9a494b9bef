import Testing

@testable import Quantization

/// Tables of quantization theory: the survey's companion numbers in double precision, checked against the literature.
@Suite struct TheoryTests {
    /// Max's equal steps without a level at zero: step and mean squared error at 1 to 8 bits.
    @Test(arguments: [
        (
            SourceModel.gauss,
            [
                (1.595_769_12, 0.363_380_23), (0.995_686_69, 0.118_846_05), (0.586_019_45, 0.037_439_66),
                (0.335_200_61, 0.011_542_88), (0.188_138_79, 0.003_495_21), (0.104_063_01, 0.001_040_05),
                (0.056_867_67, 0.000_304_33), (0.030_762_39, 0.000_087_69),
            ]
        ),
        (
            SourceModel.laplace,
            [
                (1.414_213_56, 0.5), (1.087_392_70, 0.196_302_26), (0.730_933_19, 0.071_747_80),
                (0.460_995_37, 0.025_350_97), (0.279_988_56, 0.008_713_22), (0.165_680_73, 0.002_913_43),
                (0.096_098_92, 0.000_948_60), (0.054_844_33, 0.000_301_42),
            ]
        ),
    ])
    func stepsWithoutZero(model: SourceModel, table: [(step: Double, error: Double)]) {
        for (index, expected) in table.enumerated() {
            let best = OptimalUniform(model, .midRise(levels: 2 << index))
            // The table's steps come from a search for the least error, which tells no more than this of a step.
            #expect(abs(best.step - expected.step) < 2e-8, "\(model) \(index + 1) bits: \(best.step)")
            #expect(abs(best.meanSquaredError - expected.error) < 0.6e-8, "\(model) \(index + 1) bits")
        }
    }

    /// What restricted symmetric integers can reach: step, outermost level, error at 2 to 8 bits.
    @Test(arguments: [
        (
            SourceModel.gauss,
            [
                (1.224_006_36, 1.224_01, 0.190_174_04), (0.650_769_72, 1.952_31, 0.046_859_97),
                (0.353_411_33, 2.473_88, 0.012_889_39), (0.193_248_52, 2.898_73, 0.003_693_22),
                (0.105_487_58, 3.270_12, 0.001_069_29), (0.057_261_28, 3.607_46, 0.000_308_62),
                (0.030_870_08, 3.920_50, 0.000_088_31),
            ]
        ),
        (
            SourceModel.laplace,
            [
                (1.414_213_56, 1.414_21, 0.264_241_12), (0.821_752_57, 2.465_26, 0.083_086_52),
                (0.486_884_96, 3.408_19, 0.027_395_22), (0.287_464_24, 4.311_96, 0.009_085_13),
                (0.167_848_65, 5.203_31, 0.002_979_51), (0.096_725_87, 6.093_73, 0.000_959_94),
                (0.055_024_33, 6.988_09, 0.000_303_30),
            ]
        ),
    ])
    func restrictedIntegers(model: SourceModel, table: [(step: Double, limit: Double, error: Double)]) {
        for (index, expected) in table.enumerated() {
            let codes = Mapping.symmetric.codes(bits: index + 2)
            let best = OptimalUniform(model, .midTread(codes))
            #expect(abs(best.step - expected.step) < 2e-8, "\(model) \(index + 2) bits: \(best.step)")
            #expect(abs(best.step * Double(codes.upperBound) - expected.limit) < 0.6e-5)
            #expect(abs(best.meanSquaredError - expected.error) < 0.6e-8)
        }
    }

    @Test(arguments: [
        (
            SourceModel.gauss, [1.048_385, 0.601_824, 0.338_608, 0.188_792, 0.104_179, 0.056_887, 0.030_766],
            [0.149_431, 0.040_638_2, 0.011_864_0, 0.003_525_96, 0.001_042_85, 0.000_304_579, 0.000_087_706_9]
        ),
        (
            SourceModel.laplace, [1.214_126, 0.762_452, 0.467_647, 0.281_276, 0.165_915, 0.096_140, 0.054_851],
            [0.206_995, 0.071_994_6, 0.025_260_3, 0.008_690_67, 0.002_909_83, 0.000_948_120, 0.000_301_364]
        ),
    ])
    func fullIntegers(model: SourceModel, steps: [Double], errors: [Double]) {
        for index in steps.indices {
            let best = OptimalUniform(model, .midTread(Mapping.symmetricFull.codes(bits: index + 2)))
            #expect(abs(best.step - steps[index]) < 0.6e-6, "\(model) \(index + 2) bits: \(best.step)")
            #expect(close(best.meanSquaredError, errors[index], 5e-6), "\(model) \(index + 2) bits")
        }
    }

    /// Steps where the derivative of the error vanishes, by arithmetic of thirty digits (mpmath).
    @Test func stepsToTwelveDigits() {
        let expected: [(OptimalUniform.Grid, Double)] = [
            (.midRise(levels: 4), 0.995_686_685_943_51), (.midRise(levels: 8), 0.586_019_441_443_49),
            (.midRise(levels: 16), 0.335_200_612_199_97), (.midTread(-1...1), 1.224_006_361_925),
            (.midTread(-3...3), 0.650_769_703_996_84), (.midTread(-7...7), 0.353_411_315_571_41),
            (.midTread(-15...15), 0.193_248_524_397_18),
        ]
        for (grid, step) in expected { #expect(close(OptimalUniform(.gauss, grid).step, step, 1e-12)) }
    }

    /// Grids too wide to go through follow the same law: six decibels a bit.
    @Test(arguments: SourceModel.allCases)
    func wideGrids(model: SourceModel) {
        let exact = OptimalUniform(model, .midTread(Mapping.symmetric.codes(bits: 12)))
        let wide = OptimalUniform(model, .midTread(Mapping.symmetric.codes(bits: 13)))
        #expect(close(wide.meanSquaredError * 4, exact.meanSquaredError, 0.25))
        #expect(wide.step < exact.step && wide.step > exact.step / 2)
    }

    /// The least error of free levels, 1 to 8 bits (Max printed 0.009497 and 0.002499 for 4 and 5, which his own levels miss).
    @Test(arguments: [
        (
            SourceModel.gauss,
            [
                0.363_380_227_6, 0.117_481_847_8, 0.034_547_760_8, 0.009_501_008_0, 0.002_504_668_4, 0.000_644_239_7,
                0.000_163_478_2, 0.000_041_185_1,
            ]
        ),
        (
            SourceModel.laplace,
            [
                0.5, 0.176_194_881_1, 0.054_475_987_9, 0.015_372_527_1, 0.004_102_180_0, 0.001_060_952_3,
                0.000_269_873_8, 0.000_068_061_7,
            ]
        ),
    ])
    func lloydMax(model: SourceModel, errors: [Double]) {
        for (index, expected) in errors.enumerated() {
            let found = LloydMax.meanSquaredError(model, bits: index + 1)
            #expect(abs(found - expected) < 0.6e-10, "\(model) \(index + 1) bits: \(found)")
        }
        // Rate-distortion lies below everything.
        #expect(model.rateDistortion(bits: 4) < errors[3])
    }

    @Test func lloydMaxLevels() {
        let gauss = LloydMax(.gauss, levels: 8).positiveLevels, laplace = LloydMax(.laplace, levels: 4).positiveLevels
        #expect(zip(gauss, [0.245_09, 0.756_01, 1.343_91, 2.151_95]).allSatisfy { abs($0 - $1) < 0.6e-5 })
        #expect(zip(laplace, [0.419_76, 1.833_97]).allSatisfy { abs($0 - $1) < 0.6e-5 })
    }

    /// ACIQ's multiples at 1 to 8 bits (its repository prints the same digits), and OCTAV's fixed points.
    @Test(arguments: [
        (
            SourceModel.gauss,
            [1.239_905, 1.710_635, 2.151_593, 2.559_136, 2.936_201, 3.286_914, 3.615_114, 3.924_035],
            [1.312_493, 1.738_835, 2.161_117, 2.562_090, 2.937_070, 3.287_162, 3.615_183, 3.924_054]
        ),
        (
            SourceModel.laplace,
            [1.862_8, 2.830_683, 3.897_229, 5.028_640, 6.204_766, 7.413_126, 8.645_620, 9.896_760],
            [1.962_261, 2.873_734, 3.913_293, 5.034_090, 6.206_505, 7.413_658, 8.645_778, 9.896_805]
        ),
    ])
    func analyticLimits(model: SourceModel, aciq: [Double], octav: [Double]) {
        for index in aciq.indices {
            let multiple = AnalyticClip.multiple(model, bits: index + 1)
            #expect(abs(multiple - aciq[index]) < (index == 0 ? 0.6e-4 : 0.6e-6), "\(model) \(index + 1): \(multiple)")
            let fixed = AnalyticClip.fixedPoint(model, bits: index + 1)
            #expect(abs(fixed - octav[index]) < 0.6e-6, "\(model) \(index + 1): \(fixed)")
        }
        // One-sided data take the multiple of one bit more.
        #expect(
            abs(AnalyticClip.multiple(model, bits: 9) - (model == .gauss ? 4.216_3 : 11.162_7)) < 0.6e-4)
    }

    /// Masses and moments of intervals add up to those of the whole.
    @Test(arguments: SourceModel.allCases)
    func partsAddUp(model: SourceModel) {
        let edges = [-Double.infinity, -3, -0.5, 0, 0.25, 2, .infinity]
        let parts = zip(edges, edges.dropFirst()).map { model.part(from: $0, to: $1) }
        #expect(close(parts.reduce(0) { $0 + $1.mass }, 1, 1e-14))
        #expect(abs(parts.reduce(0) { $0 + $1.first }) < 1e-14)
        #expect(close(parts.reduce(0) { $0 + $1.second }, 1, 1e-14))
        #expect(close(model.distribution(0.25) - model.distribution(-0.5), parts[2].mass + parts[3].mass, 1e-14))
    }
}
