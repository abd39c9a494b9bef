import Quantization

/// A guess of what the loss gains where one layer is rounded, which adds up over layers (survey IV-B).
enum LayerSensitivity: String, CaseIterable {
    /// ‖W - Ŵ‖²
    case weightError = "weight_error"
    /// The mean KL divergence of the outputs with this layer alone rounded (ZeroQ).
    case outputDivergence = "output_kl"
    /// Tr(H)/n·‖W - Ŵ‖² (HAWQ-V2), half of which is the second-order term of the loss for errors of any direction.
    case hessianTrace = "hessian_trace"
    /// ½·Σ F_j·(w_j - ŵ_j)² with the diagonal of the empirical Fisher information.
    case fisher = "fisher"

    /// - Returns: for each layer and number of bits.
    func costs(_ choices: BitChoices, of network: Network, on samples: Samples, _ run: LabRun) throws(LabFailure)
        -> [[Double]]
    {
        switch self {
        case .weightError: return choices.squaredErrors
        case .outputDivergence:
            func logits(_ network: Network) throws(LabFailure) -> [Float] {
                try network.logits(of: samples, on: run.tape) { () throws(LabFailure) in try run.pass() }
            }
            let float = try logits(network), copy = network.copy()
            var costs: [[Double]] = []
            for (place, layer) in copy.weighted.enumerated() {
                let before = layer.weight.array
                var own: [Double] = []
                for weights in choices.weights[place] {
                    layer.weight.set(weights)
                    own.append(OutputDivergence.mean(float, try logits(copy), classes: network.classes))
                }
                layer.weight.set(before)
                costs.append(own)
            }
            return costs
        case .hessianTrace:
            let copy = network.copy(), curvature = LossCurvature(network: copy, samples: samples, run: run)
            var costs: [[Double]] = []
            for (place, layer) in copy.weighted.enumerated() {
                // Of a loss that is not convex a trace may be below zero, where it says nothing.
                let mean = max(0, try curvature.trace(layer)) / Double(layer.weight.count)
                costs.append(choices.squaredErrors[place].map { mean * $0 })
            }
            return costs
        case .fisher:
            let copy = network.copy(), curvature = LossCurvature(network: copy, samples: samples, run: run)
            let information = try curvature.fisher()
            return copy.weighted.enumerated().map { place, layer in
                choices.weights[place].map { weights in
                    weights.indices.reduce(0) { sum, i in
                        let error = Double(weights[i]) - Double(layer.weight.values[i])
                        return sum + information[place][i] * error * error / 2
                    }
                }
            }
        }
    }
}

/// How two lists of numbers go together.
enum Correlation {
    /// Spearman's: that of the ranks, those of equal numbers being their mean.
    static func ofRanks(_ x: [Double], _ y: [Double]) -> Double { linear(ranks(x), ranks(y)) }

    /// Pearson's; 0 where one of the lists is constant.
    static func linear(_ x: [Double], _ y: [Double]) -> Double {
        let count = Double(min(x.count, y.count))
        guard count > 1 else { return 0 }
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        var xy = 0.0, xx = 0.0, yy = 0.0
        for (a, b) in zip(x, y) {
            xy += (a - meanX) * (b - meanY)
            xx += (a - meanX) * (a - meanX)
            yy += (b - meanY) * (b - meanY)
        }
        return xx > 0 && yy > 0 ? xy / (xx * yy).squareRoot() : 0
    }

    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count), start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for place in start...end { ranks[order[place]] = Double(start + end) / 2 }
            start = end + 1
        }
        return ranks
    }
}
