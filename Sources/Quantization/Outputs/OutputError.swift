public import Basics
import KernelTypes
public import Tensors

/// What quantizing a layer's weights does to its outputs: ‖(Ŵ - W)X‖ / ‖WX‖ over measured inputs X.
///
/// Squares of Frobenius norms, so that parts add up.
public struct OutputError: Sendable, Equatable {
    /// ‖(Ŵ - W)X‖².
    public let squaredError: Double
    /// ‖WX‖².
    public let squaredOutput: Double

    public init(squaredError: Double, squaredOutput: Double) {
        self.squaredError = squaredError
        self.squaredOutput = squaredOutput
    }

    /// ‖(Ŵ - W)X‖ / ‖WX‖; nil where the outputs are all zero.
    public var relative: Double? { squaredOutput > 0 ? (squaredError / squaredOutput).squareRoot() : nil }
}

/// Measured inputs of a layer: rows of as many features as a row of its weights has elements.
///
/// Weights are [out, …]: what follows the first axis is one row, as a convolution's patches are. Inputs are […, features]; all axes but
/// the last are samples. A sample with an element that is not finite is left out.
public struct LayerInputs: Sendable {
    public let tensor: TensorView
    public let sampleCount: Int
    public let featureCount: Int

    /// Returns nil where the inputs do not fit the weights, or there is none.
    public init?(_ inputs: TensorView, for weights: TensorView) {
        guard weights.shape.rank >= 2, weights.count > 0, inputs.count > 0, inputs.shape.rank >= 1 else { return nil }
        let features = weights.count / weights.shape.extents[0]
        guard inputs.shape.extents.last == features else { return nil }
        tensor = inputs
        featureCount = features
        sampleCount = inputs.count / features
    }

    /// Samples in the form that kernels multiply by: panels of 32 samples, feature after feature; the last is filled up with zeros.
    /// Read by all workers once they are filled.
    struct Panels: @unchecked Sendable {
        let values: Scratch
        let count: Int
        static let width = 32
    }

    /// Inputs are taken in parts of at most so many numbers, 64 MB.
    private static let partSize = 1 << 24

    /// Samples of a part, a whole number of panels.
    var samplesPerPart: Int { max(Panels.width, Self.partSize / featureCount / Panels.width * Panels.width) }

    func panels(_ samples: Range<Int>, _ context: WorkContext) throws(Cancelled) -> Panels {
        let width = Panels.width, count = samples.count.pieces(of: width), features = featureCount
        let panels = Scratch(), tensor = tensor
        let output = Slots<UnsafeMutablePointer<Float>>(1, repeating: panels.floats(count * width * features))
        let rows = PerWorker(context.threads) { Scratch() }
        try context.silent.forEach(0..<count) { panel, worker in
            let target = output[0] + panel * width * features
            target.update(repeating: 0, count: width * features)
            for lane in 0..<min(width, samples.count - panel * width) {
                let start = (samples.lowerBound + panel * width + lane) * features
                tensor.withValues(start..<start + features, scratch: rows[worker].floats(features)) { row in
                    guard (0..<features).allSatisfy({ row[$0].isFinite }) else { return }
                    for feature in 0..<features { target[feature * width + lane] = row[feature] }
                }
            }
        }
        return Panels(values: panels, count: count)
    }
}

extension Evaluator {
    /// The error of the layer's outputs over measured inputs.
    ///
    /// Products are Float32 sums of 128 terms, folded in Double. Takes 2·rows·features·samples multiplications, or half of it where the
    /// outputs are known, and 64 MB. nil where ranges are calibrated on other entries than they are applied to.
    ///
    /// - Parameters:
    ///   - inputs: X, the layer's recorded inputs.
    ///   - squaredOutput: ‖WX‖² where it is known from another recipe.
    ///   - context: threads, and a flag that ends the work.
    public func outputError(
        _ inputs: LayerInputs, squaredOutput: Double? = nil, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> OutputError? {
        if let better = try prepared(context) {
            return try better.outputError(inputs, squaredOutput: squaredOutput, context: context)
        }
        guard ahead == nil else { return nil }
        var error = 0.0, output = 0.0
        let step = inputs.samplesPerPart, parts = inputs.sampleCount.pieces(of: step)
        for part in 0..<parts {
            let samples = part * step..<min((part + 1) * step, inputs.sampleCount)
            let panels = try inputs.panels(samples, context)
            let range = context.part(Double(part) / Double(parts), Double(part + 1) / Double(parts))
            let sums = try OutputPass(features: inputs.featureCount, panels: panels, wantsOutput: squaredOutput == nil)
                .run(self, range)
            error += sums.error
            output += sums.output
        }
        return OutputError(squaredError: error, squaredOutput: squaredOutput ?? output)
    }
}

/// One pass over the weights and their reconstructions for some samples.
private struct OutputPass: Sendable {
    let features: Int
    let panels: LayerInputs.Panels
    let wantsOutput: Bool

    struct Sums: Sendable { var error = 0.0, output = 0.0 }

    /// The products of a part of a row, which count only together with the row's other parts.
    private struct PartialRow: Sendable {
        let row: Int
        let start: Int
        let error: [Double]
        let output: [Double]
    }

    private final class Worker {
        let errors = Scratch(), values = Scratch()
        var partial: [PartialRow] = []
        var products: [Double] = []
    }

    func run(_ evaluator: Evaluator, _ context: WorkContext) throws(Cancelled) -> Sums {
        let pass = try evaluator.reconstructionPass(context)
        let parts = Slots<Sums>(pass.partCount, repeating: Sums())
        let workers = PerWorker(context.threads) { Worker() }
        try pass.forEach(context) { number, part, worker in add(part, workers[worker], into: &parts[number]) }
        var sums = Sums()
        for part in parts.all {
            sums.error += part.error
            sums.output += part.output
        }
        var open: PartialRow?
        func close() {
            guard let row = open else { return }
            sums.error += row.error.reduce(0) { $0 + $1 * $1 }
            sums.output += row.output.reduce(0) { $0 + $1 * $1 }
        }
        for piece in workers.all.flatMap({ $0.partial }).sorted(by: { ($0.row, $0.start) < ($1.row, $1.start) }) {
            if let before = open, before.row == piece.row {
                open = PartialRow(
                    row: piece.row, start: before.start, error: zip(before.error, piece.error).map { $0 + $1 },
                    output: zip(before.output, piece.output).map { $0 + $1 })
            } else {
                close()
                open = piece
            }
        }
        close()
        return sums
    }

    private func add(_ part: ReconstructedPart, _ worker: Worker, into sums: inout Sums) {
        let count = part.elements.count, rows = 4
        // Errors, and values where they are wanted; what is not finite takes no part. Room for rows that fill a group of four up.
        let room = count + rows * features
        let errors = worker.errors.floats(room), values = worker.values.floats(room)
        for i in 0..<count {
            let value = part.values[i]
            errors[i] = value.isFinite ? part.reconstruction[i] - value : 0
            if wantsOutput { values[i] = value.isFinite ? value : 0 }
        }
        (errors + count).update(repeating: 0, count: rows * features)
        if wantsOutput { (values + count).update(repeating: 0, count: rows * features) }
        var at = part.elements.lowerBound
        while at < part.elements.upperBound {
            let row = at / features, column = at % features
            let place = at - part.elements.lowerBound
            if column == 0, part.elements.upperBound - at >= features {
                let whole = (part.elements.upperBound - at) / features
                for first in stride(from: 0, to: whole, by: rows) {
                    let some = min(rows, whole - first), offset = place + first * features
                    sums.error += squares(errors + offset, rows: some, worker)
                    if wantsOutput { sums.output += squares(values + offset, rows: some, worker) }
                }
                at += whole * features
            } else {
                let end = min(part.elements.upperBound, (row + 1) * features)
                let error = products(errors + place, column..<column + end - at)
                let output = wantsOutput ? products(values + place, column..<column + end - at) : []
                worker.partial.append(PartialRow(row: row, start: column, error: error, output: output))
                at = end
            }
        }
    }

    /// Σ(row·sample)² over some whole rows, of which the buffer holds four.
    private func squares(_ rows: UnsafePointer<Float>, rows count: Int, _ worker: Worker) -> Double {
        let width = LayerInputs.Panels.width, panels = self.panels.values.floats(0)
        if worker.products.count < 4 * width { worker.products = [Double](repeating: 0, count: 4 * width) }
        var sum = 0.0
        worker.products.withUnsafeMutableBufferPointer { products in
            guard let output = products.baseAddress else { return }
            for panel in 0..<self.panels.count {
                output.update(repeating: 0, count: 4 * width)
                Kernel.set.addProducts(
                    rows, stride: features, panels + panel * width * features, count: features, into: output)
                for i in 0..<count * width { sum += output[i] * output[i] }
            }
        }
        return sum
    }

    /// The products of some columns of one row with every sample.
    private func products(_ row: UnsafePointer<Float>, _ columns: Range<Int>) -> [Double] {
        let width = LayerInputs.Panels.width, panels = self.panels.values.floats(0)
        var result = [Double](repeating: 0, count: self.panels.count * width)
        var four = [Double](repeating: 0, count: 4 * width)
        for panel in 0..<self.panels.count {
            four.withUnsafeMutableBufferPointer { four in
                guard let output = four.baseAddress else { return }
                output.update(repeating: 0, count: 4 * width)
                // The one row four times: partial rows are few.
                Kernel.set.addProducts(
                    row, stride: 0, panels + (panel * features + columns.lowerBound) * width, count: columns.count,
                    into: output)
                for lane in 0..<width { result[panel * width + lane] = output[lane] }
            }
        }
        return result
    }
}
