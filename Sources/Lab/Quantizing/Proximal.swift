/// The proximal step of ProxQuant (Bai, Wang, Liberty 2018) for the distance to a level.
enum Proximal {
    /// λ at its largest, as a part of the mean distance of weights from their levels at first.
    static let strength = 0.2

    static func drawn(_ weight: Float, to level: Float, by lambda: Float) -> Float {
        let distance = weight - level
        let rest = max(abs(distance) - lambda, 0)
        return level + (distance < 0 ? -rest : rest)
    }
}
