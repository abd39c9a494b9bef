import CSystem
import KernelTypes
import KernelsBaseline
import KernelsV3
import KernelsV4
import Platform

/// The kernels for this processor, chosen once.
///
/// `QLENS_KERNELS=baseline|v3` takes a lower level than the processor's, to compare them.
enum Kernel {
    /// By level, the lowest first.
    private static let levels: [(name: String, level: Int32, set: any KernelSet.Type)] = [
        ("baseline", 0, KernelsBaseline.Kernels.self),
        ("v3", 3, KernelsV3.Kernels.self),
        ("v4", 4, KernelsV4.Kernels.self),
    ]

    /// Those that this processor has.
    static let possible = levels.filter { $0.level <= qlens_processor_level() }

    static let set: any KernelSet.Type = {
        let wish = getenv("QLENS_KERNELS").map { String(cString: $0) }
        return (possible.first { $0.name == wish } ?? possible.last ?? levels[0]).set
    }()
}

extension KernelSet {
    static func sum(_ x: UnsafePointer<Float>, _ count: Int, factor: Float) -> Double {
        sum(x, count, factor: factor, pivot: 0)
    }

    /// Σ(x̂ - x)² or Σ|x̂ - x| for one grid and rounding to nearest even, in its true size.
    static func error(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, _ measure: ErrorMeasure, factor: Float
    ) -> Double {
        let unit = Double(factor)
        return switch measure {
        case .squared: squaredError(x, count, grid: grid, factor: factor) / (unit * unit)
        case .absolute: absoluteError(x, count, grid: grid, factor: factor) / unit
        }
    }

    /// The same of any quantizer, affine ones rounding to nearest even.
    static func error(
        _ x: UnsafePointer<Float>, _ count: Int, _ quantizer: Quantizer, _ measure: ErrorMeasure, factor: Float
    ) -> Double {
        if case .affine(let affine) = quantizer { return error(x, count, grid: affine.kernel, measure, factor: factor) }
        var sums = KernelSums()
        evaluate(
            x, count, grid: quantizer.kernel, codec: quantizer.codec, index: 0,
            factors: KernelFactors(error: factor, value: factor, reconstruction: factor),
            outputs: KernelOutputs(codeCounts: nil, codeCount: 0, hasFourTables: false, squaredErrors: nil), into: &sums
        )
        let unit = Double(factor)
        return measure == .squared ? sums.squaredError / (unit * unit) : sums.absoluteError / unit
    }
}
