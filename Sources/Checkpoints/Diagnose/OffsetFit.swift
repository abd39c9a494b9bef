/// An offset that all elements of a part share, in steps of the export's grid.
struct OffsetFit {
    let partition: Partition
    let error: Double
    /// In steps, by part; nil where values lie on no grid.
    let steps: [Double?]
    let offsets: [Double]

    /// The export without every part's offset.
    func corrected(_ subject: DiagnosisCase) -> Finding.Corrected {
        let layout = subject.layout(partition), offsets = offsets, export = subject.export
        return { Double(export[$0]) - offsets[layout.part($0)] }
    }

    /// The coarsest division that explains nearly as much as the best one and whose parts have a grid to count steps on; where scales
    /// are alike a coarser one explains as much, but has no single grid. Without such a division, the coarsest.
    static func best(_ subject: DiagnosisCase) -> OffsetFit? {
        let fits = subject.partitions.map { partition -> (Partition, [PartSums], Double) in
            let sums = subject.sums(subject.layout(partition))
            return (partition, sums, sums.reduce(0) { $0 + $1.errorWithoutOffset })
        }
        guard let least = fits.map({ $0.2 }).min() else { return nil }
        let good = fits.filter { $0.2 <= 1.3 * least }
        func hasGrid(_ partition: Partition) -> Bool {
            let steps = subject.steps(subject.layout(partition))
            return steps.count { $0 != nil } * 2 >= steps.count
        }
        guard let chosen = good.first(where: { hasGrid($0.0) }) ?? good.first else { return nil }
        let layout = subject.layout(chosen.0)
        let offsets = chosen.1.map { $0.offset }
        // A grid belongs to a part that has one scale, which may be smaller than the part that shares an offset.
        let own = subject.steps(layout)
        return OffsetFit(
            partition: chosen.0, error: chosen.2,
            steps: zip(offsets, own).map { offset, step in step.map { offset / $0 } },
            offsets: offsets)
    }

    /// The whole number of steps that nearly all parts share.
    var common: Int? {
        let known = steps.compactMap { $0 }
        guard !known.isEmpty, known.count * 2 >= steps.count else { return nil }
        let middle = known.sorted()[known.count / 2].rounded()
        // No zero-point is farther off.
        guard abs(middle) <= 65_536 else { return nil }
        let alike = known.count { abs($0 - middle) < 0.35 }
        return Double(alike) >= 0.8 * Double(known.count) ? Int(middle) : nil
    }
}
