import Tensors

/// Names of Hugging Face, Meta, GPT-2 and GGUF files for the same part of a language model; stacked experts and single ones.
struct ModelNames: PairingStep {
    private static let mostExperts = 4_096

    func run(_ pairing: inout Pairing) {
        let first = Self.canonical(pairing.first), second = Self.canonical(pairing.second)
        var byName: [CanonicalName: Int] = [:]
        for b in pairing.restB where byName[second[b]] == nil { byName[second[b]] = b }
        for a in pairing.restA {
            let name = first[a], tensor = pairing.first[a]
            if let b = byName[name], pairing.isFreeB(b) {
                pairing.pair(a, b, .convention)
            } else if let expert = name.expert, let b = byName[CanonicalName(name: name.name)],
                pairing.second[b].shape.rank == 3, expert < pairing.second[b].shape.extents[0]
            {
                pairing.pair(a, partOfB: expert..<expert + 1, b, .convention)
            } else if tensor.shape.rank == 3, name.expert == nil, tensor.shape.extents[0] <= Self.mostExperts {
                // The other way round: a stacked tensor here, experts there.
                for expert in 0..<tensor.shape.extents[0] {
                    if let b = byName[CanonicalName(name: name.name, expert: expert)], pairing.isFreeB(b) {
                        pairing.pair(partOfA: expert..<expert + 1, a, b, .convention)
                    }
                }
            }
        }
    }

    static func canonical(_ tensors: [TensorView]) -> [CanonicalName] {
        var layers: Set<Int> = []
        for tensor in tensors where tensor.name.contains("pre_feedforward_layernorm") {
            for piece in tensor.name.split(separator: ".") { if let layer = Int(piece) { layers.insert(layer) } }
        }
        return tensors.map { tensor in CanonicalName.of(tensor.name) { layers.contains($0) } }
    }
}
