import Tensors

/// The names of every architecture that GGUF files are made of, by the table of the converters.
struct ConverterNames: PairingStep {
    /// For a name with `#` for the number of its layer, the names that GGUF files may have for it.
    private static let table: [Substring: [Substring]] = {
        var table: [Substring: [Substring]] = [:]
        for line in GGUFNames.text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if let name = words.first { table[name] = Array(words.dropFirst()) }
        }
        return table
    }()

    func run(_ pairing: inout Pairing) {
        let restA = pairing.restA, restB = pairing.restB
        guard !restA.isEmpty, !restB.isEmpty else { return }
        // What either side may be called, with how many parts of its own name were dropped for it.
        var named: [String: (a: [(tensor: Int, dropped: Int)], b: [(tensor: Int, dropped: Int)])] = [:]
        for a in restA {
            for (name, dropped) in Self.names(of: pairing.first[a].name) {
                named[name, default: ([], [])].a.append((a, dropped))
            }
        }
        for b in restB {
            for (name, dropped) in Self.names(of: pairing.second[b].name) {
                named[name, default: ([], [])].b.append((b, dropped))
            }
        }
        var partners: [Int: Set<Int>] = [:]
        for (a, b) in named.values {
            // Of a model within another the one that less had to be dropped of.
            guard let a = Self.nearest(a), let b = Self.nearest(b), pairing.areAlike(a, b) else { continue }
            partners[a, default: []].insert(b)
        }
        var wanted: [Int: [Int]] = [:]
        for (a, others) in partners where others.count == 1 { for b in others { wanted[b, default: []].append(a) } }
        for (a, others) in partners.sorted(by: { $0.key < $1.key }) {
            guard others.count == 1, let b = others.first, wanted[b]?.count == 1 else {
                pairing.doubt(.init(isOfA: true, tensor: a, others: others.sorted()))
                continue
            }
            pairing.pair(a, b, .convention)
        }
    }

    private static func nearest(_ candidates: [(tensor: Int, dropped: Int)]) -> Int? {
        guard let least = candidates.map({ $0.dropped }).min() else { return nil }
        let nearest = candidates.filter { $0.dropped == least }
        return nearest.count == 1 ? nearest[0].tensor : nil
    }

    /// A name itself, and those of GGUF files for it or for what is left of it without its first parts.
    static func names(of name: String) -> [(name: String, dropped: Int)] {
        var stem = Substring(name), ending = Substring("")
        for known in [".weight", ".bias"] where name.hasSuffix(known) {
            stem = stem.dropLast(known.count)
            ending = Substring(known)
        }
        let parts = stem.split(separator: ".", omittingEmptySubsequences: false)
        for dropped in parts.indices {
            let rest = parts[dropped...]
            let layer = rest.first { Int($0) != nil }
            var isReplaced = false
            let pattern = rest.map { part -> Substring in
                guard !isReplaced, part == layer else { return part }
                isReplaced = true
                return "#"
            }.joined(separator: ".")
            guard let known = table[Substring(pattern)] ?? table[Substring(pattern + ending)] else { continue }
            let number = layer.map(String.init) ?? ""
            return [(name, 0)]
                + known.map { (String($0).replacing("#", with: number) + String(ending), dropped) }
        }
        return [(name, 0)]
    }
}
