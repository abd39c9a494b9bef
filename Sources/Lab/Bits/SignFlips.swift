/// Counts the weights whose level changes from step to step: latent weights move all the time, levels rarely.
final class SignFlips {
    private var levels: [[Int8]] = []
    /// Of the present stretch of steps.
    private var sum = 0.0, steps = 0

    /// Looks at weights after a step, layer by layer.
    func look(_ rounded: [[Float]]) {
        let now = rounded.map { $0.map { Int8($0 < 0 ? -1 : $0 > 0 ? 1 : 0) } }
        if !levels.isEmpty {
            let changed = zip(levels, now).reduce(0) { $0 + zip($1.0, $1.1).reduce(0) { $0 + ($1.0 == $1.1 ? 0 : 1) } }
            sum += Double(changed) / Double(max(1, now.reduce(0) { $0 + $1.count }))
            steps += 1
        }
        levels = now
    }

    /// The mean share of weights that changed in a step since this was last asked.
    func takeMean() -> Double {
        defer { (sum, steps) = (0, 0) }
        return sum / Double(max(1, steps))
    }
}
