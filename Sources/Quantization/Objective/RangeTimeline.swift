import KernelTypes
import Tensors

/// The range of each entry of axis 0 against the one that is used for it, and what both cost (survey III-D).
public struct RangeTimeline: Sendable {
    /// One entry, or some neighbours together.
    public struct Entry: Sendable {
        public internal(set) var entries: Range<Int>
        /// What the calibrator chooses for the entry alone: a dynamic range. The widest of several entries.
        public internal(set) var own: ClipRange
        /// What the recipe uses.
        public internal(set) var used: ClipRange
        /// Calibrated on, not judged.
        public internal(set) var isCalibration: Bool
        /// Σe² under the range used and under the own one, and Σx².
        var usedError = 0.0, ownError = 0.0, power = 0.0

        /// Signal to noise under the range used, and under the own one, in decibels.
        public var usedSQNR: Double? { Decibel.sqnr(power, usedError) }
        public var ownSQNR: Double? { Decibel.sqnr(power, ownError) }
    }

    public let entries: [Entry]
    public let entryCount: Int
    public let calibrationEntries: Int
    /// The range of each entry that is shown, where entries have several.
    public let range: Int
    public let rangesPerEntry: Int
    /// Elements of an entry over all its ranges.
    public let elementsPerEntry: Int
    /// Over the entries that are judged: with the ranges used, and with a range for every entry.
    public let usedSQNR: Double?
    public let dynamicSQNR: Double?
}

extension Evaluator {
    /// Whether the recipe's ranges may span entries, so that there is something to compare.
    public var hasTimeline: Bool {
        recipe.granularity.spansEntries && whole.shape.rank >= 2 && whole.shape.extents[0] > 1
    }

    /// The ranges over the entries, in at most so many columns; for one range of those that an entry has.
    public func timeline(
        ofRange range: Int, columns: Int, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> RangeTimeline? {
        guard hasTimeline, let shared = try? recipe.granularity.layout(of: whole.shape) else { return nil }
        let count = whole.shape.extents[0], perEntry = shared.rangeCount
        let number = range % perEntry
        let calibration = RangeCalibration(
            whole, shared.split(into: count), recipe, summary: nil, knownExtremes: nil, isEstimate: false)
        // A dynamic range is the entry's own.
        let fixed = recipe.rangeMode == .dynamic ? nil : try quantizer(ofRange: number, context: context)
        let results = Slots<RangeTimeline.Entry?>(count, repeating: nil)
        let workers = PerWorker(context.threads) { (Scratch(), Scratch(), Scratch(), Scratch()) }
        let single = WorkContext(threads: 1, cancel: context.cancel)
        let rounding = recipe.kernelRounding, recipe = recipe, calibrated = recipe.rangeMode.calibrationEntries
        try context.forEach(0..<count) { entry, worker in
            let place = entry * perEntry + number
            // What is cancelled here is cancelled outside.
            guard let own = try? calibration.range(ofRange: place, context: single) else { return }
            let ownQuantizer = recipe.quantizer(for: own), used = fixed ?? ownQuantizer
            var result = RangeTimeline.Entry(
                entries: entry..<entry + 1, own: ownQuantizer.range, used: used.range,
                isCalibration: entry < calibrated)
            let (scratch, spare, output, _) = workers[worker]
            let reader = RangeReader(calibration.tensor, calibration.layout.runs(ofRange: place))
            for chunk in 0..<reader.chunkCount {
                reader.withFiniteChunk(chunk, scratch, spare) { values, count, look in
                    guard count > 0, let look else { return }
                    let factor = look.largest.normalizingFactor, unit = 1 / (Double(factor) * Double(factor))
                    let index = UInt64(reader.element(chunk, 0))
                    func error(_ quantizer: AffineQuantizer) -> Double {
                        let back = output.floats(count)
                        Kernel.reconstruct(
                            values, count, grid: quantizer.kernel, rounding: rounding, index: index, into: back)
                        return Kernel.squaredDistance(values, back, count, factor: factor) * unit
                    }
                    result.power += Kernel.powerSums(values, count, factor: factor, pivot: 0).second * unit
                    result.ownError += error(ownQuantizer)
                    result.usedError += fixed == nil ? 0 : error(used)
                }
            }
            if fixed == nil { result.usedError = result.ownError }
            results[entry] = result
        }
        let all = results.all.compactMap { $0 }, judged = all.filter { !$0.isCalibration }
        func total(_ part: (RangeTimeline.Entry) -> Double) -> Double { judged.reduce(0) { $0 + part($1) } }
        return RangeTimeline(
            entries: Self.joined(all, columns: columns), entryCount: count, calibrationEntries: calibrated,
            range: number, rangesPerEntry: perEntry, elementsPerEntry: whole.count / count,
            usedSQNR: Decibel.sqnr(total { $0.power }, total { $0.usedError }),
            dynamicSQNR: Decibel.sqnr(total { $0.power }, total { $0.ownError }))
    }

    /// Neighbours together, so that there is a column for each.
    private static func joined(_ all: [RangeTimeline.Entry], columns: Int) -> [RangeTimeline.Entry] {
        let size = all.count.pieces(of: max(1, columns))
        guard size > 1 else { return all }
        return stride(from: 0, to: all.count, by: size).map { start in
            let part = all[start..<min(start + size, all.count)]
            var result = all[start]
            for entry in part.dropFirst() {
                result.entries = result.entries.lowerBound..<entry.entries.upperBound
                result.own = ClipRange(
                    low: min(result.own.low, entry.own.low), high: max(result.own.high, entry.own.high))
                result.used = ClipRange(
                    low: min(result.used.low, entry.used.low), high: max(result.used.high, entry.used.high))
                result.isCalibration = result.isCalibration && entry.isCalibration
                result.usedError += entry.usedError
                result.ownError += entry.ownError
                result.power += entry.power
            }
            return result
        }
    }
}
