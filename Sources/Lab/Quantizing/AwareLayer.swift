import Basics
import Quantization

/// How one layer's weights and input are rounded while the network learns.
final class AwareLayer {
    private enum Weights {
        case float
        case rounded(Recipe, RoundingGradient)
        case learned(step: Parameter, CodeGrid, factor: Float)
        /// ±1, the weights themselves kept from -1 to 1.
        case sign(SignGradient)
        case scaledSign(SignGradient)
        case learnedTernary(positive: Parameter, negative: Parameter)
    }

    private enum Input {
        case float
        case rounded(InputQuantizer, RoundingGradient)
        case learnedStep(Parameter, CodeGrid, factor: Float)
        case learnedClip(Parameter, CodeGrid)
        case sign(SignGradient)
    }

    let name: String
    private var weights: Weights
    private var input: Input
    /// Levels that the proximal rule draws weights to.
    private var targets: [Float] = []
    /// How far weights stood from their levels at first.
    private var meanDistance: Float = 0
    /// The share of the training after which weights are on the grid.
    static let drawing = 0.8

    init(
        _ layer: WeightedLayer, rule: GradientRule, weights: Recipe?, activations: Recipe?,
        record: LayerRecords.Record?, context: WorkContext
    ) throws(LabFailure) {
        name = layer.name
        let gradient: RoundingGradient =
            switch rule {
            case .honest: .none
            case .straightThrough: .straight
            case .clippedStraightThrough, .learnedClip, .learnedStep, .proximal: .clipped
            }
        self.weights = .float
        input = .float
        if let weights {
            // A recipe that does not fit is refused before anything is trained.
            _ = try WeightQuantizer.reconstruction(layer, weights, context: context)
            self.weights = .rounded(weights, gradient)
            if rule == .learnedStep, let (ranges, layout) = try WeightQuantizer.ranges(layer, weights) {
                let map = RangeMap(layout)
                if let grid = CodeGrid(ranges.quantizers, map: map) {
                    self.weights = .learned(
                        step: Parameter(
                            "\(layer.name).weight_step", shape: [grid.rangeCount],
                            values: grid.firstSteps(layer.weight.array)),
                        grid, factor: grid.factor(count: layer.weight.count / grid.rangeCount))
                }
            }
        }
        if let activations, let record {
            let quantizer = try InputQuantizer(activations, record, context: context)
            input = .rounded(quantizer, gradient)
            if rule.learnsRanges, case .fixed(let ranges, let limits) = quantizer.ranges,
                let grid = CodeGrid(ranges.quantizers, map: limits.map)
            {
                let width = record.values.count / max(1, record.shape[0])
                if rule == .learnedStep {
                    input = .learnedStep(
                        Parameter(
                            "\(layer.name).input_step", shape: [grid.rangeCount],
                            values: grid.firstSteps(record.values)),
                        grid, factor: grid.factor(count: width / grid.rangeCount))
                } else {
                    input = .learnedClip(
                        Parameter("\(layer.name).input_limit", shape: [grid.rangeCount], values: limits.high), grid)
                }
            }
        }
    }

    /// Weights of two or three levels, and inputs of two where the method asks for that.
    init(_ layer: WeightedLayer, _ method: ExtremeMethod, gradient: SignGradient, context: WorkContext)
        throws(LabFailure)
    {
        name = layer.name
        input = method.hasSignInputs ? .sign(gradient) : .float
        switch method {
        case .binaryConnect: weights = .sign(gradient)
        case .scaledBinary, .signs: weights = .scaledSign(gradient)
        case .ternary:
            weights = .rounded(ExtremeMethod.ternaryRecipe, .straight)
        case .learnedTernary:
            let first = try ExtremeMethod.ternaryLevel(layer, context: context)
            weights = .learnedTernary(
                positive: Parameter("\(layer.name).weight_positive", shape: [1], repeating: first),
                negative: Parameter("\(layer.name).weight_negative", shape: [1], repeating: first))
        }
    }

    /// Whether what it is given is rounded to ±1.
    var hasSignInput: Bool { if case .sign = input { true } else { false } }

    var parameters: [Parameter] {
        var all: [Parameter] = []
        switch weights {
        case .learned(let step, _, _): all.append(step)
        case .learnedTernary(let positive, let negative): all += [positive, negative]
        case .float, .rounded, .sign, .scaledSign: break
        }
        switch input {
        case .learnedStep(let parameter, _, _), .learnedClip(let parameter, _): all.append(parameter)
        case .float, .rounded, .sign: break
        }
        return all
    }

    func weight(_ layer: WeightedLayer, on tape: Tape) -> Node? {
        switch weights {
        case .float: return nil
        case .learned(let step, let grid, let factor):
            return tape.learnedStep(tape.leaf(layer.weight), step: tape.leaf(step), grid: grid, factor: factor)
        case .sign(let gradient): return tape.sign(tape.leaf(layer.weight), gradient: gradient)
        case .scaledSign(let gradient): return tape.scaledSign(tape.leaf(layer.weight), gradient: gradient)
        case .learnedTernary(let positive, let negative):
            return tape.learnedTernary(
                tape.leaf(layer.weight), positive: tape.leaf(positive), negative: tape.leaf(negative),
                threshold: ExtremeMethod.learnedThreshold)
        case .rounded(let recipe, let gradient):
            let x = tape.leaf(layer.weight)
            if let (ranges, layout) = try? WeightQuantizer.ranges(layer, recipe) {
                let limits = gradient == .clipped ? RangeLimits(ranges, map: RangeMap(layout)) : nil
                return tape.rounding(x, gradient: gradient, limits: limits) { values, elements, output in
                    ranges.reconstruct(values, elements, of: layout, into: output)
                }
            }
            guard let known = try? WeightQuantizer.reconstruction(layer, recipe, context: WorkContext(threads: 1))
            else { return nil }
            return tape.rounding(x, gradient: gradient, limits: nil, known: known)
        }
    }

    func input(_ x: Node, on tape: Tape) -> Node? {
        switch input {
        case .float: nil
        case .rounded(let quantizer, let gradient): quantizer.apply(x, gradient: gradient, on: tape)
        case .learnedStep(let step, let grid, let factor):
            tape.learnedStep(x, step: tape.leaf(step), grid: grid, factor: factor)
        case .learnedClip(let limit, let grid): tape.learnedClip(x, limit: tape.leaf(limit), grid: grid)
        case .sign(let gradient): tape.sign(x, gradient: gradient)
        }
    }

    /// A step or a limit below zero would turn the grid round.
    func keepPositive() {
        for parameter in parameters {
            for i in 0..<parameter.count { parameter.values[i] = max(parameter.values[i], 1e-6) }
        }
    }

    /// Weights far beyond ±1 would never change their sign again.
    func keepWithinOne(_ layer: WeightedLayer) {
        guard case .sign = weights else { return }
        let values = layer.weight.values
        for i in 0..<values.count { values[i] = max(-1, min(1, values[i])) }
    }

    /// Where the input's first range ends.
    var limit: Double? {
        switch input {
        case .learnedStep(let step, let grid, _): Double(step.values[0] * grid.highest[0])
        case .learnedClip(let limit, _): Double(limit.values[0])
        case .rounded(let quantizer, _): quantizer.limit
        case .float, .sign: nil
        }
    }

    // MARK: The proximal rule

    /// The levels that weights are nearest to.
    func fixTargets(_ layer: WeightedLayer, _ recipe: Recipe) {
        let isFirst = targets.isEmpty
        targets = (try? WeightQuantizer.reconstruction(layer, recipe, context: WorkContext(threads: 1))) ?? []
        guard isFirst, targets.count == layer.weight.count else { return }
        let distances = targets.indices.reduce(Float(0)) { $0 + abs(targets[$1] - layer.weight.values[$1]) }
        meanDistance = distances / Float(max(1, targets.count))
    }

    /// w ← q + sign(w - q)·max(|w - q| - η·λ, 0), with one λ for all, which grows with the steps.
    ///
    /// - Parameter rate: η, the learning rate of the step as a part of the largest.
    func draw(_ layer: WeightedLayer, _ share: Double, rate: Double) {
        guard targets.count == layer.weight.count else { return }
        let values = layer.weight.values
        let lambda =
            share >= Self.drawing ? .infinity : Float(Proximal.strength * rate * share / Self.drawing) * meanDistance
        for i in 0..<values.count {
            values[i] = Proximal.drawn(values[i], to: targets[i], by: lambda)
        }
    }
}
