extension Network {
    /// The same function without batch norms: each becomes part of the layer before it, by its running statistics (survey IV-A).
    ///
    /// W_f = γ·W/√(σ² + ε), b_f = β + γ·(b - μ)/√(σ² + ε) for each output channel. A batch norm that follows no layer stays.
    func folded() -> Network {
        Network(name: name, inputShape: inputShape, classes: classes, layers: Self.folded(layers))
    }

    private static func folded(_ layers: [Layer]) -> [Layer] {
        var result: [Layer] = []
        for layer in layers {
            switch layer {
            case .batchNorm(let norm):
                if case .weighted(let before) = result.last {
                    result[result.count - 1] = .weighted(folded(before, norm))
                } else {
                    result.append(.batchNorm(norm.copy()))
                }
            case .weighted(let layer): result.append(.weighted(layer.copy()))
            case .residual(let branch): result.append(.residual(folded(branch)))
            case .part(let part): result.append(.part(part.copy(isFrozen: false)))
            case .relu, .maxPool, .meanPool, .pick: result.append(layer)
            }
        }
        return result
    }

    private static func folded(_ layer: WeightedLayer, _ norm: BatchNormLayer) -> WeightedLayer {
        let weight = layer.weight.copy()
        let bias = Parameter("\(layer.name).bias", shape: [layer.outputs])
        for output in 0..<layer.outputs {
            let factor =
                norm.gamma.values[output]
                / (norm.variance.values[output] + BatchNormLayer.epsilon).squareRoot()
            let row = weight.values + output * layer.rowLength
            for i in 0..<layer.rowLength { row[i] *= factor }
            let before = layer.bias?.values[output] ?? 0
            bias.values[output] = norm.beta.values[output] + factor * (before - norm.mean.values[output])
        }
        return WeightedLayer(layer.name, layer.kind, weight: weight, bias: bias)
    }
}
