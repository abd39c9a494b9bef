import Tensors

/// Tensors of the same name within modules of which others are paired already: the bias of a layer whose weights were found by values.
struct ModuleMates: PairingStep {
    func run(_ pairing: inout Pairing) {
        func parts(_ name: String) -> (stem: String, leaf: Substring) {
            guard let dot = name.lastIndex(of: ".") else { return ("", Substring(name)) }
            return (String(name[...dot]), name[name.index(after: dot)...])
        }
        var partners: [String: Set<String>] = [:], wanted: [String: Set<String>] = [:]
        for found in pairing.found where found.partA == nil && found.partB == nil {
            let a = parts(pairing.first[found.a].name).stem, b = parts(pairing.second[found.b].name).stem
            guard !a.isEmpty, !b.isEmpty else { continue }
            partners[a, default: []].insert(b)
            wanted[b, default: []].insert(a)
        }
        let restB = Dictionary(
            pairing.restB.map { (pairing.second[$0].name, $0) }, uniquingKeysWith: { first, _ in first })
        for a in pairing.restA {
            let (stem, leaf) = parts(pairing.first[a].name)
            guard let others = partners[stem], others.count == 1, let other = others.first, wanted[other]?.count == 1,
                let b = restB[other + leaf], pairing.isFreeB(b), pairing.areAlike(a, b)
            else { continue }
            pairing.pair(a, b, .prefix(a: stem, b: other))
        }
    }
}
