import Tensors

/// Shapes where neither names nor values say anything: one that no other tensor has, then modules of the same shapes, one after the other.
struct SameShapes: PairingStep {
    func run(_ pairing: inout Pairing) {
        var groups: [[Int]: (a: [Int], b: [Int])] = [:]
        for a in pairing.restA { groups[pairing.first[a].shape.extents, default: ([], [])].a.append(a) }
        for b in pairing.restB { groups[pairing.second[b].shape.extents, default: ([], [])].b.append(b) }
        for (_, group) in groups.sorted(by: { ($0.value.a.first ?? 0) < ($1.value.a.first ?? 0) })
        where group.a.count == 1 && group.b.count == 1 {
            pairing.pair(group.a[0], group.b[0], .shape)
        }
        let first = Self.modules(pairing.restA, pairing.first), second = Self.modules(pairing.restB, pairing.second)
        for (shapes, modules) in first.sorted(by: { ($0.value.first?.first ?? 0) < ($1.value.first?.first ?? 0) }) {
            guard let others = second[shapes] else { continue }
            // As many on both sides, and no shape twice within one: else the order is a guess.
            guard others.count == modules.count, Set(shapes).count == shapes.count, shapes.count > 1 else {
                for module in modules {
                    for (index, a) in module.enumerated() {
                        pairing.doubt(.init(isOfA: true, tensor: a, others: others.map { $0[index] }))
                    }
                }
                continue
            }
            for (module, other) in zip(modules, others) {
                for (a, b) in zip(module, other) { pairing.pair(a, b, .order) }
            }
        }
    }

    /// The tensors of each module, under the shapes that it has.
    private static func modules(_ rest: [Int], _ tensors: [TensorView]) -> [[[Int]]: [[Int]]] {
        var modules: [(stem: String, tensors: [Int])] = []
        for tensor in rest {
            let name = tensors[tensor].name
            let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? ""
            if modules.last?.stem == stem {
                modules[modules.count - 1].tensors.append(tensor)
            } else {
                modules.append((stem, [tensor]))
            }
        }
        var result: [[[Int]]: [[Int]]] = [:]
        for module in modules {
            let sorted = module.tensors.sorted {
                tensors[$0].shape.extents.lexicographicallyPrecedes(tensors[$1].shape.extents)
            }
            result[sorted.map { tensors[$0].shape.extents }, default: []].append(sorted)
        }
        return result
    }
}
