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
        for a in pairing.restA { groups[Pairing.bare(pairing.first[a].shape).sorted(), default: ([], [])].a.append(a) }
        for b in pairing.restB { groups[Pairing.bare(pairing.second[b].shape).sorted(), default: ([], [])].b.append(b) }
        for (_, group) in groups.sorted(by: { ($0.value.a.first ?? 0) < ($1.value.a.first ?? 0) })
        where !group.a.isEmpty && !group.b.isEmpty && group.a.count * group.b.count <= Self.mostInGroup {
            let samplesB = group.b.map { b in
                ValueSample(pairing.second[b], extents: Pairing.bare(pairing.second[b].shape))
            }
            // Several shapes may share sorted extents; a sample is of one of them.
            var samplesA: [[Int]: [Int: ValueSample]] = [:]
            var table = [[Double]](repeating: Array(repeating: -2, count: group.b.count), count: group.a.count)
            for (column, b) in group.b.enumerated() {
                let extents = Pairing.bare(pairing.second[b].shape)
                for (row, a) in group.a.enumerated() where pairing.areAlike(a, b) {
                    let own = Pairing.bare(pairing.first[a].shape)
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

/// A tensor that is some rows of another one: queries, keys and values, or gate and up, that one side stores together.
struct FusedRows: PairingStep {
    /// Elements of the first columns that are read of one large tensor.
    private static let width = 64
    private static let leastCorrelation = 0.98
    private static let mostTried = 4_096

    func run(_ pairing: inout Pairing) {
        let restA = pairing.restA, restB = pairing.restB
        var tried = 0
        for (parts, wholes, isOfB) in [(restA, restB, true), (restB, restA, false)] {
            let smaller = isOfB ? pairing.first : pairing.second, larger = isOfB ? pairing.second : pairing.first
            var heads: [Int: [ValueSample]] = [:]
            for part in parts where isOfB ? pairing.isFreeA(part) : pairing.isFreeB(part) {
                let extents = Pairing.bare(smaller[part].shape)
                let numbers = Self.numbers(smaller[part].name)
                for whole in wholes where Self.numbers(larger[whole].name) == numbers {
                    let room = Pairing.bare(larger[whole].shape)
                    guard let rows = extents.first, let all = room.first, rows < all,
                        larger[whole].shape.rank == room.count,
                        extents.dropFirst() == room.dropFirst(), extents.count == 1 || rows > 0, tried < Self.mostTried
                    else { continue }
                    tried += 1
                    guard
                        let start = Self.start(
                            of: smaller[part], rows, in: larger[whole], all, heads: &heads[whole, default: []])
                    else { continue }
                    let method = PairingMethod.values(start.correlation)
                    if isOfB {
                        pairing.pair(part, partOfB: start.row..<start.row + rows, whole, method)
                    } else {
                        pairing.pair(partOfA: start.row..<start.row + rows, whole, part, method)
                    }
                    break
                }
            }
        }
    }

    private static func numbers(_ name: String) -> [Int] { name.split(separator: ".").compactMap { Int($0) } }

    /// The first row of the part within the whole, where its first and its last row are there.
    private static func start(
        of part: TensorView, _ rows: Int, in whole: TensorView, _ all: Int, heads: inout [ValueSample]
    ) -> (row: Int, correlation: Double)? {
        let columns = whole.count / all
        if columns == 1 { return startOfVector(part, rows, whole, all) }
        let width = min(width, columns)
        if heads.isEmpty {
            heads = (0..<all).map { ValueSample(whole.values($0 * columns..<$0 * columns + width)) }
        }
        let first = ValueSample(part.values(0..<width))
        let last = ValueSample(part.values((rows - 1) * columns..<(rows - 1) * columns + width))
        var best: (row: Int, correlation: Double)?
        for row in 0...all - rows {
            guard let a = first.correlation(with: heads[row]), a > best?.correlation ?? leastCorrelation,
                let b = last.correlation(with: heads[row + rows - 1]), b > leastCorrelation
            else { continue }
            best = (row, min(a, b))
        }
        return best
    }

    private static func startOfVector(
        _ part: TensorView, _ count: Int, _ whole: TensorView, _ all: Int
    ) -> (row: Int, correlation: Double)? {
        let values = whole.values(0..<all), width = min(width, count)
        let first = ValueSample(part.values(0..<width))
        var best: (row: Int, correlation: Double)?
        for row in 0...all - count {
            let here = ValueSample(Array(values[row..<row + width]))
            if let r = first.correlation(with: here), r > best?.correlation ?? leastCorrelation { best = (row, r) }
        }
        return best
    }
}

/// A tensor with the values of another one of its own file, of which the other file has one: tied embeddings.
struct TiedTensors: PairingStep {
    private struct Look: Hashable {
        let extents: [Int]
        let values: [Float]

        init?(_ tensor: TensorView) {
            guard tensor.shape.rank >= 2 else { return nil }
            extents = tensor.shape.extents
            values = ValueSample(tensor, extents: Pairing.bare(tensor.shape)).values
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
