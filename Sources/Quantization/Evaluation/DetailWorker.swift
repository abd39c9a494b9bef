import KernelTypes

/// Looks at values of one range closely: histograms of values and errors, and how often each code occurs.
final class DetailWorker {
    let scratch = Scratch()
    let original: HistogramWorker
    /// Of x̂ - x between edges in steps times S.
    let errors: HistogramWorker
    /// What the kernel counts, and what is counted one by one.
    let codes: EvaluationWorker
    private(set) var codeCounts: [UInt64]
    private(set) var squaredError = 0.0
    private let quantizer: Quantizer
    private let rounding: Rounding
    private let grid: KernelGrid
    private let codec: KernelCodec
    private let reconstructed = Scratch(), differences = Scratch()

    init(_ binning: Binning, _ quantizer: Quantizer, _ recipe: Recipe, _ errorBinning: Binning) {
        self.quantizer = quantizer
        rounding = recipe.rounding
        grid = quantizer.kernel
        codec = recipe.codec ?? quantizer.codec
        original = HistogramWorker(binning)
        errors = HistogramWorker(errorBinning.scaled(by: quantizer.step))
        codes = EvaluationWorker(codeCount: quantizer.levelCount)
        codeCounts = [UInt64](repeating: 0, count: quantizer.levelCount)
    }

    /// Adds the finite ones of some values; `element` tells their numbers in the tensor, which drawing looks at.
    func add(_ values: UnsafePointer<Float>, _ count: Int, element: (Int) -> Int) {
        guard count > 0 else { return }
        original.add(values, count)
        let first = element(0), look = Kernel.set.extremes(values, count)
        let isRun = element(count - 1) == first + count - 1
        if case .stochastic = rounding, !isRun {
            addOneByOne(values, count, element)
        } else if look.hasNonFinite {
            addOneByOne(values, count, element)
        } else {
            addByKernel(values, count, first: first, largest: Float(bitPattern: look.magnitudeBits))
        }
    }

    private func addByKernel(_ values: UnsafePointer<Float>, _ count: Int, first: Int, largest: Float) {
        let back = reconstructed.floats(count), difference = differences.floats(count)
        Kernel.set.reconstruct(values, count, grid: grid, codec: codec, index: UInt64(first), into: back)
        for i in 0..<count { difference[i] = back[i] - values[i] }
        errors.addFinite(difference, count)
        let factor = max(largest, Float(quantizer.step)).normalizingFactor
        squaredError +=
            Kernel.set.squaredDistance(values, back, count, factor: factor) / (Double(factor) * Double(factor))
        codes.countCodes(values, count, grid: grid, codec: codec, index: first)
    }

    private func addOneByOne(_ values: UnsafePointer<Float>, _ count: Int, _ element: (Int) -> Int) {
        for i in 0..<count where values[i].isFinite { addError(values[i], element(i), times: 1) }
    }

    /// Adds a value that occurs so many times.
    func add(_ value: Float, times: UInt64) {
        original.add(Double(value), times: times)
        addError(value, 0, times: times)
    }

    private func addError(_ value: Float, _ index: Int, times: UInt64) {
        let code = quantizer.code(of: value, rounding: rounding, index: index)
        codeCounts[code - quantizer.lowestCode] += times
        let error = Double(quantizer.reconstruction(of: code) - value)
        squaredError += Double(times) * error * error
        errors.add(error, times: times)
    }
}
