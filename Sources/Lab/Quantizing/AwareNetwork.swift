import Quantization

/// A network that learns while its weights and inputs are rounded in every pass (survey III-G1, Fig. 4 and 5).
///
/// Its own weights stay float: the rounded ones are computed with, their gradients move the float ones, which are rounded again.
final class AwareNetwork {
    let network: Network
    let rule: GradientRule
    private let weights: Recipe?
    private let tape: Tape
    private var layers: [String: AwareLayer] = [:]
    /// Set once weights stay on their grid for good.
    private var isSettled = false

    /// - Parameters:
    ///   - network: in float; it is not changed.
    ///   - records: what its layers are given, for first ranges.
    init(
        _ network: Network, rule: GradientRule, weights: Recipe?, activations: Recipe?, records: LayerRecords,
        on tape: Tape, threads: Int
    ) throws(LabFailure) {
        self.network = network.copy()
        self.rule = rule
        self.weights = weights
        self.tape = tape
        for layer in self.network.weighted {
            layers[layer.name] = try AwareLayer(
                layer, rule: rule, weights: weights, activations: activations, record: records[layer],
                threads: threads)
        }
    }

    /// The way through the network with everything rounded as the rule has it.
    func pass(isTraining: Bool) -> Network.Pass {
        // The proximal rule computes with float weights, which it draws to the grid; they are judged on it.
        let rounds = rule != .proximal || !isTraining
        return Network.Pass(
            isTraining: isTraining,
            weight: { [self] layer in rounds ? layers[layer.name]?.weight(layer, on: tape) : nil },
            input: { [self] layer, x in layers[layer.name]?.input(x, on: tape) })
    }

    /// What is learnt besides the network's own parameters.
    var learned: [(parameters: [Parameter], factor: Float, decay: Float)] {
        // Of PACT's limits the paper has a penalty, without which nothing draws them in.
        [(layers.values.sorted { $0.name < $1.name }.flatMap { $0.parameters }, 1, rule == .learnedClip ? 1e-3 : 0)]
    }

    /// Call after every step.
    ///
    /// - Parameter share: of the training that is done.
    func settle(_ share: Double) {
        for layer in layers.values { layer.keepPositive() }
        guard rule == .proximal, let weights else { return }
        for layer in network.weighted {
            if !isSettled { layers[layer.name]?.fixTargets(layer, weights) }
            layers[layer.name]?.draw(layer, share)
        }
        // In the last fifth weights stand on the grid, and the others learn to live with it.
        isSettled = share >= AwareLayer.drawing
    }

    /// The weights that are computed with.
    func rounded(_ layer: WeightedLayer) -> [Float] {
        tape.withoutGradients { layers[layer.name]?.weight(layer, on: tape)?.data.array } ?? layer.weight.values.array
    }

    /// Where the range of each layer's input ends, for curves.
    var limits: [(name: String, value: Double)] {
        network.weighted.compactMap { layer in
            layers[layer.name].flatMap { known in known.limit.map { (layer.name, $0) } }
        }
    }
}

/// How one layer's weights and input are rounded while the network learns.
private final class AwareLayer {
    private enum Weights {
        case float
        case rounded(Recipe, RoundingGradient)
        case learned(step: Parameter, CodeGrid, factor: Float)
    }

    private enum Input {
        case float
        case rounded(InputQuantizer, RoundingGradient)
        case learnedStep(Parameter, CodeGrid, factor: Float)
        case learnedClip(Parameter, CodeGrid)
    }

    let name: String
    private var weights: Weights
    private var input: Input
    /// Levels that the proximal rule draws weights to.
    private var targets: [Float] = []
    /// The share of the training after which weights stand on the grid.
    static let drawing = 0.8

    init(
        _ layer: WeightedLayer, rule: GradientRule, weights: Recipe?, activations: Recipe?,
        record: LayerRecords.Record?, threads: Int
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
            // Whether the recipe fits is told before anything is trained.
            _ = try WeightQuantizer.reconstruction(layer, weights, threads: threads)
            self.weights = .rounded(weights, gradient)
            if rule == .learnedStep, let (ranges, layout) = try WeightQuantizer.ranges(layer, weights) {
                let map = WeightQuantizer.map(layout)
                if let grid = CodeGrid(ranges.quantizers, map: map) {
                    self.weights = .learned(
                        step: Parameter(
                            "\(layer.name).weight_step", shape: [grid.rangeCount],
                            values: grid.firstSteps(layer.weight.values.array)),
                        grid, factor: grid.factor(count: layer.weight.count / grid.rangeCount))
                }
            }
        }
        if let activations, let record {
            let quantizer = try InputQuantizer(activations, record, threads: threads)
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

    var parameters: [Parameter] {
        var all: [Parameter] = []
        if case .learned(let step, _, _) = weights { all.append(step) }
        switch input {
        case .learnedStep(let parameter, _, _), .learnedClip(let parameter, _): all.append(parameter)
        case .float, .rounded: break
        }
        return all
    }

    func weight(_ layer: WeightedLayer, on tape: Tape) -> Node? {
        switch weights {
        case .float: return nil
        case .learned(let step, let grid, let factor):
            return tape.learnedStep(tape.leaf(layer.weight), step: tape.leaf(step), grid: grid, factor: factor)
        case .rounded(let recipe, let gradient):
            let x = tape.leaf(layer.weight)
            if let (ranges, layout) = try? WeightQuantizer.ranges(layer, recipe) {
                let limits = gradient == .clipped ? RangeLimits(ranges, map: WeightQuantizer.map(layout)) : nil
                return tape.rounding(x, gradient: gradient, limits: limits) { values, elements, output in
                    ranges.reconstruct(values, elements, of: layout, into: output)
                }
            }
            guard let known = try? WeightQuantizer.reconstruction(layer, recipe, threads: 1) else { return nil }
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
        }
    }

    /// A step or a limit below zero would turn the grid round.
    func keepPositive() {
        for parameter in parameters {
            for i in 0..<parameter.count { parameter.values[i] = max(parameter.values[i], 1e-6) }
        }
    }

    /// Where the input's first range ends.
    var limit: Double? {
        switch input {
        case .learnedStep(let step, let grid, _): Double(step.values[0] * grid.highest[0])
        case .learnedClip(let limit, _): Double(limit.values[0])
        case .rounded(let quantizer, _): quantizer.limit
        case .float: nil
        }
    }

    // MARK: The proximal rule

    /// The levels that weights stand nearest to.
    func fixTargets(_ layer: WeightedLayer, _ recipe: Recipe) {
        targets = (try? WeightQuantizer.reconstruction(layer, recipe, threads: 1)) ?? []
    }

    /// w ← q + sign(w - q)·max(|w - q| - λ, 0), where λ grows until it reaches the whole distance.
    func draw(_ layer: WeightedLayer, _ share: Double) {
        guard targets.count == layer.weight.count else { return }
        let values = layer.weight.values
        let strength = share >= Self.drawing ? 1 : Float(Proximal.strength * share / Self.drawing)
        for i in 0..<values.count {
            values[i] = Proximal.drawn(
                values[i], to: targets[i], by: strength >= 1 ? .infinity : strength * abs(targets[i] - values[i]))
        }
    }
}

/// The proximal step of ProxQuant (Bai, Wang, Liberty 2018) for the distance to a level.
enum Proximal {
    /// The share of the distance to its level that a weight is drawn by in a step, shortly before it stands there.
    static let strength = 0.05

    static func drawn(_ weight: Float, to level: Float, by lambda: Float) -> Float {
        let distance = weight - level
        let rest = max(abs(distance) - lambda, 0)
        return level + (distance < 0 ? -rest : rest)
    }
}

extension CodeGrid {
    /// nil where levels are not equal steps, or a range has no step above zero.
    init?(_ quantizers: [Quantizer], map: [Int32]?) {
        var lowest: [Float] = [], highest: [Float] = []
        for quantizer in quantizers {
            guard case .affine(let affine) = quantizer else { return nil }
            lowest.append(Float(affine.zeroPoint - affine.lowestCode))
            highest.append(Float(affine.highestCode - affine.zeroPoint))
        }
        guard highest.allSatisfy({ $0 > 0 }) else { return nil }
        self.init(lowest: lowest, highest: highest, map: map)
    }

    /// LSQ's first step of each range: 2·mean|v|/√Q_P.
    func firstSteps(_ values: [Float]) -> [Float] {
        var sums = [Double](repeating: 0, count: rangeCount), counts = [Int](repeating: 0, count: rangeCount)
        for (element, value) in values.enumerated() {
            let range = range(ofElement: element)
            sums[range] += Double(abs(value))
            counts[range] += 1
        }
        return (0..<rangeCount).map { range in
            let mean = counts[range] > 0 ? sums[range] / Double(counts[range]) : 0
            return max(Float(2 * mean / Double(highest[range]).squareRoot()), 1e-6)
        }
    }

    /// LSQ's factor of the step's gradient: 1/√(N·Q_P).
    func factor(count: Int) -> Float { 1 / (Float(max(1, count)) * max(1, highest.max() ?? 1)).squareRoot() }
}
