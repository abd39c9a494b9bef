public import TensorFiles
public import Tensors

/// Which tensors of two checkpoints are the same layer's: by a file of pairs, by name, by names of other conventions, by values, by shape.
public struct TensorMatch: Sendable {
    public struct Pair: Sendable {
        /// Their indices in the order of the first file.
        public let position: Int
        public let a: TensorView
        public let b: TensorView
        /// The expert of a stacked tensor that the other side's tensor is, where one is.
        public let expert: Int?
        /// Which entries of a tensor the other side's tensor is, in words; nil where both are whole, or one is an expert.
        public let part: String?
        public let method: PairingMethod
        /// Q or K of the Llama family, whose rows GGUF files hold in another order.
        let isRotary: Bool
    }

    /// A tensor that could be paired with several, and is not.
    public struct Doubt: Sendable, Equatable {
        public let isOfA: Bool
        public let name: String
        public let others: [String]
    }

    public let pairs: [Pair]
    public let onlyA: [String]
    public let onlyB: [String]
    public let doubts: [Doubt]

    static let steps: [any PairingStep] = [
        SameNames(), CommonPrefixes(), ModelNames(), ConverterNames(), SameValues(), ModuleMates(), FusedRows(),
        TiedTensors(),
        SameShapes(),
    ]

    public init(_ a: TensorFile, _ b: TensorFile, map: PairMap? = nil) throws(FileError) {
        let first = Self.shown(a), second = Self.shown(b)
        var pairing = Pairing(first, second)
        if let map {
            try map.apply(to: &pairing, a, b)
        } else if first.count == 1, second.count == 1 {
            pairing.pair(0, 0, .only)
        }
        for step in Self.steps {
            if pairing.restA.isEmpty && pairing.restB.isEmpty { break }
            step.run(&pairing)
        }
        (pairs, onlyA, onlyB, doubts) = Self.result(pairing)
    }

    private static func result(
        _ pairing: Pairing
    ) -> (pairs: [Pair], onlyA: [String], onlyB: [String], doubts: [Doubt]) {
        let first = ModelNames.canonical(pairing.first), second = ModelNames.canonical(pairing.second)
        let sorted = pairing.found.sorted {
            ($0.a, $0.partA?.lowerBound ?? 0, $0.b) < ($1.a, $1.partA?.lowerBound ?? 0, $1.b)
        }
        let pairs = sorted.enumerated().map { position, found in
            let a = pairing.first[found.a], b = pairing.second[found.b]
            let range = found.partA ?? found.partB
            let isExpert = range?.count == 1 && (found.partA == nil ? b : a).shape.rank == 3
            return Pair(
                position: position, a: found.partA.map { a.entries($0) } ?? a,
                b: found.partB.map { b.entries($0) } ?? b, expert: isExpert ? range?.lowerBound : nil,
                part: isExpert
                    ? nil
                    : range.map { "rows \($0.lowerBound)…\($0.upperBound - 1) of \(found.partA == nil ? "b" : "a")" },
                method: found.method, isRotary: isRotary(first[found.a].name) || isRotary(second[found.b].name))
        }
        let partsA = Dictionary(grouping: sorted.filter { $0.partA != nil }, by: { $0.a }).mapValues {
            $0.compactMap { $0.partA }
        }
        let partsB = Dictionary(grouping: sorted.filter { $0.partB != nil }, by: { $0.b }).mapValues {
            $0.compactMap { $0.partB }
        }
        let doubts = pairing.doubts.filter { $0.isOfA ? pairing.isFreeA($0.tensor) : pairing.isFreeB($0.tensor) }
            .map { doubt -> Doubt in
                let own = doubt.isOfA ? pairing.first : pairing.second,
                    other = doubt.isOfA ? pairing.second : pairing.first
                return Doubt(
                    isOfA: doubt.isOfA, name: own[doubt.tensor].name,
                    others: doubt.others.filter { doubt.isOfA ? pairing.isFreeB($0) : pairing.isFreeA($0) }
                        .map { other[$0].name })
            }
            .filter { $0.others.count > 1 }
        var seen: Set<String> = []
        return (
            pairs, rest(pairing.first, pairing.restA, partsA), rest(pairing.second, pairing.restB, partsB),
            doubts.filter { seen.insert("\($0.isOfA) \($0.name)").inserted }
        )
    }

    /// Names of tensors without a partner, and of the entries of others that have none.
    private static func rest(_ tensors: [TensorView], _ free: [Int], _ parts: [Int: [Range<Int>]]) -> [String] {
        let free = Set(free)
        return tensors.indices.flatMap { index -> [String] in
            let name = tensors[index].name
            if free.contains(index) { return [name] }
            guard let ranges = parts[index] else { return [] }
            let extent = tensors[index].shape.extents[0]
            if tensors[index].shape.rank == 3, ranges.allSatisfy({ $0.count == 1 }) {
                let found = Set(ranges.map { $0.lowerBound })
                return (0..<extent).filter { !found.contains($0) }.map { "\(name) [\($0)]" }
            }
            var next = 0, gaps: [String] = []
            for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) + [extent..<extent] {
                if range.lowerBound > next { gaps.append("\(name) rows \(next)…\(range.lowerBound - 1)") }
                next = max(next, range.upperBound)
            }
            return gaps
        }
    }

    /// The tensors without those that are parts of packed ones, or whose values cannot be read.
    private static func shown(_ file: TensorFile) -> [TensorView] {
        let parts = Set(file.tensors.flatMap { tensor in tensor.parts.filter { $0 != tensor.name } })
        return file.tensors.filter { $0.count > 0 && $0.problem == nil && !parts.contains($0.name) }
    }

    private static func isRotary(_ canonical: String) -> Bool {
        let parts = canonical.split(separator: ".")
        return parts.contains("attn_q") || parts.contains("attn_k")
    }
}
