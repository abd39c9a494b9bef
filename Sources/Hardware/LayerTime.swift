public import Tensors

/// How long a layer takes on a profile of hardware, and what bounds it.
public struct LayerTime: Equatable, Sendable {
    public enum Side: String, Sendable { case memory, arithmetic }

    /// Seconds.
    public let memory: Double
    public let arithmetic: Double
    public let unpacking: Double

    public var total: Double { max(memory, arithmetic) + unpacking }
    /// The roof that the layer is under.
    public var side: Side { memory >= arithmetic ? .memory : .arithmetic }
}

extension HardwareProfile {
    /// The time of one weight tensor [out, …] of a layer that multiplies every weight once a sample; a table that is looked up reads a row a sample.
    ///
    /// A convolution's positions are not known from its weights: it counts as one.
    ///
    /// - Parameters:
    ///   - name: tells tables that are looked up.
    ///   - storedBits: of the whole tensor, scales included.
    ///   - weightBits: of a code.
    public func time(_ name: String, _ shape: Shape, storedBits: Double, weightBits: Int) -> LayerTime {
        let elements = Double(shape.count), rows = Double(max(1, shape.extents.first ?? 1)), samples = Double(batch)
        let columns = elements / rows
        let peak = peak(weightBits: weightBits)
        let isUnpacked = weightBits < peak.weightBits
        if Self.isLookedUp(name) {
            // A row a sample is read, and handed on.
            let share = min(1, samples / rows)
            let bytes = storedBits / 8 * share + samples * columns * Double(activationBits) / 8
            return LayerTime(
                memory: bytes / bandwidth, arithmetic: 0, unpacking: isUnpacked ? elements * share * unpacking : 0)
        }
        let bytes = storedBits / 8 + samples * (rows + columns) * Double(activationBits) / 8
        return LayerTime(
            memory: bytes / bandwidth, arithmetic: 2 * elements * samples / peak.operations,
            unpacking: isUnpacked ? elements * unpacking : 0)
    }

    /// Embeddings by the names that they have in published checkpoints.
    static func isLookedUp(_ name: String) -> Bool {
        let parts = name.split(separator: ".")
        return parts.contains { part in
            part.hasPrefix("embed") || part.hasSuffix("embeddings") && part != "embeddings" || part.hasSuffix("embd")
                || part == "wte" || part == "wpe"
        }
    }
}
