import Tensors

/// Names that agree once a prefix of one side, or of both, is dropped: `model.`, `net.`, `ema_model.`, `0.auto_model.`.
///
/// The prefixes are found from the names: of all pairs of prefixes the one that pairs the most tensors of the same shapes is taken, then
/// the next, until none is left. Two that would pair the same tensor with different ones are not guessed between. Linear in the number of
/// names, but for endings that very many names share, which are not looked at.
struct CommonPrefixes: PairingStep {
    private struct Prefixes: Hashable {
        let a: String
        let b: String
    }

    /// Names that may share an ending, so that an ending such as `weight` says nothing.
    private static let mostWithEnding = 64
    private static let mostPrefixes = 64

    func run(_ pairing: inout Pairing) {
        for _ in 0..<Self.mostPrefixes {
            let candidates = Self.candidates(pairing)
            guard let most = candidates.values.map({ $0.count }).max() else { return }
            let best = candidates.filter { $0.value.count == most }
            let doubtful = Self.conflicts(best)
            let sound = best.filter { !doubtful.contains($0.key) }
            guard let (prefixes, pairs) = sound.min(by: { ($0.key.a, $0.key.b) < ($1.key.a, $1.key.b) }) else {
                return Self.doubt(best, &pairing)
            }
            for (a, b) in pairs where pairing.isFreeA(a) && pairing.isFreeB(b) {
                pairing.pair(a, b, .prefix(a: prefixes.a, b: prefixes.b))
            }
        }
    }

    /// Every pair of prefixes with the tensors that it pairs.
    private static func candidates(_ pairing: Pairing) -> [Prefixes: [(Int, Int)]] {
        var byEnding: [Substring: [Int]] = [:]
        for a in pairing.restA {
            for ending in endings(pairing.first[a].name) { byEnding[ending, default: []].append(a) }
        }
        var result: [Prefixes: [(Int, Int)]] = [:]
        for b in pairing.restB {
            let name = pairing.second[b].name
            for ending in endings(name) {
                guard let others = byEnding[ending], others.count <= mostWithEnding else { continue }
                let prefixB = String(name.dropLast(ending.count))
                for a in others {
                    let prefixA = String(pairing.first[a].name.dropLast(ending.count))
                    // The longest ending that both have.
                    if !prefixA.isEmpty, !prefixB.isEmpty, last(prefixA) == last(prefixB) { continue }
                    // Of two prefixes a `weight` alone says nothing.
                    let isOneSided = prefixA.isEmpty || prefixB.isEmpty
                    guard isOneSided || ending.contains(".") else { continue }
                    guard pairing.areAlike(a, b) else { continue }
                    result[Prefixes(a: prefixA, b: prefixB), default: []].append((a, b))
                }
            }
        }
        // One tensor says nothing of two different prefixes.
        let most = min(pairing.restA.count, pairing.restB.count)
        return result.filter { prefixes, pairs in
            if prefixes.a.isEmpty || prefixes.b.isEmpty { return true }
            // Layers of other numbers are other layers, but for a wrapper around everything.
            return pairs.count > 1
                && (Pairing.numbers(prefixes.a) == Pairing.numbers(prefixes.b) || pairs.count == most)
        }
    }

    /// The ends of a name, part by part, the whole first.
    private static func endings(_ name: String) -> [Substring] {
        var endings = [Substring(name)], rest = Substring(name)
        while let dot = rest.firstIndex(of: ".") {
            rest = rest[rest.index(after: dot)...]
            endings.append(rest)
        }
        return endings
    }

    private static func last(_ prefix: String) -> Substring? { prefix.dropLast().split(separator: ".").last }

    /// Those that pair a tensor with another one than an equally good pair of prefixes does.
    private static func conflicts(_ best: [Prefixes: [(Int, Int)]]) -> Set<Prefixes> {
        var ownersA: [Int: Set<Int>] = [:], ownersB: [Int: Set<Int>] = [:]
        for (a, b) in best.values.joined() {
            ownersA[a, default: []].insert(b)
            ownersB[b, default: []].insert(a)
        }
        return Set(
            best.filter { $0.value.contains { (ownersA[$0.0]?.count ?? 0) > 1 || (ownersB[$0.1]?.count ?? 0) > 1 } }
                .keys)
    }

    private static func doubt(_ best: [Prefixes: [(Int, Int)]], _ pairing: inout Pairing) {
        var others: [Int: Set<Int>] = [:], othersB: [Int: Set<Int>] = [:]
        for (a, b) in best.values.joined() {
            others[a, default: []].insert(b)
            othersB[b, default: []].insert(a)
        }
        for (a, found) in others.sorted(by: { $0.key < $1.key }) where found.count > 1 {
            pairing.doubt(.init(isOfA: true, tensor: a, others: found.sorted()))
        }
        for (b, found) in othersB.sorted(by: { $0.key < $1.key }) where found.count > 1 {
            pairing.doubt(.init(isOfA: false, tensor: b, others: found.sorted()))
        }
    }
}
