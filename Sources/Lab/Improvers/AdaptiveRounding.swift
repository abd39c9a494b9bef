import Platform
import Quantization

/// Learns for every weight whether to round up or down, so that the layer's outputs change least (AdaRound, Nagel et al. 2020).
///
/// W̃ = s·clip(⌊W/s⌋ + h(V), n, p), h(V) = clip(sigmoid(V)·(ζ - γ) + γ, 0, 1), ζ = 1.1, γ = -0.1, from h = the fraction of W/s on.
/// Minimises ‖Wx - W̃x̂‖² + λ·Σ(1 - |2h - 1|^β) by Adam, where x̂ is what the rounded layers before make of the samples, β falls from 20 to
/// 2 and the first fifth of the steps has no second term; at the end h is 0 or 1. The first term hangs on second moments alone.
struct AdaptiveRounding: Improver {
    let name = "adaround"
    let summary = "up or down learnt for every weight by the error of outputs (AdaRound)"
    let condition = "helps where samples suffice to learn each weight from"
    static let steps = 2_000
    static let rate: Float = 0.01
    static let penalty: Float = 0.01
    static let (zeta, gamma): (Float, Float) = (1.1, -0.1)

    func obstacle(_ weights: Recipe?, _ activations: Recipe?) -> String? {
        Self.obstacle(
            weights, isPossible: { $0.format.hasEqualSteps && $0.codesSingleValues },
            needs: "equal steps to choose between")
    }

    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork {
        guard let recipe = problem.weights else { return try problem.rounded(problem.network) }
        return try problem.roundedInOrder { layer, float, now throws(LabFailure) in
            guard layer.rowLength <= SecondMoments.mostWidth,
                let (ranges, layout) = try WeightQuantizer.ranges(layer, recipe)
            else { return nil }
            var grids: [AffineQuantizer] = []
            for quantizer in ranges.quantizers {
                guard case .affine(let grid) = quantizer else { return nil }
                grids.append(grid)
            }
            let width = layer.rowLength
            return try Self.rounded(
                layer.weight.array, width: width,
                cross: SecondMoments.of(float, now, width: width, seed: problem.run.settings.seed),
                moments: SecondMoments.of(now, now, width: width, seed: problem.run.settings.seed),
                grid: { grids[layout.range(ofElement: $0)] }
            ) { () throws(LabFailure) in try problem.run.pass() }
        }
    }

    /// - Parameters:
    ///   - weights: [rows, width].
    ///   - cross: E[x·x̂ᵀ], and `moments` E[x̂·x̂ᵀ], [width, width].
    ///   - grid: of an element.
    static func rounded(
        _ weights: [Float], width: Int, cross: [Double], moments: [Double], grid: (Int) -> AffineQuantizer,
        betweenSteps: () throws(LabFailure) -> Void = {}
    ) throws(LabFailure) -> [Float] {
        let rows = weights.count / width, count = weights.count
        var floors = [Float](repeating: 0, count: count), scales = floors, lows = floors, highs = floors
        let logits = Parameter("rounding", shape: [count])
        for (element, weight) in weights.enumerated() {
            let grid = grid(element), place = weight * grid.inverse, floor = place.rounded(.down)
            floors[element] = floor
            scales[element] = grid.scale
            lows[element] = Float(grid.lowestCode - grid.zeroPoint)
            highs[element] = Float(grid.highestCode - grid.zeroPoint)
            // h of the first logit is the fraction.
            logits.values[element] = -log((zeta - gamma) / (place - floor - gamma) - 1)
        }
        let second = moments.map(Float.init)
        var wanted = [Float](repeating: 0, count: count), soft = wanted, change = wanted
        MatrixProduct.multiply(
            weights, cross.map(Float.init), rows: rows, columns: width, inner: width, into: &wanted)
        let optimizer = Optimizer(.adam)
        optimizer.add([logits])
        for step in 0..<steps {
            try betweenSteps()
            let share = Float(step) / Float(steps), warmUp: Float = 0.2
            let beta = 20 - 18 * max(0, share - warmUp) / (1 - warmUp)
            for i in 0..<count {
                let code = floors[i] + openness(logits.values[i])
                soft[i] = scales[i] * max(lows[i], min(highs[i], code))
            }
            MatrixProduct.multiply(soft, second, rows: rows, columns: width, inner: width, into: &change)
            for i in 0..<count {
                let sigmoid = 1 / (1 + exp(-logits.values[i])), h = openness(logits.values[i])
                let code = floors[i] + h
                let isInside = code > lows[i] && code < highs[i]
                var gradient = isInside ? 2 * (change[i] - wanted[i]) * scales[i] : 0
                if share >= warmUp {
                    let side = 2 * h - 1
                    gradient -= penalty * beta * pow(abs(side), beta - 1) * (side < 0 ? -2 : 2)
                }
                let isOpen = h > 0 && h < 1
                logits.gradient[i] = isOpen ? gradient * (zeta - gamma) * sigmoid * (1 - sigmoid) : 0
            }
            optimizer.update(rate: rate)
        }
        return (0..<count).map { i in
            scales[i] * max(lows[i], min(highs[i], floors[i] + (logits.values[i] >= 0 ? 1 : 0)))
        }
    }

    /// h(V).
    private static func openness(_ logit: Float) -> Float {
        max(0, min(1, (zeta - gamma) / (1 + exp(-logit)) + gamma))
    }
}
