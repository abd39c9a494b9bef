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
    enum Level: String { case baseline, v3, v4 }

    static let level: Level = {
        let best: Level =
            switch qlens_processor_level() {
            case 4: .v4
            case 3: .v3
            default: .baseline
            }
        guard let wish = getenv("QLENS_KERNELS").flatMap({ Level(rawValue: String(cString: $0)) }) else { return best }
        switch (wish, best) {
        case (.baseline, _), (.v3, .v3), (.v3, .v4): return wish
        default: return best
        }
    }()

    static func extremes(_ x: UnsafePointer<Float>, _ count: Int) -> KernelExtremes {
        switch level {
        case .v4: KernelsV4.Kernels.extremes(x, count)
        case .v3: KernelsV3.Kernels.extremes(x, count)
        case .baseline: KernelsBaseline.Kernels.extremes(x, count)
        }
    }

    static func range(_ x: UnsafePointer<Float>, _ count: Int) -> (low: Float, high: Float) {
        switch level {
        case .v4: KernelsV4.Kernels.range(x, count)
        case .v3: KernelsV3.Kernels.range(x, count)
        case .baseline: KernelsBaseline.Kernels.range(x, count)
        }
    }

    static func widenColumns(
        _ x: UnsafePointer<Float>, _ count: Int, _ low: UnsafeMutablePointer<Float>, _ high: UnsafeMutablePointer<Float>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.widenColumns(x, count, low, high)
        case .v3: KernelsV3.Kernels.widenColumns(x, count, low, high)
        case .baseline: KernelsBaseline.Kernels.widenColumns(x, count, low, high)
        }
    }

    static func sum(_ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float = 0) -> Double {
        switch level {
        case .v4: KernelsV4.Kernels.sum(x, count, factor: factor, pivot: pivot)
        case .v3: KernelsV3.Kernels.sum(x, count, factor: factor, pivot: pivot)
        case .baseline: KernelsBaseline.Kernels.sum(x, count, factor: factor, pivot: pivot)
        }
    }

    static func powerSums(_ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float) -> KernelPowerSums {
        switch level {
        case .v4: KernelsV4.Kernels.powerSums(x, count, factor: factor, pivot: pivot)
        case .v3: KernelsV3.Kernels.powerSums(x, count, factor: factor, pivot: pivot)
        case .baseline: KernelsBaseline.Kernels.powerSums(x, count, factor: factor, pivot: pivot)
        }
    }

    static func countBuckets(
        _ x: UnsafePointer<Float>, _ count: Int, _ first: UnsafeMutablePointer<UInt32>,
        _ second: UnsafeMutablePointer<UInt32>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.countBuckets(x, count, first, second)
        case .v3: KernelsV3.Kernels.countBuckets(x, count, first, second)
        case .baseline: KernelsBaseline.Kernels.countBuckets(x, count, first, second)
        }
    }

    static func countBins(
        _ x: UnsafePointer<Float>, _ count: Int, low: Float, binsPerUnit: Float, bins: Int,
        _ counts: UnsafeMutablePointer<UInt32>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.countBins(x, count, low: low, binsPerUnit: binsPerUnit, bins: bins, counts)
        case .v3: KernelsV3.Kernels.countBins(x, count, low: low, binsPerUnit: binsPerUnit, bins: bins, counts)
        case .baseline:
            KernelsBaseline.Kernels.countBins(x, count, low: low, binsPerUnit: binsPerUnit, bins: bins, counts)
        }
    }

    static func squaredError(_ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, factor: Float) -> Double {
        switch level {
        case .v4: KernelsV4.Kernels.squaredError(x, count, grid: grid, factor: factor)
        case .v3: KernelsV3.Kernels.squaredError(x, count, grid: grid, factor: factor)
        case .baseline: KernelsBaseline.Kernels.squaredError(x, count, grid: grid, factor: factor)
        }
    }

    /// The same or Σ|x̂ - x|, in its true size.
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

    static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, runs: KernelGridColumns, shift: Int, codec: KernelCodec,
        index: UInt64, factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    ) {
        switch level {
        case .v4:
            KernelsV4.Kernels.evaluate(
                x, count, runs: runs, shift: shift, codec: codec, index: index, factors: factors,
                outputs: outputs, into: &sums)
        case .v3:
            KernelsV3.Kernels.evaluate(
                x, count, runs: runs, shift: shift, codec: codec, index: index, factors: factors,
                outputs: outputs, into: &sums)
        case .baseline:
            KernelsBaseline.Kernels.evaluate(
                x, count, runs: runs, shift: shift, codec: codec, index: index, factors: factors,
                outputs: outputs, into: &sums)
        }
    }

    static func addRuns(
        _ x: UnsafePointer<Float>, _ count: Int, shift: Int, unit: Double, _ totals: UnsafeMutablePointer<Double>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.addRuns(x, count, shift: shift, unit: unit, totals)
        case .v3: KernelsV3.Kernels.addRuns(x, count, shift: shift, unit: unit, totals)
        case .baseline: KernelsBaseline.Kernels.addRuns(x, count, shift: shift, unit: unit, totals)
        }
    }

    static func addColumns(
        _ x: UnsafePointer<Float>, _ count: Int, unit: Double, _ totals: UnsafeMutablePointer<Double>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.addColumns(x, count, unit: unit, totals)
        case .v3: KernelsV3.Kernels.addColumns(x, count, unit: unit, totals)
        case .baseline: KernelsBaseline.Kernels.addColumns(x, count, unit: unit, totals)
        }
    }

    static func fit(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, factor: Float
    ) -> (product: Double, square: Double) {
        switch level {
        case .v4: KernelsV4.Kernels.fit(x, count, grid: grid, factor: factor)
        case .v3: KernelsV3.Kernels.fit(x, count, grid: grid, factor: factor)
        case .baseline: KernelsBaseline.Kernels.fit(x, count, grid: grid, factor: factor)
        }
    }

    static func reconstruct(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, codec: KernelCodec, index: UInt64,
        into output: UnsafeMutablePointer<Float>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.reconstruct(x, count, grid: grid, codec: codec, index: index, into: output)
        case .v3: KernelsV3.Kernels.reconstruct(x, count, grid: grid, codec: codec, index: index, into: output)
        case .baseline:
            KernelsBaseline.Kernels.reconstruct(x, count, grid: grid, codec: codec, index: index, into: output)
        }
    }

    static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, codec: KernelCodec, index: UInt64,
        factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    ) {
        switch level {
        case .v4:
            KernelsV4.Kernels.evaluate(
                x, count, grid: grid, codec: codec, index: index, factors: factors, outputs: outputs, into: &sums)
        case .v3:
            KernelsV3.Kernels.evaluate(
                x, count, grid: grid, codec: codec, index: index, factors: factors, outputs: outputs, into: &sums)
        case .baseline:
            KernelsBaseline.Kernels.evaluate(
                x, count, grid: grid, codec: codec, index: index, factors: factors, outputs: outputs, into: &sums)
        }
    }

    static func evaluate(
        _ x: UnsafePointer<Float>, _ count: Int, columns: KernelGridColumns, codec: KernelCodec, index: UInt64,
        factors: KernelFactors, outputs: KernelOutputs, into sums: inout KernelSums
    ) {
        switch level {
        case .v4:
            KernelsV4.Kernels.evaluate(
                x, count, columns: columns, codec: codec, index: index, factors: factors, outputs: outputs,
                into: &sums)
        case .v3:
            KernelsV3.Kernels.evaluate(
                x, count, columns: columns, codec: codec, index: index, factors: factors, outputs: outputs,
                into: &sums)
        case .baseline:
            KernelsBaseline.Kernels.evaluate(
                x, count, columns: columns, codec: codec, index: index, factors: factors, outputs: outputs,
                into: &sums)
        }
    }

    static func absoluteError(_ x: UnsafePointer<Float>, _ count: Int, grid: KernelGrid, factor: Float) -> Double {
        switch level {
        case .v4: KernelsV4.Kernels.absoluteError(x, count, grid: grid, factor: factor)
        case .v3: KernelsV3.Kernels.absoluteError(x, count, grid: grid, factor: factor)
        case .baseline: KernelsBaseline.Kernels.absoluteError(x, count, grid: grid, factor: factor)
        }
    }

    static func absoluteDeviation(_ x: UnsafePointer<Float>, _ count: Int, factor: Float, pivot: Float) -> Double {
        switch level {
        case .v4: KernelsV4.Kernels.absoluteDeviation(x, count, factor: factor, pivot: pivot)
        case .v3: KernelsV3.Kernels.absoluteDeviation(x, count, factor: factor, pivot: pivot)
        case .baseline: KernelsBaseline.Kernels.absoluteDeviation(x, count, factor: factor, pivot: pivot)
        }
    }

    static func tails(
        _ x: UnsafePointer<Float>, _ count: Int, low: Float, high: Float, factor: Float,
        _ output: UnsafeMutablePointer<Float>
    ) -> KernelTails {
        switch level {
        case .v4: KernelsV4.Kernels.tails(x, count, low: low, high: high, factor: factor, output)
        case .v3: KernelsV3.Kernels.tails(x, count, low: low, high: high, factor: factor, output)
        case .baseline: KernelsBaseline.Kernels.tails(x, count, low: low, high: high, factor: factor, output)
        }
    }

    static func countMagnitudes(
        _ x: UnsafePointer<Float>, _ count: Int, largest: Float, bins: Int, _ counts: UnsafeMutablePointer<UInt32>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.countMagnitudes(x, count, largest: largest, bins: bins, counts)
        case .v3: KernelsV3.Kernels.countMagnitudes(x, count, largest: largest, bins: bins, counts)
        case .baseline: KernelsBaseline.Kernels.countMagnitudes(x, count, largest: largest, bins: bins, counts)
        }
    }

    static func squaredDistance(
        _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int, factor: Float
    ) -> Double {
        switch level {
        case .v4: KernelsV4.Kernels.squaredDistance(x, y, count, factor: factor)
        case .v3: KernelsV3.Kernels.squaredDistance(x, y, count, factor: factor)
        case .baseline: KernelsBaseline.Kernels.squaredDistance(x, y, count, factor: factor)
        }
    }

    static func countEdges(
        _ x: UnsafePointer<Float>, _ count: Int, edges: UnsafePointer<Double>, bins: Int,
        _ counts: UnsafeMutablePointer<UInt32>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.countEdges(x, count, edges: edges, bins: bins, counts)
        case .v3: KernelsV3.Kernels.countEdges(x, count, edges: edges, bins: bins, counts)
        case .baseline: KernelsBaseline.Kernels.countEdges(x, count, edges: edges, bins: bins, counts)
        }
    }

    /// Adds the products of four rows with a panel of 32 columns.
    static func addProducts(
        _ rows: UnsafePointer<Float>, stride: Int, _ panel: UnsafePointer<Float>, count: Int,
        into output: UnsafeMutablePointer<Double>
    ) {
        switch level {
        case .v4: KernelsV4.Kernels.addProducts(rows, stride: stride, panel, count: count, into: output)
        case .v3: KernelsV3.Kernels.addProducts(rows, stride: stride, panel, count: count, into: output)
        case .baseline: KernelsBaseline.Kernels.addProducts(rows, stride: stride, panel, count: count, into: output)
        }
    }
}
