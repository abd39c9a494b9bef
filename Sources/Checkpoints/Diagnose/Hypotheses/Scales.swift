import TensorFiles
import Tensors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A factor that all elements of a part share.
struct FactorFit {
    let layout: PartitionLayout
    let error: Double
    let factors: [Double]
    /// Distances of neighbouring levels in the export, by part.
    let steps: [Double?]

    init(_ subject: DiagnosisCase, _ partition: Partition) {
        layout = subject.layout(partition)
        let sums = subject.sums(layout)
        error = sums.reduce(0) { $0 + $1.errorWithFactor }
        factors = sums.map { $0.factor }
        steps = subject.steps(layout)
    }

    /// Parts with a grid: their factor and step.
    var known: [(part: Int, factor: Double, step: Double)] {
        factors.indices.compactMap { part in
            guard let step = steps[part], factors[part] > 0 else { return nil }
            return (part, factors[part], step)
        }
    }

    /// Whether the factors explain the error rather than shrink what has nothing to do with the original.
    func explains(_ subject: DiagnosisCase) -> Bool {
        error < 0.5 * subject.squaredError && error < 0.6 * subject.squaredOriginal
    }

    /// Divisions with more than one part whose factors explain the error.
    static func good(_ subject: DiagnosisCase) -> [FactorFit] {
        subject.partitions.filter { $0 != .tensor }.map { FactorFit(subject, $0) }.filter { $0.explains(subject) }
    }

    /// Whether two lists of numbers are nearly the same ones in some order.
    static func areSame(_ first: [Double], _ second: [Double]) -> Bool {
        guard first.count == second.count, first.count > 1 else { return false }
        let off = zip(first.sorted(), second.sorted()).map { abs($0 - $1) / max($0, $1) }.sorted()
        return off[off.count / 2] < 0.03 && off[off.count * 9 / 10] < 0.15
    }

    /// The part of some numbers that is nearly one.
    static func shareNearOne(_ numbers: [Double], within: Double = 0.1) -> Double {
        numbers.isEmpty ? 0 : Double(numbers.count { abs($0 - 1) < within }) / Double(numbers.count)
    }
}

/// The export holds codes: no scale was multiplied by.
enum ScaleNotApplied: Hypothesis {
    static let cause = "scale-not-applied"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let largest = subject.export.reduce(Float(0)) { max($0, abs($1)) }
        guard largest >= 2, largest <= 65_536, subject.export.allSatisfy({ abs($0 - $0.rounded()) < 1e-3 }) else {
            return nil
        }
        // The coarsest division that leaves nearly as little as the best.
        let fits = subject.partitions.map { partition in
            (
                partition,
                subject.sums(subject.layout(partition)).map { $0.affine }
            )
        }
        let errors = fits.map { $0.1.reduce(0) { $0 + $1.error } }
        guard let least = errors.min(), let chosen = errors.firstIndex(where: { $0 <= 1.3 * least }) else { return nil }
        let factors = fits[chosen].1.map { $0.factor }.sorted()
        return Finding(
            cause: cause, sentence: "scales were not applied: the export holds codes",
            evidence:
                "all values are whole numbers up to \(Int(largest)); \(fits[chosen].0.words) fits with a scale of its own, "
                + "such as \(Number.text(factors[factors.count / 2]))",
            squaredError: errors[chosen])
    }
}

/// Codes were divided by the scale.
enum ScaleInverted: Hypothesis {
    static let cause = "scale-inverted"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for fit in [FactorFit(subject, .tensor)] + FactorFit.good(subject) where fit.explains(subject) {
            let known = fit.known
            guard known.count * 2 >= fit.factors.count else { continue }
            // The export's step is 1/S where the original's is S.
            let products = known.map { $0.factor * $0.step * $0.step }
            guard FactorFit.shareNearOne(products, within: 0.15) >= 0.8 else { continue }
            guard known.contains(where: { abs($0.factor - 1) > 0.2 }) else { continue }
            return Finding(
                cause: cause, sentence: "scales are inverted: codes were divided by them",
                evidence: "levels of \(fit.layout.partition.words) lie 1/S apart where S fits, such as "
                    + "\(Number.text(known[0].step)) for \(Number.text(1 / known[0].step))",
                squaredError: fit.error)
        }
        return nil
    }
}

/// Scales of rows were applied to columns, or the other way round.
enum WrongAxis: Hypothesis {
    static let cause = "wrong-axis"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns
        guard rows > 1, columns > 1 else { return nil }
        // original ≈ a[row]·b[column]·export, by least squares in turns.
        var a = [Double](repeating: 1, count: rows), b = [Double](repeating: 1, count: columns)
        for _ in 0..<12 {
            var up = [Double](repeating: 0, count: columns), down = up
            for i in subject.original.indices {
                let v = a[i / columns] * Double(subject.export[i])
                up[i % columns] += v * Double(subject.original[i])
                down[i % columns] += v * v
            }
            for column in 0..<columns where down[column] > 0 { b[column] = up[column] / down[column] }
            up = [Double](repeating: 0, count: rows)
            down = up
            for i in subject.original.indices {
                let v = b[i % columns] * Double(subject.export[i])
                up[i / columns] += v * Double(subject.original[i])
                down[i / columns] += v * v
            }
            for row in 0..<rows where down[row] > 0 { a[row] = up[row] / down[row] }
        }
        let error = subject.error { a[$0 / columns] * b[$0 % columns] * Double(subject.export[$0]) }
        // Both are needed: neither rows nor columns alone explain it.
        let alone = min(FactorFit(subject, .rows).error, FactorFit(subject, .columns).error)
        guard error < 0.5 * alone, alone > 0.05 * min(subject.squaredError, subject.squaredOriginal),
            a.allSatisfy({ $0 > 0 }), b.allSatisfy({ $0 > 0 })
        else { return nil }
        // What one axis lacks the other has: the scales are the same ones.
        let wanted = a.sorted(), given = b.map { 1 / $0 }.sorted()
        let ratios = (0..<min(rows, columns)).map { place in
            wanted[place * rows / min(rows, columns)] / given[place * columns / min(rows, columns)]
        }
        let middle = ratios.sorted()[ratios.count / 2]
        guard FactorFit.shareNearOne(ratios.map { $0 / middle }, within: 0.25) >= 0.7 else { return nil }
        return Finding(
            cause: cause, sentence: "scales were applied along the wrong axis",
            evidence:
                "each row lacks a factor that the columns have: the same \(min(rows, columns)) scales on the other axis fit",
            squaredError: error)
    }
}

/// Scales of groups were read with rows and groups exchanged.
enum TransposedScales: Hypothesis {
    static let cause = "transposed-scales"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for fit in FactorFit.good(subject) {
            guard case .runs = fit.layout.partition else { continue }
            let rows = subject.rows, groups = fit.layout.perRow
            let known = fit.known
            guard known.count * 10 >= fit.factors.count * 8, groups > 1, rows > 1 else { continue }
            var given = [Double](repeating: 0, count: fit.factors.count), wanted = given
            for (part, factor, step) in known { (given[part], wanted[part]) = (step, factor * step) }
            // The table [rows, groups] was filled from one of [groups, rows], or the other way round.
            let ways: [(Int) -> Int] = [
                { $0 % rows * groups + $0 / rows }, { $0 % groups * rows + $0 / groups },
            ]
            for way in ways {
                let ratios = given.indices.compactMap { part -> Double? in
                    let other = way(part)
                    return given[part] > 0 && wanted[other] > 0 ? given[part] / wanted[other] : nil
                }
                guard FactorFit.shareNearOne(ratios) >= 0.8, ratios.count * 2 >= given.count else { continue }
                return Finding(
                    cause: cause, sentence: "the table of scales is transposed: rows and groups are exchanged",
                    evidence:
                        "read as \(groups)×\(rows) instead of \(rows)×\(groups) the scales of \(fit.layout.partition.words) fit",
                    squaredError: fit.error)
            }
        }
        return nil
    }
}

/// Groups of a row, or its columns, are in another order than their scales.
enum WrongGroupOrder: Hypothesis {
    static let cause = "wrong-group-order"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let found = [scalesWithinRows(subject), columnsElsewhere(subject), groupsOfColumns(subject)].compactMap { $0 }
        return found.min { $0.squaredError < $1.squaredError }
    }

    /// Every row has its own scales, but at other groups, the same ones in all rows.
    private static func scalesWithinRows(_ subject: DiagnosisCase) -> Finding? {
        for fit in FactorFit.good(subject) {
            guard case .runs = fit.layout.partition, fit.layout.perRow > 1 else { continue }
            let groups = fit.layout.perRow, rows = subject.rows
            var given = [Double?](repeating: nil, count: fit.factors.count), wanted = given
            for (part, factor, step) in fit.known { (given[part], wanted[part]) = (step, factor * step) }
            // For every group the one whose wanted scales it was given.
            var order: [Int] = []
            for group in 0..<groups {
                let off = (0..<groups).map { other -> Double in
                    let differences = (0..<rows).compactMap { row -> Double? in
                        guard let own = given[row * groups + group], let its = wanted[row * groups + other] else {
                            return nil
                        }
                        return abs(own - its) / max(own, its)
                    }
                    return differences.isEmpty ? .infinity : differences.sorted()[differences.count / 2]
                }
                guard let best = off.indices.min(by: { off[$0] < off[$1] }), off[best] < 0.05 else { break }
                order.append(best)
            }
            guard order.count == groups, Set(order).count == groups, order != Array(0..<groups) else { continue }
            return Finding(
                cause: cause, sentence: "groups are in the wrong order: scales belong to other groups of their row",
                evidence: "group 0 has the scales of group \(order[0]), by \(fit.layout.partition.words)",
                squaredError: fit.error)
        }
        return nil
    }

    /// Columns were sorted for quantizing and not brought back.
    private static func columnsElsewhere(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns, export = subject.export
        guard columns == subject.pair.a.count / max(1, rows),
            let order = LineMatching.order(
                of: subject.original, in: export, lines: columns, length: rows, lineStride: 1, elementStride: columns)
        else { return nil }
        let moved = order.enumerated().count { $0.offset != $0.element }
        guard moved > 0 else { return nil }
        let error = subject.error { Double(export[$0 / columns * columns + order[$0 % columns]]) }
        return Finding(
            cause: cause, sentence: "columns are in another order, as after sorting them for quantization (act-order)",
            evidence: "\(moved) of \(columns) columns stand elsewhere", squaredError: error)
    }

    /// Columns have the scales of groups that they do not belong to.
    private static func groupsOfColumns(_ subject: DiagnosisCase) -> Finding? {
        let columns = subject.columns, rows = min(subject.rows, 256)
        var best: Finding?
        for partition in subject.partitions {
            guard case .runs(let size) = partition, columns / size <= 64, columns <= 4_096 else { continue }
            let layout = subject.layout(partition), groups = layout.perRow
            let steps = subject.steps(layout)
            guard steps.prefix(rows * groups).count(where: { $0 != nil }) * 10 >= rows * groups * 8 else { continue }
            var chosen = [Int](repeating: 0, count: columns), error = 0.0, before = 0.0
            for column in 0..<columns {
                let own = column / size
                var least = Double.infinity
                for group in 0..<groups {
                    var sum = 0.0
                    for row in 0..<rows {
                        guard let given = steps[row * groups + own], let other = steps[row * groups + group] else {
                            continue
                        }
                        let i = row * columns + column
                        let e = Double(subject.export[i]) / given * other - Double(subject.original[i])
                        sum += e * e
                    }
                    if group == own { before += sum }
                    if sum < least { (least, chosen[column]) = (sum, group) }
                }
                error += least
            }
            let moved = chosen.enumerated().count { $0.element != $0.offset / size }
            guard before > 0, error < 0.5 * before, moved * 4 >= columns else { continue }
            let whole = subject.squaredError * error / before
            if whole < best?.squaredError ?? .infinity {
                best = Finding(
                    cause: cause,
                    sentence:
                        "columns have the scales of other groups, as where the order of groups (g_idx) is ignored",
                    evidence: "\(moved) of \(columns) columns fit another group of \(size)", squaredError: whole)
            }
        }
        return best
    }
}

/// Scales are right as a whole, but each belongs to another part.
enum PermutedScales: Hypothesis {
    static let cause = "permuted-scales"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        for fit in FactorFit.good(subject) {
            let known = fit.known
            guard known.count * 10 >= fit.factors.count * 8, known.count >= 3 else { continue }
            guard FactorFit.areSame(known.map { $0.step }, known.map { $0.factor * $0.step }) else { continue }
            let moved = known.count { abs($0.factor - 1) > 0.02 }
            return Finding(
                cause: cause, sentence: "scales are permuted: \(fit.layout.partition.words) has the scale of another",
                evidence:
                    "\(moved) of \(fit.factors.count) need another scale, and the wanted ones are those given in another order",
                squaredError: fit.error)
        }
        return nil
    }
}

/// Each output channel has a factor of its own: that of a batch norm that was folded in.
enum FoldedBatchNorm: Hypothesis {
    static let cause = "folded-batch-norm"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        guard subject.rows > 1 else { return nil }
        let fit = FactorFit(subject, .rows)
        guard fit.explains(subject), fit.factors.allSatisfy({ $0 != 0 }) else { return nil }
        let logs = fit.factors.map { log2(abs($0)) }, mean = logs.reduce(0, +) / Double(logs.count)
        // One factor for all is another cause.
        guard logs.contains(where: { abs($0 - mean) > 0.02 }) else { return nil }
        for (name, gains) in norms(of: subject) {
            let folded = zip(fit.factors, gains).map { $0 * $1 }, unfolded = zip(fit.factors, gains).map { $0 / $1 }
            for (ratios, words) in [(folded, "was folded into"), (unfolded, "is missing in")]
            where FactorFit.shareNearOne(ratios, within: 0.1) >= 0.8 {
                return Finding(
                    cause: cause, sentence: "the batch norm \(Printable.quoted(name)) \(words) the export's weights",
                    evidence: "the factors of \(fit.factors.count) output channels are its γ/√(σ² + ε)",
                    squaredError: fit.error)
            }
        }
        return Finding(
            cause: cause, sentence: "each output channel has a factor of its own, as folding a batch norm leaves it",
            evidence:
                "factors from \(Number.text(fit.factors.min() ?? 0)) to \(Number.text(fit.factors.max() ?? 0)); no batch norm of the "
                + "original has just these",
            squaredError: fit.error)
    }

    /// γ/√(σ² + ε) of every batch norm of the original's file with as many channels.
    private static func norms(of subject: DiagnosisCase) -> [(String, [Double])] {
        let file = subject.originalFile, ending = ".running_var"
        func vector(_ name: String) -> [Float]? {
            guard let position = file.position(named: name) else { return nil }
            let tensor = file.tensors[position]
            return tensor.count == subject.pair.a.shape.extents.first
                ? tensor.values(0..<min(subject.rows, tensor.count)) : nil
        }
        return file.tensors.filter { $0.name.hasSuffix(ending) }.compactMap { tensor in
            let stem = String(tensor.name.dropLast(ending.count))
            guard let variance = vector(tensor.name) else { return nil }
            let gain = vector(stem + ".weight") ?? [Float](repeating: 1, count: variance.count)
            return (stem, zip(gain, variance).map { Double($0) / (Double($1) + 1e-5).squareRoot() })
        }
    }
}

/// Everything is off by one factor.
enum ConstantFactor: Hypothesis {
    static let cause = "constant-factor"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let fit = FactorFit(subject, .tensor), factor = fit.factors[0]
        guard factor != 0, abs(factor - 1) > 0.005, fit.error < 0.6 * subject.squaredOriginal else { return nil }
        return Finding(
            cause: cause,
            sentence: "all values are off by one factor: the export is \(Number.text(1 / factor)) times the original",
            evidence: factor < 0 ? "its sign is reversed" : "times \(Number.text(factor)) it fits",
            squaredError: fit.error)
    }
}
