import Tensors

/// A tensor with the values of another one of its own file, of which the other file has one: tied embeddings.
struct TiedTensors: PairingStep {
    private struct Look: Hashable {
        let extents: [Int]
        let values: [Float]

        init?(_ tensor: TensorView) {
            guard tensor.shape.rank >= 2 else { return nil }
            extents = tensor.shape.extents
            values = ValueSample(tensor, extents: tensor.shape.bareExtents).values
        }
    }

    func run(_ pairing: inout Pairing) {
        let found = pairing.found.filter { $0.partA == nil && $0.partB == nil }
        let restA = pairing.restA, restB = pairing.restB
        if restA.contains(where: { pairing.first[$0].shape.rank >= 2 }) {
            let twins = Self.looks(found.map { ($0, pairing.first[$0.a]) })
            for a in restA {
                guard let look = Look(pairing.first[a]), let twin = twins[look] else { continue }
                pairing.pair(a, twin.b, .tied(to: pairing.first[twin.a].name))
            }
        }
        if restB.contains(where: { pairing.second[$0].shape.rank >= 2 }) {
            let twins = Self.looks(found.map { ($0, pairing.second[$0.b]) })
            for b in restB {
                guard let look = Look(pairing.second[b]), let twin = twins[look] else { continue }
                pairing.pair(twin.a, b, .tied(to: pairing.second[twin.b].name))
            }
        }
    }

    private static func looks(_ tensors: [(Pairing.Found, TensorView)]) -> [Look: Pairing.Found] {
        Dictionary(
            tensors.compactMap { found, tensor in Look(tensor).map { ($0, found) } },
            uniquingKeysWith: { first, _ in first })
    }
}
