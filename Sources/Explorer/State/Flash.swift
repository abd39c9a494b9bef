public import Quantization

/// What the last setting changed, bright for a moment.
public struct Flash: Sendable {
    /// The metrics under the setting before.
    public let before: Metrics
    /// Counts the changes, so that a later one has its own moment.
    public let number: Int
}

/// What was last shown of a tensor, for the next setting to be compared with.
struct LastShown: Sendable {
    let tensor: TensorKey
    let recipe: Recipe
    let metrics: Metrics
}

extension ExplorerState {
    /// Notes what is shown now, and what it is compared with for a moment.
    mutating func note(_ evaluation: Evaluation) {
        defer { lastShown = LastShown(tensor: tensorKey, recipe: recipe, metrics: evaluation.metrics) }
        guard appearance.hasMotion, let lastShown, lastShown.tensor == tensorKey, lastShown.recipe != recipe else {
            return
        }
        flash = Flash(before: lastShown.metrics, number: (flash?.number ?? 0) + 1)
    }
}
