import Platform

/// Codes with a sign were read without one, or the other way round: half of them are off by 2^b steps.
enum SignedUnsigned: Hypothesis {
    static let cause = "signed-unsigned"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        var best: Finding?
        for partition in subject.partitions where partition != .columns || subject.columns <= 8_192 {
            let layout = subject.layout(partition)
            var error = 0.0, moved = 0, ratios: [Double] = [], upward = 0, downward = 0, shifts: [Shift?] = []
            for part in 0..<layout.count {
                let elements = Array(layout.elements(part))
                // Codes of b bits span 2^b - 1 steps at most: the shift of 2^b is larger than what the original spans.
                let originals = elements.map { Double(subject.original[$0]) }
                let span = (originals.max() ?? 0) - (originals.min() ?? 0)
                var split = Split(zip(elements, originals).map { (Double(subject.export[$0]), $1) })
                if abs(split.shift) < 0.9 * span { split.forget() }
                shifts.append(split.moved > 0 ? split.moves : nil)
                error += split.error
                moved += split.moved
                if split.moved > 0 { if split.shift > 0 { upward += 1 } else { downward += 1 } }
                if split.moved > 0, let step = DiagnosisCase.step(of: elements.prefix(4_096).map { subject.export[$0] })
                {
                    ratios.append(abs(split.shift) / step)
                }
            }
            // Some elements are off by more than all of them span, which rounding never does, and the others are not.
            let share = Double(moved) / Double(subject.original.count)
            guard moved > 0, share < 0.9995, !ratios.isEmpty || (0.02...0.98).contains(share),
                error < best?.squaredError ?? .infinity
            else { continue }
            let middle = ratios.isEmpty ? nil : ratios.sorted()[ratios.count / 2]
            let bits = middle.map { Int(($0 > 1 ? log2($0) : 0).rounded()) }
            if let middle, let bits {
                // A jump that is no power of two steps is something else.
                guard (2...16).contains(bits), abs(middle - Double(1 << min(30, bits))) < 0.1 * middle else { continue }
            }
            let isUnsigned = upward >= downward
            best = Finding(
                cause: cause,
                sentence: isUnsigned
                    ? "signed codes were read as unsigned ones: what should be negative is large"
                    : "unsigned codes were read as signed ones: what should be large is negative",
                evidence: "\(Number.text(share * 100)) % of the elements are off by "
                    + (bits.map { "2^\($0) steps" } ?? "one and the same amount") + ", the others are not",
                squaredError: error,
                corrected: { [export = subject.export, shifts] element in
                    let value = Double(export[element])
                    return value - (shifts[layout.part(element)]?.offset(at: value) ?? 0)
                })
        }
        return best
    }

    /// What values beyond a limit are off by, or those up to it.
    private struct Shift: Sendable {
        let limit: Double
        let isAbove: Bool
        let amount: Double

        func offset(at value: Double) -> Double { (value > limit) == isAbove ? amount : 0 }
    }

    /// The position in the order of a part's values beyond which all are off by one shift, and before which none is; or the other way.
    private struct Split {
        private(set) var error: Double
        private(set) var moved = 0
        private(set) var shift = 0.0
        private(set) var moves: Shift?
        private let whole: Double

        /// As if there were no such position.
        mutating func forget() { (error, moved, shift, moves) = (whole, 0, 0, nil) }

        init(_ pairs: [(v: Double, w: Double)]) {
            let sorted = pairs.sorted { $0.v < $1.v }
            let total = sorted.reduce(0) { $0 + ($1.v - $1.w) * ($1.v - $1.w) }
            let sum = sorted.reduce(0) { $0 + $1.v - $1.w }
            (error, whole) = (total, total)
            var below = 0.0
            for (place, pair) in sorted.enumerated() {
                below += pair.v - pair.w
                // Equal values are moved together.
                if place + 1 < sorted.count, sorted[place + 1].v == pair.v { continue }
                let low = Double(place + 1), high = Double(sorted.count - place - 1)
                let gainBelow = low > 0 ? below * below / low : 0
                let above = sum - below
                let gainAbove = high > 0 ? above * above / high : 0
                if high > 0, total - gainAbove < error {
                    (error, moved, shift) = (total - gainAbove, Int(high), above / high)
                    moves = Shift(limit: pair.v, isAbove: true, amount: shift)
                }
                if high > 0, total - gainBelow < error {
                    (error, moved, shift) = (total - gainBelow, Int(low), below / low)
                    moves = Shift(limit: pair.v, isAbove: false, amount: shift)
                }
            }
        }
    }
}
