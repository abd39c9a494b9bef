import Tensors

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
                let extents = smaller[part].shape.bareExtents
                let numbers = Pairing.numbers(smaller[part].name)
                for whole in wholes where Pairing.numbers(larger[whole].name) == numbers {
                    let room = larger[whole].shape.bareExtents
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
