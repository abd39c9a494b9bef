import Basics
import Quantization
import Tensors

/// How the elements of one tensor lie against those of another of as many elements.
public enum Arrangement: Hashable, Sendable {
    case same
    /// The rows of a tensor of queries or keys, brought by converters of the Llama family from halves to pairs of each head's rotated
    /// dimensions: row (head, half, i) of the first is row (head, i, half) of the second.
    case pairedRotary(heads: Int)
    /// The other way round: the first one's rows are in pairs.
    case halvedRotary(heads: Int)
    case transposed
    /// A vector that the second file holds with 1 added, as converters do for norms that multiply by 1 + w (Gemma's).
    case onePlus
    /// The other way round.
    case oneLess
    /// Rows that the second file holds times γ/√(σ² + ε) of a batch norm of the first.
    case foldedNorm(String)

    /// In words; nil for the usual one.
    public var words: String? {
        switch self {
        case .same: nil
        case .pairedRotary(let heads), .halvedRotary(let heads): "rows of \(heads) heads in rotary order"
        case .transposed: "transposed"
        case .onePlus: "1 added"
        case .oneLess: "1 taken off"
        case .foldedNorm(let name): "batch norm \(Printable.text(name)) folded in"
        }
    }
}

/// Two tensors of one shape or of each other's transpose, read side by side.
struct SideBySide: Sendable {
    let a: TensorView
    let b: TensorView
    let arrangement: Arrangement
    /// Of the second one, seen as a matrix.
    let rows: Int
    let columns: Int
    /// What the rows of the first one are multiplied by.
    private let factors: [Float]

    /// - Parameter factors: of the rows, for a folded batch norm.
    ///
    /// nil where the shapes do not allow the arrangement.
    init?(_ a: TensorView, _ b: TensorView, _ arrangement: Arrangement, factors: [Float] = []) {
        guard a.count == b.count, a.count > 0 else { return nil }
        let first = a.shape.bareExtents, second = b.shape.bareExtents
        switch arrangement {
        case .same: guard first == second else { return nil }
        case .onePlus, .oneLess: guard first == second, first.count == 1 else { return nil }
        case .foldedNorm: guard first == second, first.count > 1, factors.count == first[0] else { return nil }
        case .transposed:
            guard first.count == 2, second.count == 2, first[0] == second[1], first[1] == second[0] else { return nil }
        case .pairedRotary(let heads), .halvedRotary(let heads):
            guard first == second, heads > 0, let rows = first.first, rows % heads == 0, rows / heads % 2 == 0
            else { return nil }
        }
        (self.a, self.b, self.arrangement, self.factors) = (a, b, arrangement, factors)
        // The elements of a vector are rows where their order is in question.
        switch arrangement {
        case .same, .transposed, .onePlus, .oneLess, .foldedNorm: rows = second.count > 1 ? second[0] : 1
        case .pairedRotary, .halvedRotary: rows = second.first ?? 1
        }
        columns = b.count / rows
    }

    /// All arrangements that shapes and names allow, the likeliest first.
    static func candidates(_ pair: TensorMatch.Pair, heads: [Int]) -> [SideBySide] {
        var all: [Arrangement] = [.same, .transposed, .onePlus, .oneLess]
        if pair.isRotary {
            let rows = pair.b.shape.extents.first { $0 != 1 } ?? 1
            // Told heads first; else every count that gives heads of a usual size.
            let usual = (8...512).filter { rows % $0 == 0 }.map { rows / $0 }.filter { $0 > 0 }
            for heads in heads + usual where heads > 0 && rows % heads == 0 {
                all += [.pairedRotary(heads: heads), .halvedRotary(heads: heads)]
            }
        }
        return all.compactMap { SideBySide(pair.a, pair.b, $0) }
    }

    /// The row of the first tensor that lies beside a row of the second.
    private func row(_ row: Int) -> Int {
        switch arrangement {
        case .same, .transposed, .onePlus, .oneLess, .foldedNorm: return row
        case .pairedRotary(let heads):
            let size = rows / heads, place = row % size
            return row - place + place % 2 * (size / 2) + place / 2
        case .halvedRotary(let heads):
            let size = rows / heads, half = size / 2, place = row % size
            return row - place + place % half * 2 + place / half
        }
    }

    final class Room {
        private let first = Scratch(), second = Scratch(), spare = Scratch()

        /// Lends some rows of the second tensor and what lies beside them.
        func with(
            _ sides: SideBySide, rows: Range<Int>, _ body: (UnsafePointer<Float>, UnsafePointer<Float>, Int) -> Void
        ) {
            let columns = sides.columns, count = rows.count * columns
            let elements = rows.lowerBound * columns..<rows.upperBound * columns
            sides.b.withValues(elements, scratch: second.floats(count)) { b in
                switch sides.arrangement {
                case .same:
                    sides.a.withValues(elements, scratch: first.floats(count)) { a in body(a, b, count) }
                    return
                case .onePlus, .oneLess:
                    // What is left beyond the sum that a converter would have written, as an error of the first one's value.
                    let one: Float = sides.arrangement == .onePlus ? 1 : -1, moved = spare.floats(count)
                    sides.a.withValues(elements, scratch: first.floats(count)) { a in
                        for i in 0..<count { moved[i] = a[i] + (b[i] - (a[i] + one)) }
                        body(a, UnsafePointer(moved), count)
                    }
                    return
                case .foldedNorm:
                    let scaled = spare.floats(count)
                    sides.a.withValues(elements, scratch: first.floats(count)) { a in
                        for i in 0..<count { scaled[i] = a[i] * sides.factors[rows.lowerBound + i / columns] }
                    }
                    body(UnsafePointer(scaled), b, count)
                    return
                case .transposed, .pairedRotary, .halvedRotary: break
                }
                let a = first.floats(count)
                if sides.arrangement == .transposed {
                    let spare = spare.floats(rows.count)
                    for column in 0..<columns {
                        let start = column * sides.rows + rows.lowerBound
                        sides.a.withValues(start..<start + rows.count, scratch: spare) { values in
                            for row in 0..<rows.count { a[row * columns + column] = values[row] }
                        }
                    }
                } else {
                    let spare = spare.floats(columns)
                    for row in rows {
                        let start = sides.row(row) * columns
                        sides.a.withValues(start..<start + columns, scratch: spare) { values in
                            (a + (row - rows.lowerBound) * columns).update(from: values, count: columns)
                        }
                    }
                }
                body(UnsafePointer(a), b, count)
            }
        }
    }

    /// Rows that are read together.
    var rowsPerTile: Int {
        let wanted = max(1, (1 << 17) / max(1, columns))
        // A transposed tensor is read in short runs: these should not be too short for blocks.
        return arrangement == .transposed ? max(wanted, min(rows, 64)) : wanted
    }

    /// Sums over some tiles: all of them, or some spread evenly.
    func sums(everyTile step: Int = 1, context: WorkContext) throws(Cancelled) -> PairSums {
        let rowsPerTile = rowsPerTile, tiles = rows.pieces(of: rowsPerTile), wanted = tiles.pieces(of: step)
        let parts = Slots<PairSums>(wanted, repeating: PairSums())
        let rooms = PerWorker(context.threads) { Room() }
        try context.forEach(0..<wanted) { index, worker in
            let first = index * step * rowsPerTile
            rooms[worker].with(self, rows: first..<min(first + rowsPerTile, rows)) { a, b, count in
                var sums = PairSums()
                for i in 0..<count { sums.add(a[i], b[i]) }
                parts[index] = sums
            }
        }
        return parts.all.reduce(into: PairSums()) { $0.merge($1) }
    }
}

/// Sums over elements of two tensors.
struct PairSums: Sendable, Equatable {
    var errors = ErrorSums()
    /// Elements of which one is finite and the other is not.
    var mismatched = 0

    @inline(__always)
    mutating func add(_ a: Float, _ b: Float) {
        switch (a.isFinite, b.isFinite) {
        case (true, true): errors.add(a, b, isClipped: false)
        case (false, false): break
        default: mismatched += 1
        }
    }

    mutating func merge(_ other: PairSums) {
        errors.merge(other.errors)
        mismatched += other.mismatched
    }
}
