import Platform

/// p_i = exp(z_i/T) / Σ_j exp(z_j/T) (survey eq. 11), in Double.
func softmax(_ logits: some Collection<Float>, temperature: Double = 1) -> [Double] {
    let top = Double(logits.max() ?? 0)
    let powers = logits.map { exp((Double($0) - top) / temperature) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
}

/// What a classifier's outputs cost.
enum CrossEntropy {
    /// The mean over samples of -log softmax(z)[label].
    static func mean(_ logits: [Float], _ labels: [Int], classes: Int) -> Double {
        var total = 0.0
        for (sample, label) in labels.enumerated() {
            let probabilities = softmax(logits[sample * classes..<(sample + 1) * classes])
            total -= log(max(probabilities[label], 1e-300))
        }
        return total / Double(max(1, labels.count))
    }
}

extension Tape {
    /// The mean over samples of -log softmax(z)[label].
    ///
    /// z [samples, classes] → one number. ∂z = (softmax(z) - 1[label])/samples.
    func softmaxCrossEntropy(_ logits: Node, labels: [Int]) -> Node {
        let classes = logits.width, count = Double(labels.count)
        precondition(labels.count == logits.samples, "a label for every sample")
        let loss = node([1], needsGradient: true)
        let probabilities = (0..<labels.count).map { sample in
            softmax(UnsafeBufferPointer(start: logits.data + sample * classes, count: classes))
        }
        var total = 0.0
        for (sample, label) in labels.enumerated() { total -= log(max(probabilities[sample][label], 1e-300)) }
        loss.data[0] = Float(total / count)
        record {
            guard let seed = loss.gradient?[0], let dz = logits.gradient else { return }
            for (sample, label) in labels.enumerated() {
                for place in 0..<classes {
                    let difference = probabilities[sample][place] - (place == label ? 1 : 0)
                    dz[sample * classes + place] += Float(Double(seed) * difference / count)
                }
            }
        }
        return loss
    }
}
