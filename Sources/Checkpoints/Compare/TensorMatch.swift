public import TensorFiles
public import Tensors

/// Which tensors of two checkpoints are the same layer's: by name, by the names of other conventions, or, of two files of one tensor
/// each, because there is nothing else.
public struct TensorMatch: Sendable {
    public struct Pair: Sendable {
        /// Their indices in the order of the first file.
        public let position: Int
        public let a: TensorView
        public let b: TensorView
        /// The expert of a stacked tensor that the other side's tensor is, where one is.
        public let expert: Int?
        /// Q or K of the Llama family, whose rows GGUF files hold in another order.
        let isRotary: Bool
    }

    public let pairs: [Pair]
    public let onlyA: [String]
    public let onlyB: [String]

    public init(_ a: TensorFile, _ b: TensorFile) {
        let first = Self.shown(a), second = Self.shown(b)
        if first.count == 1, second.count == 1 {
            pairs = [Pair(position: 0, a: first[0], b: second[0], expert: nil, isRotary: false)]
            (onlyA, onlyB) = ([], [])
            return
        }
        var byName: [ExactName: Int] = [:]
        for (place, tensor) in second.enumerated() { byName[ExactName(tensor.name)] = place }
        let canonicalA = Self.canonical(first), canonicalB = Self.canonical(second)
        var byCanonical: [CanonicalName: Int] = [:]
        for (place, name) in canonicalB.enumerated() where byCanonical[name] == nil { byCanonical[name] = place }
        var pairs: [Pair] = [], onlyA: [String] = [], used: Set<Int> = []
        // Experts of stacked tensors that found their partner.
        var experts: [Int: Set<Int>] = [:]
        var position = 0
        for (place, tensor) in first.enumerated() {
            let name = canonicalA[place]
            let stacked = CanonicalName(name: name.name)
            func pair(_ other: Int, a: TensorView, b: TensorView, expert: Int?) {
                used.insert(other)
                pairs.append(
                    Pair(
                        position: position, a: a, b: b, expert: expert,
                        isRotary: Self.isRotary(name.name)))
                position += 1
            }
            if let other = byName[ExactName(tensor.name)] ?? byCanonical[name], !used.contains(other) {
                pair(other, a: tensor, b: second[other], expert: nil)
            } else if let expert = name.expert, let other = byCanonical[stacked], second[other].shape.rank == 3,
                expert < second[other].shape.extents[0]
            {
                pair(other, a: tensor, b: second[other].entries(expert..<expert + 1), expert: expert)
                experts[other, default: []].insert(expert)
            } else if tensor.shape.rank == 3, name.expert == nil, tensor.shape.extents[0] <= Self.mostExperts {
                // The other way round: a stacked tensor here, experts there.
                var missing: [Int] = []
                for expert in 0..<tensor.shape.extents[0] {
                    if let other = byCanonical[CanonicalName(name: name.name, expert: expert)], !used.contains(other) {
                        pair(other, a: tensor.entries(expert..<expert + 1), b: second[other], expert: expert)
                    } else {
                        missing.append(expert)
                    }
                }
                if missing.count == tensor.shape.extents[0] {
                    onlyA.append(tensor.name)
                } else {
                    onlyA += missing.map { "\(tensor.name) [\($0)]" }
                }
            } else {
                onlyA.append(tensor.name)
            }
        }
        self.pairs = pairs
        self.onlyA = onlyA
        onlyB = second.indices.flatMap { place -> [String] in
            guard used.contains(place) else { return [second[place].name] }
            // Of a stacked tensor those without a partner.
            guard let found = experts[place], second[place].shape.extents[0] <= Self.mostExperts else { return [] }
            return (0..<second[place].shape.extents[0]).filter { !found.contains($0) }.map {
                "\(second[place].name) [\($0)]"
            }
        }
    }

    private static let mostExperts = 4_096

    /// The tensors without those that are parts of packed ones.
    private static func shown(_ file: TensorFile) -> [TensorView] {
        let parts = Set(file.tensors.flatMap { tensor in tensor.parts.filter { $0 != tensor.name } })
        return file.tensors.filter { $0.count > 0 && !parts.contains($0.name) }
    }

    private static func canonical(_ tensors: [TensorView]) -> [CanonicalName] {
        var layers: Set<Int> = []
        for tensor in tensors where tensor.name.contains("pre_feedforward_layernorm") {
            for piece in tensor.name.split(separator: ".") { if let layer = Int(piece) { layers.insert(layer) } }
        }
        return tensors.map { tensor in
            CanonicalName.of(tensor.name) { layers.contains($0) }
        }
    }

    private static func isRotary(_ canonical: String) -> Bool {
        let parts = canonical.split(separator: ".")
        return parts.contains("attn_q") || parts.contains("attn_k")
    }
}
