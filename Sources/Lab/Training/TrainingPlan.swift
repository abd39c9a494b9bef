import Platform

/// How long and how fast a network learns.
struct TrainingPlan: Sendable {
    /// How the rate changes over the steps.
    enum Schedule: Sendable {
        case constant
        /// Up over the first twentieth of the steps, then along half a cosine down to zero.
        case cosine
    }

    var epochs: Int
    var batch = 64
    var rate: Float
    var optimizer = OptimizerKind.momentum
    var schedule = Schedule.cosine
    /// λ of the penalty λ/2·w² on weights.
    var decay: Float = 1e-4

    /// The rate at a step from 0 to steps - 1.
    func rate(at step: Int, of steps: Int) -> Float {
        guard case .cosine = schedule else { return rate }
        let share = Float(step) / Float(max(1, steps)), warmUp: Float = 0.05
        if share < warmUp { return rate * (share + 1 / Float(max(1, steps))) / warmUp }
        return rate * 0.5 * (1 + cos(Float.pi * (share - warmUp) / (1 - warmUp)))
    }
}
