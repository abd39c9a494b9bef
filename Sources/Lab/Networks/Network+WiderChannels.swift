extension Network {
    /// The same function with some channels wider where they are made, and narrower where they are taken in: what batch norms and layer
    /// norms leave in networks that were trained for longer.
    ///
    /// - Parameters:
    ///   - factor: how many times wider.
    ///   - share: of the channels of every stream, at least one.
    func withWiderChannels(_ factor: Double, share: Double, seed: UInt64) -> Network {
        let network = copy()
        guard factor > 1 else { return network }
        var random = RandomSource(seed: seed, stream: "wider channels")
        for stream in network.streams where stream.channels > 1 {
            let wide = random.permutation(stream.channels).prefix(max(1, Int(share * Double(stream.channels))))
            stream.scale(by: (0..<stream.channels).map { wide.contains($0) ? 1 / Float(factor) : 1 })
        }
        return network
    }
}

extension LabSetting {
    /// - Parameter value: how many times wider some channels are made.
    static func spread(_ value: Int) -> LabSetting {
        LabSetting(
            "spread", "how many times wider some channels are made in a network of the same function; 1 for none",
            .number(1...1_000), String(value), usual: ["1", "2", "4", "16"])
    }
}
