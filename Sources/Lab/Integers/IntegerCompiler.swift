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
    enum Want {
        case codes(Codes)
        /// Of a scale; nil for any.
        case wide(Double?)
    }

    let inputs: [String: Codes]
    let weights: [String: (codes: [Int8], scales: [Double])]
    /// The largest magnitude that came out of each layer in calibration.
    let largestOutputs: [String: Double]
    let kernel: ByteProduct.Kernel
    /// Bits of multipliers.
    let bits: Int
    let notes = Notes()

    final class Notes {
        var outputs: [(layer: String, form: Form)] = []
    }

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

    // MARK: Steps

    func multiplier(_ value: Double, mostShift: Int = 62) -> Dyadic {
        Dyadic(value, bits: bits, mostShift: mostShift)
    }

    /// What the steps from `place` on begin with.
    func want(_ layers: ArraySlice<Layer>, then outer: Want) -> Want {
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

    func compile(_ layers: [Layer], _ form: inout Form, _ shape: inout [Int], then outer: Want)
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
                steps.append(try residual(branch, &form, &shape))
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
    func entering(_ layer: String, _ form: inout Form) -> [any IntegerStep] {
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

    func widening(_ form: inout Form) -> [any IntegerStep] {
        guard case .codes(let codes) = form else { return [] }
        let scale = codes.scale * 256 / Self.wideLimit
        form = .wide(scale)
        return [Widening(zero: Int32(codes.zero), multiplier: multiplier(codes.scale / scale))]
    }

    func residual(_ branch: [Layer], _ form: inout Form, _ shape: inout [Int])
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
}
