extension Tape {
    /// TTQ (Zhu et al. 2017): y = W_p where w > Δ, -W_n where w < -Δ, else 0, with Δ = t·max|w| and both levels learnt.
    ///
    /// ∂W_p = Σ ∂y over the weights above Δ, ∂W_n = -Σ ∂y over those below -Δ. ∂w = W_p·∂y above, W_n·∂y below, ∂y between.
    ///
    /// - Parameters:
    ///   - positive: W_p, one number; `negative` likewise.
    ///   - threshold: t.
    func learnedTernary(_ w: Node, positive: Node, negative: Node, threshold: Float) -> Node {
        let y = node(w.shape, needsGradient: true), count = w.count
        var largest: Float = 0
        for i in 0..<count { largest = max(largest, abs(w.data[i])) }
        let delta = threshold * largest, above = positive.data[0], below = negative.data[0]
        for i in 0..<count {
            let value = w.data[i]
            y.data[i] = value > delta ? above : value < -delta ? -below : 0
        }
        record {
            guard let dy = y.gradient else { return }
            var ofPositive = 0.0, ofNegative = 0.0
            for i in 0..<count {
                let value = w.data[i]
                if value > delta {
                    ofPositive += Double(dy[i])
                    w.gradient?[i] += above * dy[i]
                } else if value < -delta {
                    ofNegative -= Double(dy[i])
                    w.gradient?[i] += below * dy[i]
                } else {
                    w.gradient?[i] += dy[i]
                }
            }
            positive.gradient?[0] += Float(ofPositive)
            negative.gradient?[0] += Float(ofNegative)
        }
        return y
    }
}
