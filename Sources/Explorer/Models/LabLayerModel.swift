import Basics
import Lab

/// Weights of the layer that is looked at, before and after rounding.
public struct LabLayerModel: Sendable {
    public let title: String
    public let latent: [UInt64]
    public let quantized: [UInt64]
    /// The axis goes from -limit to limit.
    public let limit: String
    public let notice: Notice?

    init(_ state: ExplorerState) {
        let layers = state.lab.report?.layers ?? []
        guard let picture = layers.isEmpty ? nil : layers[min(state.lab.layer, layers.count - 1)] else {
            (title, latent, quantized, limit) = (Words.labLayer, [], [], "")
            notice = .waiting(Words.labNoLayers)
            return
        }
        title = Words.labLayerTitle(
            ScreenText.safe(picture.name), number: min(state.lab.layer, layers.count - 1) + 1, of: layers.count)
        latent = picture.latent.map { UInt64($0) }
        quantized = picture.quantized.map { UInt64($0) }
        limit = NumberText.significant(picture.limit, digits: 3)
        notice = nil
    }
}
