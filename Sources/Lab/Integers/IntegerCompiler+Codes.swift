import Integers
import Quantization

/// What recipes and ranges say of inputs and weights.
extension IntegerCompiler {
    static func codes(_ quantizer: InputQuantizer?, _ layer: String) throws(LabFailure) -> Codes {
        guard case .fixed(let ranges, _)? = quantizer?.ranges, ranges.quantizers.count == 1,
            case .affine(let affine) = ranges.quantizers[0], affine.highestCode - affine.lowestCode <= 255
        else {
            throw .usage(
                "--activations: found no fixed range of equal steps for the input of \(layer), expected int2 to int8 by tensor, not range:dynamic"
            )
        }
        return Codes(
            scale: Double(affine.scale), zero: affine.zeroPoint - affine.lowestCode,
            highest: affine.highestCode - affine.lowestCode)
    }

    static func weights(_ layer: WeightedLayer, _ recipe: Recipe) throws(LabFailure) -> ([Int8], [Double]) {
        let message =
            "--weights: found \(recipe), expected symmetric equal steps of 2 to 8 bits by tensor or by channel:0"
        guard let (ranges, layout) = try WeightQuantizer.ranges(layer, recipe) else { throw .usage(message) }
        var scales: [Double] = [], codes: [Int8] = []
        let values = layer.weight.array
        for output in 0..<layer.outputs {
            let range = layout.range(ofElement: output * layer.rowLength)
            guard layout.rangeCount == 1 || layout.rangeCount == layer.outputs,
                case .affine(let affine) = ranges.quantizers[range], affine.zeroPoint == 0, affine.lowestCode >= -128,
                affine.highestCode <= 127
            else { throw .usage(message) }
            scales.append(Double(affine.scale))
            for i in 0..<layer.rowLength {
                let code = (values[output * layer.rowLength + i] * affine.inverse).rounded(.toNearestOrEven)
                codes.append(Int8(max(Float(affine.lowestCode), min(Float(affine.highestCode), code))))
            }
        }
        return (codes, scales)
    }
}
