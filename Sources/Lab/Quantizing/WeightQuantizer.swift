import Basics
import Quantization
import Tensors

/// What a recipe makes of a layer's weights.
enum WeightQuantizer {
    /// The reconstruction, ranges chosen on the weights themselves.
    static func reconstruction(_ layer: WeightedLayer, _ recipe: Recipe, context: WorkContext) throws(LabFailure)
        -> [Float]
    {
        let evaluator: Evaluator
        do throws(ShapeMismatch) { evaluator = try Evaluator(layer.tensor, recipe: recipe) } catch {
            throw .recipe(recipe, layer.weight.name, error)
        }
        do throws(Cancelled) { return try evaluator.reconstruction(context) } catch { throw .cancelled }
    }

    /// The ranges; nil where values are coded together.
    static func ranges(
        _ layer: WeightedLayer, _ recipe: Recipe
    ) throws(LabFailure) -> (ranges: CalibratedRanges, layout: RangeLayout)? {
        guard recipe.codesSingleValues else { return nil }
        do throws(CalibrationError) {
            let tensor = layer.tensor
            let ranges = try CalibratedRanges(on: tensor, recipe, context: WorkContext(threads: 1))
            do throws(ShapeMismatch) { return (ranges, try recipe.layout(of: tensor)) } catch { throw .shape(error) }
        } catch {
            switch error {
            case .cancelled: throw .cancelled
            case .shape(let error): throw .recipe(recipe, layer.weight.name, error)
            }
        }
    }
}
