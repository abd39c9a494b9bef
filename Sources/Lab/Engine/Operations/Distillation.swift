import Platform

/// What a student learns from a teacher besides the labels (survey IV-D, eq. 10).
struct DistillationTerm: Sendable {
    /// T: the larger, the more of the ranking below the first place is seen.
    let temperature: Double
    /// β: the part of the soft term; the hard one has 1 - β.
    let mix: Double
}

extension Tape {
    /// L = (1 - β)·H(y, softmax(z)) + β·T²·H(softmax(t/T), softmax(z/T)), the mean over samples.
    ///
    /// z, t [samples, classes]. ∂z of the soft term is β·T·(p_student - p_teacher)/samples, both at temperature T.
    func distillation(_ logits: Node, labels: [Int], teacher: [Float], term: DistillationTerm) -> Node {
        let hard = softmaxCrossEntropy(logits, labels: labels)
        let classes = logits.width, count = Double(labels.count)
        precondition(teacher.count == logits.count, "logits of the teacher for every sample")
        let loss = node([1], needsGradient: true)
        let temperature = term.temperature
        // T² keeps the size of the soft term's gradients (Hinton et al. 2015); the survey's equation has no such factor.
        let factor = temperature * temperature
        var soft = 0.0, differences: [Double] = []
        for sample in 0..<labels.count {
            let range = sample * classes..<(sample + 1) * classes
            let wanted = softmax(teacher[range], temperature: temperature)
            let found = softmax(
                UnsafeBufferPointer(start: logits.data + range.lowerBound, count: classes), temperature: temperature)
            for (p, q) in zip(wanted, found) {
                soft -= p * log(max(q, 1e-300))
                differences.append(q - p)
            }
        }
        loss.data[0] = Float((1 - term.mix) * Double(hard.data[0]) + term.mix * factor * soft / count)
        record {
            guard let seed = loss.gradient?[0] else { return }
            hard.gradient?[0] += Float(1 - term.mix) * seed
            guard let dz = logits.gradient else { return }
            let scale = Double(seed) * term.mix * factor / temperature / count
            for (i, difference) in differences.enumerated() { dz[i] += Float(scale * difference) }
        }
        return loss
    }
}
