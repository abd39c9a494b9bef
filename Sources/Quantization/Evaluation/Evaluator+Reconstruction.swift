public import Basics
import KernelTypes
import Tensors

extension Evaluator {
    /// The reconstructions of the first `count` elements; not a number where an element is not finite.
    public func reconstructionHead(_ count: Int, context: WorkContext = WorkContext()) throws(Cancelled) -> [Float] {
        let ready = try prepared(context) ?? self
        return try ready.state(context).head(count, context)
    }

    /// The reconstructions of everything that is judged; without meaning where an element is not finite.
    public func reconstruction(_ context: WorkContext = WorkContext()) throws(Cancelled) -> [Float] {
        if let better = try prepared(context) { return try better.reconstruction(context) }
        guard tensor.count > 0 else { return [] }
        let result = Slots<Float>(tensor.count, repeating: 0)
        try reconstructionPass(context).forEach(context.silent) { _, part, _ in
            (result.base + part.elements.lowerBound).update(from: part.reconstruction, count: part.elements.count)
        }
        return result.all
    }

    /// The histogram of all reconstructions.
    package func reconstructionHistogram(_ binning: Binning, _ context: WorkContext) throws(Cancelled) -> Histogram {
        let workers = PerWorker(context.threads) { HistogramWorker(binning) }
        try reconstructionPass(context).forEach(context.silent) { _, part, number in
            // What is not finite must not be counted; its reconstruction would be an outermost level.
            for i in 0..<part.elements.count where part.values[i].isFinite {
                workers[number].add(Double(part.reconstruction[i]))
            }
        }
        return workers.all.reduce(into: Histogram(binning)) { $0.merge($1.finished()) }
    }
}

/// Neighbouring elements of what is judged, before and after.
struct ReconstructedPart {
    let elements: Range<Int>
    /// As stored, what is not finite included.
    let values: UnsafePointer<Float>
    /// Without meaning where an element is not finite.
    let reconstruction: UnsafePointer<Float>
    /// The scale of each element's range, and its lowest code less its zero-point; nil where values are coded together.
    let units: (scale: UnsafePointer<Float>, low: UnsafePointer<Float>)?
}

/// A walk over everything that is judged, with its reconstructions.
struct ReconstructionPass: Sendable {
    private let evaluator: Evaluator
    private let joint: JointPass?
    /// nil where ranges are calibrated with their chunk.
    private let grids: RangeGrids?
    /// Parts have numbers below it.
    let partCount: Int

    /// - Precondition: the evaluator is prepared.
    fileprivate init(_ evaluator: Evaluator, _ context: WorkContext) throws(Cancelled) {
        self.evaluator = evaluator
        if let coder = try evaluator.jointCoder(context) {
            let pass = JointPass(evaluator.tensor, coder)
            (joint, grids, partCount) = (pass, nil, pass.partCount)
        } else {
            joint = nil
            grids = evaluator.isCalibratedByChunk ? nil : try evaluator.allGrids(context)
            partCount = evaluator.schedule.chunkCount
        }
    }

    /// Calls `body(number, part, worker)` on all cores with every element once. Numbers and the elements under them are the same
    /// whatever the number of threads; the parts under one number come in order.
    ///
    /// - Parameter hasUnits: parts tell the units of their elements.
    func forEach(
        _ context: WorkContext, hasUnits: Bool = false,
        _ body: @escaping @Sendable (Int, ReconstructedPart, Int) -> Void
    ) throws(Cancelled) {
        if let joint {
            return try joint.forEachPart(context) { number, part, worker in
                body(
                    number,
                    ReconstructedPart(
                        elements: part.elements, values: part.values,
                        reconstruction: UnsafePointer(part.output.reconstruction), units: nil), worker)
            }
        }
        let workers = PerWorker(context.threads) { [recipe = evaluator.recipe] in
            (EvaluationWorker(codeCount: 1, cancel: context.cancel), Scratch(), RangeGrids(recipe))
        }
        try context.forEach(0..<evaluator.schedule.chunkCount) { [evaluator, grids] number, workerNumber in
            let chunk = evaluator.schedule.chunk(number), (worker, room, own) = workers[workerNumber]
            let count = chunk.elements.count
            guard count > 0 else { return }
            evaluator.tensor.withValues(chunk.elements, scratch: worker.values.floats(count)) { values in
                if grids == nil {
                    let seen = Kernel.set.extremes(values, count)
                    own.prepare(chunk.ranges)
                    evaluator.calibration.calibrate(chunk, values, worker, isFinite: !seen.hasNonFinite, into: own)
                }
                if worker.isCancelled { return }
                let output = room.floats(count)
                worker.reconstruct(values, chunk.elements, layout: evaluator.layout, grids: grids ?? own, into: output)
                let units = hasUnits ? worker.units(chunk.elements, evaluator.layout, grids ?? own) : nil
                body(
                    number,
                    ReconstructedPart(
                        elements: chunk.elements, values: values, reconstruction: output, units: units),
                    workerNumber)
            }
        }
    }
}

extension Evaluator {
    func reconstructionPass(_ context: WorkContext) throws(Cancelled) -> ReconstructionPass {
        try ReconstructionPass(self, context.silent)
    }
}
