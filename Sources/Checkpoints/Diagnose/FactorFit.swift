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

    /// The export with every part's factor.
    func corrected(_ subject: DiagnosisCase) -> Finding.Corrected {
        let layout = layout, factors = factors, export = subject.export
        return { factors[layout.part($0)] * Double(export[$0]) }
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
