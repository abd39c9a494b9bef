import Basics
import KernelTypes
import Tensors

extension Quantizer {
    /// Bins over all codes and one more on both sides, an odd number a code, so that the level lies in the middle one; where codes are more than
    /// bins, several codes a bin.
    ///
    /// - Parameter bins: how many there are at most.
    func unitBinning(bins: Int) -> Binning {
        guard case .affine(let affine) = self, levelCount + 2 <= 1 << 20 else {
            let levels = levels.map(Double.init), room = max(step, 1e-30)
            let low = levels.min() ?? -1, high = levels.max() ?? 1
            return .linear(low: low - room, high: high + room, bins: bins)
        }
        let codes = levelCount + 2, scale = Double(affine.scale)
        let first = Double(affine.lowestCode - affine.zeroPoint) - 1.5
        let each = bins / codes
        if each >= 1 {
            let odd = each % 2 == 1 ? each : each - 1
            return .linear(low: first * scale, high: (first + Double(codes)) * scale, bins: max(1, odd) * codes)
        }
        let together = (codes + bins - 1) / bins, count = (codes + together - 1) / together
        return .linear(low: first * scale, high: (first + Double(count * together)) * scale, bins: count)
    }
}

extension Evaluator {
    /// How often values and reconstructions occur in units of their ranges, brought to one range's scale S and zero-point z:
    /// (r/S' + z' - z)·S for an element of a range with S' and z'.
    ///
    /// A range of zeros, which has no scale, counts as zeros.
    ///
    /// - Precondition: the format does not code values together.
    /// - Complexity: a pass over all elements.
    func unitHistograms(
        _ binning: Binning, _ shown: Quantizer, _ context: WorkContext
    ) throws(Cancelled) -> (original: Histogram, reconstruction: Histogram) {
        let workers = PerWorker(context.threads) { (HistogramWorker(binning), HistogramWorker(binning), Scratch()) }
        let scaleShown = shown.scale
        // Other formats than affine ones have their zero in one place.
        let lowShown: Float? =
            if case .affine(let affine) = shown { Float(affine.lowestCode - affine.zeroPoint) } else { nil }
        try reconstructionPass(context).forEach(context.silent, hasUnits: true) { _, part, number in
            guard let units = part.units else { return }
            let (original, reconstruction, scratch) = workers[number], count = part.elements.count
            let inUnits = scratch.floats(2 * count), backInUnits = inUnits + count
            for i in 0..<count {
                let scale = units.scale[i], isKnown = scale > 0 && scale.isFinite
                let factor = isKnown ? scaleShown / scale : 0
                let shift = isKnown ? lowShown.map { ($0 - units.low[i]) * scaleShown } ?? 0 : 0
                // What is not finite has no place, its reconstruction neither.
                let value = part.values[i] * factor + shift
                inUnits[i] = value
                backInUnits[i] = part.values[i].isFinite ? part.reconstruction[i] * factor + shift : .nan
            }
            original.add(inUnits, count)
            reconstruction.add(backInUnits, count)
        }
        return workers.all.reduce(into: (original: Histogram(binning), reconstruction: Histogram(binning))) {
            $0.original.merge($1.0.finished())
            $0.reconstruction.merge($1.1.finished())
        }
    }
}
