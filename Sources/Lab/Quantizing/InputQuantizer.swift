import Basics
import Quantization
import Tensors

/// How the input of a layer is quantized: by ranges chosen before, or by ranges of each sample's own values.
struct InputQuantizer: @unchecked Sendable {
    enum Ranges {
        case fixed(CalibratedRanges, RangeLimits)
        /// Chosen at run time.
        case dynamic
    }

    let recipe: Recipe
    let ranges: Ranges

    /// Calibrates on what the layer was given.
    ///
    /// A recipe whose ranges do not span samples, or whose values are coded together, has ranges of its own for every sample anyway.
    init(_ recipe: Recipe, _ record: LayerRecords.Record, context: WorkContext) throws(LabFailure) {
        self.recipe = recipe
        let isFixed =
            recipe.rangeMode != .dynamic && recipe.granularity.spansEntries && recipe.codesSingleValues
            && recipe.hasRanges
        guard isFixed else {
            do throws(ShapeMismatch) { _ = try recipe.layout(of: record.tensor) } catch {
                throw .recipe(recipe, "the input of \(record.layer)", error)
            }
            ranges = .dynamic
            return
        }
        do throws(CalibrationError) {
            let known = try CalibratedRanges(on: record.calibrating(recipe), recipe, context: context)
            // The ranges of one sample's elements are those of all samples.
            let single = Shape([1] + record.shape.dropFirst()).flatMap { try? recipe.granularity.layout(of: $0) }
            ranges = .fixed(known, RangeLimits(known, map: single.flatMap { RangeMap($0) }))
        } catch {
            switch error {
            case .cancelled: throw .cancelled
            case .shape(let error): throw .recipe(recipe, "the input of \(record.layer)", error)
            }
        }
    }

    func apply(_ x: Node, gradient: RoundingGradient, on tape: Tape) -> Node {
        // Shapes and recipes were checked when it was calibrated; a batch differs in the number of samples alone.
        guard let shape = Shape(x.shape) else { preconditionFailure("a batch has a shape") }
        switch ranges {
        case .fixed(let ranges, let limits):
            guard let layout = try? recipe.granularity.layout(of: shape) else {
                preconditionFailure("the recipe fits the layer")
            }
            return tape.rounding(x, gradient: gradient, limits: limits) { values, elements, output in
                ranges.reconstruct(values, elements, of: layout, into: output)
            }
        case .dynamic:
            guard let single = Shape([1] + x.shape.dropFirst()) else { preconditionFailure("a sample has a shape") }
            var recipe = recipe
            // One sample at a time is what dynamic ranges are of.
            recipe.rangeMode = .own
            let alone = recipe, width = x.width
            return tape.rounding(x, gradient: gradient, limits: nil) { values, elements, output in
                for start in stride(from: 0, to: elements.count, by: width) {
                    let sample = Array(UnsafeBufferPointer(start: values + start, count: width))
                    guard let tensor = TensorView(name: "", values: sample, shape: single),
                        let known = try? Evaluator(tensor, recipe: alone).reconstruction(WorkContext(threads: 1))
                    else { preconditionFailure("the recipe fits the layer") }
                    known.withUnsafeBufferPointer { known in
                        if let base = known.baseAddress { (output + start).update(from: base, count: width) }
                    }
                }
            }
        }
    }

    /// Where the first range ends, for curves; nil where it is chosen anew every time.
    var limit: Double? { if case .fixed(_, let limits) = ranges { Double(limits.high[0]) } else { nil } }
}
