import Integers

/// The steps of transformers.
extension IntegerCompiler {
    /// Of what a GELU is given, up to 64: what it multiplies stays within 64 bits, and within 32 without the bits it drops.
    static let geluScale = 1.0 / 8192
    static let geluDropped: Int64 = 18

    func part(_ part: any NetworkPart, _ next: Want, _ form: inout Form, _ shape: inout [Int])
        throws(LabFailure) -> [any IntegerStep]
    {
        switch part {
        case let patches as Patches:
            let order = PatchOrder(channels: shape[2], height: shape[0], width: shape[1], side: patches.side)
            let (channels, area) = (shape[2], shape[0] * shape[1])
            // Images have their channels last here.
            let places = order.elements.map { $0 % area * channels + $0 / area }
            shape = [order.tokens, order.length]
            return [IntegerOrder(places: places, shape: shape)]
        case let reshape as Reshape:
            shape = reshape.shape
            return [IntegerReshape(shape: shape)]
        case let position as Position:
            var steps = widening(&form)
            guard case .wide(let scale) = form else { preconditionFailure("widened before") }
            steps.append(
                IntegerPosition(
                    table: position.table.array.map { Int32(clamping: Int((Double($0) / scale).rounded())) }))
            return steps
        case let norm as LayerNormPart:
            var steps = widening(&form)
            guard case .wide(let scale) = form else { preconditionFailure("widened before") }
            steps.append(layerNorm(norm, scale, next, &form))
            return steps
        case is GELUPart:
            var steps = widening(&form)
            guard case .wide(let scale) = form else { preconditionFailure("widened before") }
            steps.append(Requantization(Requantizer([multiplier(scale / Self.geluScale)], to: .wide)))
            steps.append(gelu(next, &form))
            return steps
        case let attention as SelfAttention:
            var steps = entering(attention.query.name, &form)
            steps.append(self.attention(attention, next, &form, &shape))
            return steps
        default:
            throw .usage("integer-only: found \(type(of: part)), which has no integer form")
        }
    }

    func layerNorm(_ norm: LayerNormPart, _ scale: Double, _ next: Want, _ form: inout Form) -> IntegerLayerNorm {
        let unit: Double, target: Requantizer.Target
        switch next {
        case .codes(let codes):
            (unit, form) = (codes.scale, .codes(codes))
            target = .codes(zero: Int32(codes.zero), highest: Int32(codes.highest))
        case .wide(let wanted):
            unit = wanted ?? 1.0 / 4096
            (form, target) = (.wide(unit), .wide)
        }
        let one = Double(1 << IntegerLayerNorm.bits)
        let multipliers = norm.gamma.array.map { multiplier(Double($0) / one / unit, mostShift: 48) }
        return IntegerLayerNorm(
            multipliers: multipliers,
            addends: zip(norm.beta.array, multipliers).map { beta, multiplier in
                Int64((Double(beta) / unit * Double(Int64(1) << Int64(multiplier.shift))).rounded())
            },
            epsilon: Int64((Double(LayerNormPart.epsilon) / (scale * scale)).rounded()), target: target)
    }

    /// I-BERT's a and b of erf(x) ≈ sgn(x)·(1 - a·(min(|x|, -b) + b)²).
    static let error = (a: 0.2888, b: -1.769)

    func gelu(_ next: Want, _ form: inout Form) -> IntegerGELU {
        let scale = Self.geluScale / 2.0.squareRoot()
        let one = (1 / (Self.error.a * scale * scale)).rounded(.down)
        // x/2·(1 + erf) without the dropped bits.
        let unit = Self.geluScale / 2 * Self.error.a * scale * scale * Double(1 << Self.geluDropped)
        let (requantizer, result) = requantizer([unit], next, largest: Self.geluScale * Double(Int32.max))
        form = result
        return IntegerGELU(
            shoulder: Int64((Self.error.b / scale).rounded(.down)), one: Int64(one), dropped: Self.geluDropped,
            requantizer: requantizer)
    }

    func attention(
        _ attention: SelfAttention, _ next: Want, _ form: inout Form, _ shape: inout [Int]
    ) -> IntegerAttention {
        let entry = form, rows = shape
        func part(_ layer: WeightedLayer) -> (IntegerLayer, Double) {
            var (form, shape) = (entry, rows)
            let codes = Codes(
                scale: max(largestOutputs[layer.name] ?? 1, 1e-9) / 127, zero: Int(IntegerAttention.zero), highest: 255)
            return (self.layer(layer, .codes(codes), &form, &shape), codes.scale)
        }
        let (query, q) = part(attention.query), (key, k) = part(attention.key), (value, v) = part(attention.value)
        let size = attention.query.outputs / attention.heads
        guard let taken = inputs[attention.output.name] else { preconditionFailure("all layers have inputs") }
        form = .codes(taken)
        let output = layer(attention.output, next, &form, &shape)
        return IntegerAttention(
            heads: attention.heads, query: query, key: key, value: value,
            softmax: IntegerSoftmax(IntegerExponential(scale: q * k / Double(size).squareRoot())),
            requantizer: Requantizer(
                [multiplier(v / Double(1 << IntegerSoftmax.bits) / taken.scale)],
                to: .codes(zero: Int32(taken.zero), highest: Int32(taken.highest))),
            output: output)
    }
}

extension IntegerExponential {
    /// I-BERT's a·p² + b·p + 1 of exp(p) on (-ln 2, 0].
    private static let parabola = (a: 0.35815147, b: 0.96963238)

    /// Of numbers that stand for scale·q; the result stands for `resultScale`.
    ///
    /// Scores of a scale below 2^-24 are all alike: they are taken as if they had it, where numbers stay within 64 bits.
    init(scale: Double) {
        let scale = max(scale, 0x1p-24)
        self.init(
            period: -Int64((-0.6931 / scale).rounded(.down)),
            linear: Int64((Self.parabola.b / Self.parabola.a / scale).rounded(.down)),
            constant: Int64((1 / Self.parabola.a / (scale * scale)).rounded(.down)))
    }

    static func resultScale(_ scale: Double) -> Double { parabola.a * scale * scale }
}
