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
