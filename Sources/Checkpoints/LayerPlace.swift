/// Where a weight is in its network, by its name: `encoder.layer.3.attention.self.query.weight` is layer 3, module
/// `attention.self.query`.
public struct LayerPlace: Sendable {
    public let layer: String
    public let module: String

    /// nil for a weight outside of layers.
    public init?(_ name: String) {
        var parts = name.split(separator: ".").map(String.init)
        if parts.count > 1, parts.last == "weight" { parts.removeLast() }
        guard let place = parts.firstIndex(where: { Int($0) != nil }), place + 1 < parts.count else { return nil }
        layer = parts[place]
        // Experts of a layer are one module.
        module = parts[(place + 1)...].map { Int($0) == nil ? $0 : "*" }.joined(separator: ".")
    }
}
