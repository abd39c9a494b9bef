public import Basics
public import Tensors

/// The ranges of a recipe, chosen once on some values and used for others: static quantization (survey III-D).
///
/// What it is applied to has the shape of what it was calibrated on, but for the first axis where ranges span its entries.
public struct CalibratedRanges: Sendable {
    public let recipe: Recipe
    public let quantizers: [Quantizer]
    private let grids: RangeGrids

    /// Calibrates on a tensor: on all of it, or by the recipe's own rule on its first entries.
    ///
    /// - Precondition: values are coded one by one (`recipe.codesSingleValues`).
    public init(on tensor: TensorView, _ recipe: Recipe, context: WorkContext) throws(CalibrationError) {
        precondition(recipe.codesSingleValues, "\(recipe.format.name) codes values together")
        let evaluator: Evaluator
        do throws(ShapeMismatch) {
            evaluator = try Evaluator(
                tensor, recipe: recipe.rangeMode == .dynamic ? recipe.with(rangeMode: .own) : recipe)
        } catch { throw .shape(error) }
        do throws(Cancelled) {
            let prepared = try evaluator.prepared(context) ?? evaluator
            var quantizers: [Quantizer] = []
            for range in 0..<prepared.rangeCount {
                quantizers.append(try prepared.quantizer(ofRange: range, context: context))
            }
            self.init(recipe, quantizers)
        } catch { throw .cancelled }
    }

    /// From quantizers that were chosen otherwise, in the order of the recipe's ranges.
    public init(_ recipe: Recipe, _ quantizers: [Quantizer]) {
        self.recipe = recipe
        self.quantizers = quantizers
        grids = RangeGrids(recipe, keepsAll: true)
        grids.prepare(0..<quantizers.count)
        for (range, quantizer) in quantizers.enumerated() { grids.set(range, quantizer) }
    }

    /// The reconstructions of some elements of a tensor of that layout, whose first one `values` points at.
    ///
    /// - Precondition: the layout has as many ranges as there are quantizers.
    public func reconstruct(
        _ values: UnsafePointer<Float>, _ elements: Range<Int>, of layout: RangeLayout,
        into output: UnsafeMutablePointer<Float>
    ) {
        precondition(layout.rangeCount == quantizers.count, "a quantizer for every range")
        EvaluationWorker(codeCount: 1).reconstruct(values, elements, layout: layout, grids: grids, into: output)
    }
}

/// Why ranges were not calibrated.
public enum CalibrationError: Error, Equatable, Sendable {
    case cancelled
    case shape(ShapeMismatch)
}

extension Recipe {
    /// Whether a value's code follows from it and its range alone; false where values are coded together.
    public var codesSingleValues: Bool { !format.isJoint }

    func with(rangeMode: RangeMode) -> Recipe {
        var next = self
        next.rangeMode = rangeMode
        return next
    }
}
