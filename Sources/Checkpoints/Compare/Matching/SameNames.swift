import TensorFiles
import Tensors

/// The same name.
struct SameNames: PairingStep {
    func run(_ pairing: inout Pairing) {
        var byName: [ExactName: Int] = [:]
        for b in pairing.restB { byName[ExactName(pairing.second[b].name)] = b }
        for a in pairing.restA {
            if let b = byName[ExactName(pairing.first[a].name)], pairing.isFreeB(b) { pairing.pair(a, b, .name) }
        }
    }
}
