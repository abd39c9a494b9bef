import Tensors

/// Values that agree where names say nothing: tensors of one shape, or a matrix and its transpose, by the correlation of some values.
///
/// A pair is taken where each is by far the best for the other.
struct SameValues: PairingStep {
    private static let mostInGroup = 1_000_000
    private static let leastCorrelation = 0.9
    /// The next best must be so far behind.
    private static let lead = 0.05

    func run(_ pairing: inout Pairing) {
        var groups: [[Int]: (a: [Int], b: [Int])] = [:]
        for a in pairing.restA { groups[pairing.first[a].shape.bareExtents.sorted(), default: ([], [])].a.append(a) }
        for b in pairing.restB { groups[pairing.second[b].shape.bareExtents.sorted(), default: ([], [])].b.append(b) }
        for (_, group) in groups.sorted(by: { ($0.value.a.first ?? 0) < ($1.value.a.first ?? 0) })
        where !group.a.isEmpty && !group.b.isEmpty && group.a.count * group.b.count <= Self.mostInGroup {
            let samplesB = group.b.map { b in
                ValueSample(pairing.second[b], extents: pairing.second[b].shape.bareExtents)
            }
            // Several shapes may share sorted extents; a sample is of one of them.
            var samplesA: [[Int]: [Int: ValueSample]] = [:]
            var table = [[Double]](repeating: Array(repeating: -2, count: group.b.count), count: group.a.count)
            for (column, b) in group.b.enumerated() {
                let extents = pairing.second[b].shape.bareExtents
                for (row, a) in group.a.enumerated() where pairing.areAlike(a, b) {
                    let own = pairing.first[a].shape.bareExtents
                    let sample =
                        samplesA[extents]?[a]
                        ?? ValueSample(pairing.first[a], extents: extents, isTransposed: own != extents)
                    samplesA[extents, default: [:]][a] = sample
                    table[row][column] = sample.correlation(with: samplesB[column]) ?? -2
                }
            }
            for (row, a) in group.a.enumerated() {
                guard let column = table[row].indices.max(by: { table[row][$0] < table[row][$1] }) else { continue }
                let best = table[row][column]
                let nextInRow = table[row].enumerated().filter { $0.offset != column }.map { $0.element }.max() ?? -2
                let nextInColumn = table.indices.filter { $0 != row }.map { table[$0][column] }.max() ?? -2
                guard best >= Self.leastCorrelation, best - max(nextInRow, nextInColumn) >= Self.lead else { continue }
                pairing.pair(a, group.b[column], .values(best))
            }
        }
    }
}
