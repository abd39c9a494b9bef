import Tensors

extension Evaluator {
    /// The reconstructions of the first `count` elements; not a number where an element is not finite.
    public func reconstructionHead(_ count: Int, context: WorkContext = WorkContext()) throws(Cancelled) -> [Float] {
        let head = tensor.values(0..<min(count, tensor.count))
        var quantizers: [Int: AffineQuantizer] = [:]
        var result: [Float] = []
        for (index, value) in head.enumerated() {
            let range = layout.range(ofElement: index)
            var known = quantizers[range]
            if known == nil { known = try self.quantizer(ofRange: range, context: context) }
            guard let quantizer = known else { continue }
            quantizers[range] = quantizer
            guard value.isFinite else {
                result.append(.nan)
                continue
            }
            result.append(
                quantizer.reconstruction(of: quantizer.code(of: value, rounding: recipe.rounding, index: index)))
        }
        return result
    }
}
