extension Tape {
    /// What a batch norm knows of all batches: the running statistics that stand in for a batch's own at inference.
    struct RunningStatistics {
        let mean: Parameter
        let variance: Parameter
        /// Weight of a new batch.
        let momentum: Float
    }

    /// y = γ·(x - μ)/√(σ² + ε) + β for each channel.
    ///
    /// x [samples, channels, …], γ and β [channels]. In training μ and σ² are those of the batch over samples and positions, and the
    /// running ones move towards them (the variance as PyTorch's: that of a sample, n/(n - 1)·σ²); otherwise they are the running ones.
    /// With x̂ the normalized value, n numbers in a channel and all sums over them:
    /// ∂γ = Σ ∂y·x̂, ∂β = Σ ∂y, ∂x = γ/√(σ² + ε)·(∂y - ∂β/n - x̂·∂γ/n), or γ/√(σ² + ε)·∂y with running statistics.
    func batchNorm(
        _ x: Node, gamma: Node, beta: Node, running: RunningStatistics, epsilon: Float, isTraining: Bool
    ) -> Node {
        precondition(gamma.count == x.shape[1], "a factor for each channel")
        let samples = x.samples, channels = x.shape[1], area = x.area, width = x.width
        let n = Double(samples * area)
        let y = node(x.shape, needsGradient: true)
        let normalized = scratch(x.count), inverse = scratch(channels)
        let (runningMean, runningVariance) = (running.mean.values, running.variance.values)
        // By channels, of which each sums its samples in order.
        forEach(channels) { channel in
            func lines(_ body: (Int) -> Void) {
                for sample in 0..<samples { body(sample * width + channel * area) }
            }
            var mean = Double(runningMean[channel]), variance = Double(runningVariance[channel])
            if isTraining {
                mean = 0
                lines { mean += Self.sum(x.data + $0, area) }
                mean /= n
                variance = 0
                let center = Float(mean)
                lines { variance += Self.squares(x.data + $0, area, around: center) }
                variance /= n
                let momentum = Double(running.momentum)
                runningMean[channel] += Float(momentum * (mean - Double(runningMean[channel])))
                runningVariance[channel] += Float(
                    momentum * (variance * n / max(1, n - 1) - Double(runningVariance[channel])))
            }
            let scale = Float(1 / (variance + Double(epsilon)).squareRoot()), center = Float(mean)
            inverse[channel] = scale
            let gamma = gamma.data[channel], beta = beta.data[channel]
            lines { start in
                let input = x.data + start, middle = normalized + start, output = y.data + start
                for i in 0..<area {
                    let value = (input[i] - center) * scale
                    middle[i] = value
                    output[i] = gamma * value + beta
                }
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            forEach(channels) { channel in
                func lines(_ body: (Int) -> Void) {
                    for sample in 0..<samples { body(sample * width + channel * area) }
                }
                var ofGamma = 0.0, ofBeta = 0.0
                lines { start in
                    ofBeta += Self.sum(dy + start, area)
                    ofGamma += Self.product(dy + start, normalized + start, area)
                }
                gamma.gradient?[channel] += Float(ofGamma)
                beta.gradient?[channel] += Float(ofBeta)
                guard let dx = x.gradient else { return }
                let factor = gamma.data[channel] * inverse[channel]
                let meanBeta = isTraining ? Float(ofBeta / n) : 0, meanGamma = isTraining ? Float(ofGamma / n) : 0
                lines { start in
                    let from = dy + start, middle = normalized + start, to = dx + start
                    for i in 0..<area { to[i] += factor * (from[i] - meanBeta - middle[i] * meanGamma) }
                }
            }
        }
        return y
    }
}
