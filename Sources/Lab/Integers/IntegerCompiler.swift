import Integers
import Quantization

/// A network of whole numbers, and what its ends stand for.
struct CompiledNetwork: Sendable {
    let network: IntegerNetwork
    /// How samples are coded.
    let input: IntegerCompiler.Codes
    /// What one of the logits stands for.
    let logitScale: Double
    /// What each layer's output stands for, in the order in which they are computed.
    let outputs: [(layer: String, form: IntegerCompiler.Form)]
}

/// Makes a network that computes in whole numbers of a network and the ranges of its layers' inputs (survey IV-A).
///
/// Real numbers end here: scales become multipliers b/2^c, biases whole numbers of an accumulator's scale.
struct IntegerCompiler {
    /// Codes 0 to `highest` stand for scale·(code - zero).
    struct Codes: Equatable, Sendable {
        let scale: Double
        let zero: Int
        let highest: Int
    }

    /// What numbers on the way stand for.
    enum Form: Equatable, Sendable {
        case codes(Codes)
        /// scale·number.
        case wide(Double)
    }

    /// What is to come out of a step.
    private enum Want {
        case codes(Codes)
        /// Of a scale; nil for any.
        case wide(Double?)
    }

    private let inputs: [String: Codes]
    private let weights: [String: (codes: [Int8], scales: [Double])]
    /// The largest magnitude that came out of each layer in calibration.
    private let largestOutputs: [String: Double]
    private let kernel: ByteProduct.Kernel
    /// Bits of multipliers.
    private let bits: Int
    private let notes = Notes()

    private final class Notes {
        var outputs: [(layer: String, form: Form)] = []
    }

    /// What the largest number that a layer can give becomes where it goes on wide: a few of them add up within 32 bits, and squares of
    /// a row of them within 64.
    private static let wideLimit = Double(1 << 24)
    /// Of what a GELU is given, up to 64: what it multiplies stays within 64 bits, and within 32 without the bits it drops.
    private static let geluScale = 1.0 / 8192
    private static let geluDropped: Int64 = 18

    /// The network that computes what `quantized` does.
    ///
    /// - Parameters:
    ///   - quantized: without batch norms, weights by `weightRecipe`, ranges of inputs chosen before.
    ///   - float: the same network before its weights were rounded.
    ///   - records: the outputs of its layers on calibration samples.
    ///   - multiplierBits: of b in b/2^c; 1 is a bare shift.
    static func compile(
        _ quantized: QuantizedNetwork, of float: Network, weightRecipe: Recipe, outputs records: [LayerRecords.Record],
        kernel: ByteProduct.Kernel = ByteProduct.best, multiplierBits bits: Int = 31
    ) throws(LabFailure) -> CompiledNetwork {
        var inputs: [String: Codes] = [:], weights: [String: ([Int8], [Double])] = [:]
        for layer in float.weighted {
            inputs[layer.name] = try codes(quantized.inputs[layer.name], layer.name)
            weights[layer.name] = try self.weights(layer, weightRecipe)
        }
        let compiler = IntegerCompiler(
            inputs: inputs, weights: weights,
            largestOutputs: Dictionary(
                uniqueKeysWithValues: records.map { record in
                    (record.layer, Double(record.values.reduce(0) { max($0, abs($1)) }))
                }), kernel: kernel, bits: bits)
        guard let first = float.weighted.first.flatMap({ inputs[$0.name] }) else {
            throw .usage("integer-only: found a network without layers, expected some")
        }
        var shape =
            float.inputShape.count == 3
            ? [float.inputShape[1], float.inputShape[2], float.inputShape[0]] : float.inputShape
        var form = Form.codes(first)
        let steps = try compiler.compile(float.layers, &form, &shape, then: .wide(nil))
        guard case .wide(let scale) = form else { preconditionFailure("logits are wide") }
        return CompiledNetwork(
            network: IntegerNetwork(steps), input: first, logitScale: scale, outputs: compiler.notes.outputs)
    }

    // MARK: What is known before

    private static func codes(_ quantizer: InputQuantizer?, _ layer: String) throws(LabFailure) -> Codes {
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

    private static func weights(_ layer: WeightedLayer, _ recipe: Recipe) throws(LabFailure) -> ([Int8], [Double]) {
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

    // MARK: Steps

    private func multiplier(_ value: Double, mostShift: Int = 62) -> Dyadic {
        Dyadic(value, bits: bits, mostShift: mostShift)
    }

    /// What the steps from `place` on begin with.
    private func want(_ layers: ArraySlice<Layer>, then outer: Want) -> Want {
        for layer in layers {
            switch layer {
            case .weighted(let layer): return inputs[layer.name].map { .codes($0) } ?? outer
            case .relu, .maxPool, .pick: continue
            case .batchNorm, .meanPool: return .wide(nil)
            // What goes past the branch is added to it as it is: codes of the branch's first layer would round it.
            case .residual: return .wide(nil)
            case .part(let part):
                switch part {
                case is Patches, is Reshape: continue
                case let attention as SelfAttention: return inputs[attention.query.name].map { .codes($0) } ?? outer
                default: return .wide(nil)
                }
            }
        }
        return outer
    }

    private func compile(_ layers: [Layer], _ form: inout Form, _ shape: inout [Int], then outer: Want)
        throws(LabFailure) -> [any IntegerStep]
    {
        var steps: [any IntegerStep] = []
        for (place, layer) in layers.enumerated() {
            let next = want(layers[(place + 1)...], then: outer)
            switch layer {
            case .weighted(let layer):
                steps += entering(layer.name, &form)
                steps.append(self.layer(layer, next, &form, &shape))
            case .relu:
                if case .codes(let codes) = form {
                    steps.append(IntegerReLU(zero: UInt8(codes.zero)))
                } else {
                    steps.append(IntegerReLU(zero: 0))
                }
            case .maxPool:
                steps.append(IntegerMaxPool())
                shape = [shape[0] / 2, shape[1] / 2, shape[2]]
            case .meanPool:
                steps += widening(&form)
                steps.append(IntegerMeanPool(multiplier: multiplier(1 / Double(shape[0] * shape[1]))))
                shape = [shape[2]]
            case .residual(let branch):
                steps.append(try residual(branch, next, &form, &shape))
            case .part(let part): steps += try self.part(part, next, &form, &shape)
            case .batchNorm, .pick:
                throw .usage("integer-only: found a step without an integer form, expected a folded network")
            }
        }
        // What nothing has asked for before: the end of a branch.
        if case .wide(let scale?) = outer, case .wide(let own) = form, own != scale {
            steps.append(Requantization(Requantizer([multiplier(own / scale)], to: .wide)))
            form = .wide(scale)
        }
        return steps
    }

    /// Codes of a layer's own input.
    private func entering(_ layer: String, _ form: inout Form) -> [any IntegerStep] {
        guard let codes = inputs[layer] else { return [] }
        defer { form = .codes(codes) }
        switch form {
        case .codes: return []
        case .wide(let scale):
            return [
                Requantization(
                    Requantizer(
                        [multiplier(scale / codes.scale)],
                        to: .codes(zero: Int32(codes.zero), highest: Int32(codes.highest))))
            ]
        }
    }

    private func widening(_ form: inout Form) -> [any IntegerStep] {
        guard case .codes(let codes) = form else { return [] }
        let scale = codes.scale * 256 / Self.wideLimit
        form = .wide(scale)
        return [Widening(zero: Int32(codes.zero), multiplier: multiplier(codes.scale / scale))]
    }

    private func layer(_ layer: WeightedLayer, _ want: Want, _ form: inout Form, _ shape: inout [Int]) -> IntegerLayer {
        guard case .codes(let input) = form, let known = weights[layer.name] else {
            preconditionFailure("layers are given codes")
        }
        let inputShape = shape
        let scales = known.scales.map { $0 * input.scale }
        let codes = ordered(known.codes, layer, inputShape)
        let (requantizer, result) = requantizer(
            scales, want, largest: largest(layer, codes, scales, codes: max(input.zero, input.highest - input.zero)))
        form = result
        notes.outputs.append((layer.name, result))
        var window: IntegerLayer.Window?
        switch layer.kind {
        case .convolution(let padding):
            let side = layer.weight.shape[2]
            window = IntegerLayer.Window(side: side, padding: padding)
            let lost = side - 1 - 2 * padding
            shape = [shape[0] - lost, shape[1] - lost, layer.outputs]
        case .dense:
            shape = shape.count == 2 ? [shape[0], layer.outputs] : [layer.outputs]
        }
        let sums = (0..<layer.outputs).map { output in
            (0..<layer.rowLength).reduce(0) { $0 + Int(codes[output * layer.rowLength + $1]) }
        }
        return IntegerLayer(
            name: layer.name, weights: codes,
            addends: (0..<layer.outputs).map { output in
                let bias = Double(layer.bias?.values[output] ?? 0) / scales[output]
                // Half of the range at most: sums are added to it.
                return Int32(Int(max(-5e8, min(5e8, bias.rounded()))) - input.zero * sums[output])
            },
            window: window, zero: UInt8(input.zero), requantizer: requantizer, kernel: kernel)
    }

    /// Weights with channels last, as images are here.
    private func ordered(_ codes: [Int8], _ layer: WeightedLayer, _ shape: [Int]) -> [Int8] {
        let channels: Int, area: Int
        switch layer.kind {
        case .convolution: (channels, area) = (layer.inputs, layer.kernelArea)
        case .dense:
            // Of an image that comes as a row.
            guard shape.count == 3 else { return codes }
            (channels, area) = (shape[2], shape[0] * shape[1])
        }
        var result = codes
        for output in 0..<layer.outputs {
            let start = output * layer.rowLength
            for channel in 0..<channels {
                for place in 0..<area {
                    result[start + place * channels + channel] = codes[start + channel * area + place]
                }
            }
        }
        return result
    }

    /// The largest magnitude that a layer can give, whatever it is given.
    ///
    /// - Parameter most: codes of an input are at most so far from zero's.
    private func largest(_ layer: WeightedLayer, _ codes: [Int8], _ scales: [Double], codes most: Int) -> Double {
        (0..<layer.outputs).reduce(1e-30) { largest, output in
            let row = codes[output * layer.rowLength..<(output + 1) * layer.rowLength]
            let sum = row.reduce(0) { $0 + abs(Int($1)) } * most
            return max(largest, Double(sum) * scales[output] + Double(abs(layer.bias?.values[output] ?? 0)))
        }
    }

    /// - Parameter largest: the largest magnitude of what comes in, for a scale of its own.
    private func requantizer(_ scales: [Double], _ want: Want, largest: Double) -> (Requantizer, Form) {
        switch want {
        case .codes(let codes):
            return (
                Requantizer(
                    scales.map { multiplier($0 / codes.scale) },
                    to: .codes(zero: Int32(codes.zero), highest: Int32(codes.highest))), .codes(codes)
            )
        case .wide(let wanted):
            let scale = wanted ?? largest / Self.wideLimit
            return (Requantizer(scales.map { multiplier($0 / scale) }, to: .wide), .wide(scale))
        }
    }

    private func residual(_ branch: [Layer], _ next: Want, _ form: inout Form, _ shape: inout [Int])
        throws(LabFailure) -> IntegerResidual
    {
        var skip: Widening?
        let scale: Double
        switch form {
        case .wide(let own): scale = own
        case .codes(let codes):
            scale = codes.scale * 256 / Self.wideLimit
            skip = Widening(zero: Int32(codes.zero), multiplier: multiplier(codes.scale / scale))
        }
        let steps = try compile(branch, &form, &shape, then: .wide(scale))
        form = .wide(scale)
        return IntegerResidual(skip: skip, branch: IntegerNetwork(steps))
    }

    private func part(_ part: any NetworkPart, _ next: Want, _ form: inout Form, _ shape: inout [Int])
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

    private func layerNorm(_ norm: LayerNormPart, _ scale: Double, _ next: Want, _ form: inout Form) -> IntegerLayerNorm
    {
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
    private static let error = (a: 0.2888, b: -1.769)

    private func gelu(_ next: Want, _ form: inout Form) -> IntegerGELU {
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

    private func attention(
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
