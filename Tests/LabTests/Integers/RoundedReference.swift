import Quantization

@testable import Lab

/// In float what a network in whole numbers computes: biases of the accumulators' scales, queries, keys and values of eight bits, and
/// I-BERT's parabolas. What is left between both is the rounding of numbers at the border of two codes.
struct RoundedReference {
    let network: Network

    /// - Parameter outputs: of the float network's layers on the samples that ranges were chosen on.
    init(
        _ quantized: QuantizedNetwork, of float: Network, weights: Recipe, outputs: [LayerRecords.Record]
    ) throws {
        let base = quantized.network.copy()
        for layer in float.weighted {
            guard let (ranges, layout) = try WeightQuantizer.ranges(layer, weights),
                let bias = base.layer(layer.name)?.bias,
                case .fixed(let input, _)? = quantized.inputs[layer.name]?.ranges,
                case .affine(let codes) = input.quantizers[0]
            else { continue }
            for output in 0..<layer.outputs {
                let range = layout.range(ofElement: output * layer.rowLength)
                guard case .affine(let own) = ranges.quantizers[range] else { continue }
                let scale = Double(own.scale) * Double(codes.scale)
                bias.values[output] = Float((Double(bias.values[output]) / scale).rounded() * scale)
            }
        }
        let largest = Dictionary(
            uniqueKeysWithValues: outputs.map { ($0.layer, $0.values.reduce(Float(0)) { max($0, abs($1)) }) })
        network = Network(
            name: base.name, inputShape: base.inputShape, classes: base.classes,
            layers: Self.replaced(base.layers, largest))
    }

    private static func replaced(_ layers: [Layer], _ largest: [String: Float]) -> [Layer] {
        layers.map { layer in
            switch layer {
            case .residual(let branch): .residual(replaced(branch, largest))
            case .part(let attention as SelfAttention): .part(RoundedAttention(inner: attention, largest: largest))
            case .part(is GELUPart): .part(ParabolicGELU())
            default: layer
            }
        }
    }
}

private struct ParabolicGELU: FixedPart {
    func apply(_ x: Node, on tape: Tape) -> Node {
        let y = tape.node(x.shape, needsGradient: false)
        for i in 0..<x.count {
            let value = Double(x.data[i]), t = min(abs(value) / 2.0.squareRoot(), 1.769) - 1.769
            let error = 1 - 0.2888 * t * t
            y.data[i] = Float(value / 2 * (1 + (value < 0 ? -error : error)))
        }
        return y
    }
}

private struct RoundedAttention: NetworkPart {
    let inner: SelfAttention
    let largest: [String: Float]

    var weighted: [WeightedLayer] { inner.weighted }
    var parameters: [Parameter] { inner.parameters }
    func copy(isFrozen: Bool) -> any NetworkPart { self }

    /// exp of what is not above zero.
    private func power(_ x: Double) -> Double {
        let halvings = (-x / 0.6931).rounded(.down), p = x + halvings * 0.6931
        return (0.35815147 * p * p + 0.96963238 * p + 1) / Double(1 << Int(halvings))
    }

    func apply(_ x: Node, _ pass: Network.Pass, on tape: Tape) -> Node {
        func rounded(_ layer: WeightedLayer) -> Node {
            let y = pass.apply(layer, x, on: tape), step = (largest[layer.name] ?? 1) / 127
            for i in 0..<y.count {
                y.data[i] = max(-128, min(127, (y.data[i] / step).rounded(.toNearestOrEven))) * step
            }
            return y
        }
        let (q, k, v) = (rounded(inner.query), rounded(inner.key), rounded(inner.value))
        let tokens = q.shape[1], features = q.shape[2], size = features / inner.heads
        let y = tape.node(q.shape, needsGradient: false)
        for block in 0..<q.samples * inner.heads {
            let start = block / inner.heads * tokens * features + block % inner.heads * size
            for i in 0..<tokens {
                let scores = (0..<tokens).map { j in
                    (0..<size).reduce(0.0) {
                        $0 + Double(q.data[start + i * features + $1]) * Double(k.data[start + j * features + $1])
                    } / Double(size).squareRoot()
                }
                let top = scores.max() ?? 0, powers = scores.map { power(max(-20, $0 - top)) }
                let sum = powers.reduce(0, +)
                for f in 0..<size {
                    y.data[start + i * features + f] = Float(
                        (0..<tokens).reduce(0.0) {
                            $0 + powers[$1] / sum * Double(v.data[start + $1 * features + f])
                        })
                }
            }
        }
        return pass.apply(inner.output, y, on: tape)
    }
}
