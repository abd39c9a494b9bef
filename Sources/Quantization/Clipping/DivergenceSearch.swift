import Platform

/// The Kullback–Leibler divergence between a histogram of magnitudes cut after i bins and its quantization to a few levels, as a
/// function of i.
///
/// With counts c₀ … c₍B₋₁₎ (where c₀ is replaced by c₁: zeros are exact anyway) and L levels, for i = L … B: P holds c₀ … c₍ᵢ₋₁₎, all
/// that lies beyond added to its last bin. Q joins the i bins in L equal groups by their centres, bin j to group ⌊(j + ½)L/i⌋, and
/// gives every bin of a group that is not empty the mean of those. Both are normalised; D(i) = Σ p·ln(p/q), infinite where q
/// alone is zero.
///
/// Source: NVIDIA pytorch-quantization, `calib/histogram.py`, `_compute_amax_entropy`, which joins bins by their lower edges,
/// ⌊jL/i⌋: the least divergence is then the same within a few bins on smooth histograms, but may lie elsewhere on sparse ones.
struct DivergenceSearch {
    /// By what a bin is put into a group.
    enum Grouping: Int {
        case lowerEdge = 0
        case centre = 1
    }

    private let bins: Int
    private let grouping: Grouping
    private let levels: Int
    /// The least number of bins that is looked at.
    private let start: Int
    private var occupied: [(bin: Int, count: Double)]
    /// Of `occupied` up to a position: counts, and counts times their logarithms. One longer.
    private var counts = [0.0], products = [0.0]
    private let total: Double
    /// The largest share of the values that a limit may clip.
    private let mostClipped: Double

    /// - Parameter mostClipped: limits that clip more are not looked at. Where next to nothing lies near zero, both histograms have
    ///   nearly all in their last bins and hardly differ, so that the divergence alone would clip nearly everything.
    init(
        _ magnitudes: MagnitudeBins, levels: Int, start: Int? = nil, grouping: Grouping = .centre,
        mostClipped: Double = 1
    ) {
        self.mostClipped = mostClipped
        self.start = start ?? levels
        bins = magnitudes.bins
        self.grouping = grouping
        self.levels = levels
        let second = magnitudes.occupied.first { $0.bin == 1 }?.count ?? 0
        occupied = (second > 0 ? [(bin: 0, count: second)] : []) + magnitudes.occupied.filter { $0.bin > 0 }
        for (_, count) in occupied {
            counts.append(counts[counts.count - 1] + count)
            products.append(products[products.count - 1] + count * log(count))
        }
        total = counts[counts.count - 1]
    }

    /// The last number of bins that reaches the least divergence; all of them where there are no more than levels.
    var best: Int { best(mostClipped: mostClipped) }

    /// Whether the divergence alone would have clipped more than is allowed.
    var isGuarded: Bool { mostClipped < 1 && best(mostClipped: 1) != best }

    private func best(mostClipped: Double) -> Int {
        var best = bins, least = Double.infinity
        // Where the last bin is empty but not what lies beyond, the divergence is infinite: only ends of occupied bins count.
        for position in occupied.indices
        where occupied[position].bin + 1 >= start && total - counts[position + 1] <= mostClipped * total {
            let divergence = divergence(last: position)
            // Equal within what Double can tell.
            if divergence <= least + 1e-12 {
                best = occupied[position].bin + 1
                least = min(least, divergence)
            }
        }
        return least.isFinite ? best : bins
    }

    /// D(i) at every i that ends with an occupied bin.
    var curve: [(bins: Int, divergence: Double)] {
        occupied.indices.filter { occupied[$0].bin + 1 >= start }.map {
            (occupied[$0].bin + 1, divergence(last: $0))
        }
    }

    /// D(i) for the i whose last bin is the occupied one at `last`.
    private func divergence(last: Int) -> Double {
        let i = occupied[last].bin + 1, inside = counts[last + 1], beyond = total - inside
        guard inside > 0 else { return .infinity }
        // Σ P·ln P
        let end = occupied[last].count + beyond
        let reference = products[last] + end * log(end)
        // Σ P·ln Q, Q before it is normalised: group by group.
        var quantized = 0.0, from = 0, lastMean = 0.0
        while from <= last {
            let group = (2 * occupied[from].bin + grouping.rawValue) * levels / (2 * i)
            // The first bin of the next group, and the first occupied one from there on.
            let next = (2 * i * (group + 1) - grouping.rawValue * levels + 2 * levels - 1) / (2 * levels)
            let to = position(ofBin: next, from: from + 1, limit: last + 1)
            let sum = counts[to] - counts[from], mean = sum / Double(to - from)
            quantized += sum * log(mean)
            lastMean = mean
            from = to
        }
        quantized += beyond * log(lastMean)
        let divergence = (reference - total * log(total) - quantized + total * log(inside)) / total
        return max(0, divergence)
    }

    /// The first position in from…limit whose bin is not below `bin`.
    private func position(ofBin bin: Int, from: Int, limit: Int) -> Int {
        // Without gaps it is as many bins on.
        var to = min(limit, from + max(0, bin - occupied[from - 1].bin - 1))
        while to > from, occupied[to - 1].bin >= bin { to -= 1 }
        return to
    }
}
