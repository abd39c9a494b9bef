public import Basics
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
        /// Of all of them, and of those that are judged.
        var all = Sums(), judged = Sums()

        /// Signal to noise under the range used, and under the own one, in decibels.
        public var usedSQNR: Double? { Decibel.sqnr(all.power, all.usedError) }
        public var ownSQNR: Double? { Decibel.sqnr(all.power, all.ownError) }
    }

    /// Σe² under the range used and under the own one, and Σx².
    struct Sums: Sendable {
        var usedError = 0.0, ownError = 0.0, power = 0.0

        mutating func add(_ other: Sums) {
            usedError += other.usedError
            ownError += other.ownError
            power += other.power
        }
    }

    /// Entries that are looked at without being asked for.
    public static let mostEntries = 100_000

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
    /// Whether the recipe's ranges may span entries, so that there is something to compare. Very long axes, such as the rows of
    /// an embedding, are only looked at where the recipe asks for ranges over entries.
    public var hasTimeline: Bool {
        recipe.hasRanges && recipe.granularity.spansEntries && whole.storedShape.rank >= 2 && whole.shape.extents[0] > 1
            && (recipe.rangeMode != .own || whole.shape.extents[0] <= RangeTimeline.mostEntries)
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
        let width = count.pieces(of: max(1, columns)), slots = count.pieces(of: width)
        let results = Slots<RangeTimeline.Entry?>(slots, repeating: nil)
        let setting = recipe, single = WorkContext(threads: 1, cancel: context.cancel)
        let judges = PerWorker(context.threads) { EntryJudge(setting) }
        let calibrated = recipe.rangeMode.calibrationEntries, firstJudged = whole.count - tensor.count
        try context.forEach(0..<slots) { slot, worker in
            for entry in slot * width..<min((slot + 1) * width, count) {
                let place = entry * perEntry + number
                // What is cancelled here is cancelled outside.
                guard !single.cancel.isCancelled, let own = try? calibration.range(ofRange: place, context: single)
                else { return }
                let result = judges[worker].entry(
                    entry, RangeReader(calibration.tensor, calibration.layout.runs(ofRange: place)),
                    own: calibration.quantizer(for: own), used: fixed, isCalibration: entry < calibrated,
                    firstElement: entry < calibrated ? 0 : firstJudged)
                if let before = results[slot] {
                    results[slot] = before.joined(with: result)
                } else {
                    results[slot] = result
                }
            }
        }
        let all = results.all.compactMap { $0 }
        func total(_ part: (RangeTimeline.Sums) -> Double) -> Double { all.reduce(0) { $0 + part($1.judged) } }
        return RangeTimeline(
            entries: all, entryCount: count, calibrationEntries: calibrated,
            range: number, rangesPerEntry: perEntry, elementsPerEntry: whole.count / count,
            usedSQNR: Decibel.sqnr(total { $0.power }, total { $0.usedError }),
            dynamicSQNR: Decibel.sqnr(total { $0.power }, total { $0.ownError }))
    }
}

extension RangeTimeline.Entry {
    /// The same for two neighbours: the widest ranges, all errors.
    fileprivate func joined(with next: RangeTimeline.Entry) -> RangeTimeline.Entry {
        var result = self
        result.entries = entries.lowerBound..<next.entries.upperBound
        result.own = ClipRange(low: min(own.low, next.own.low), high: max(own.high, next.own.high))
        result.used = ClipRange(low: min(used.low, next.used.low), high: max(used.high, next.used.high))
        result.isCalibration = isCalibration && next.isCalibration
        result.all.add(next.all)
        result.judged.add(next.judged)
        return result
    }
}

/// Adds up the errors of entries under two quantizers; of one worker.
private final class EntryJudge {
    private let scratch = Scratch(), spare = Scratch(), output = Scratch()
    private let rounding: Rounding
    private let codec: KernelCodec

    init(_ recipe: Recipe) {
        rounding = recipe.rounding
        codec = recipe.codec ?? .affine(.even)
    }

    /// - Parameters:
    ///   - used: nil takes the own one.
    ///   - firstElement: of the elements that drawing counts from.
    func entry(
        _ number: Int, _ reader: RangeReader, own: Quantizer, used: Quantizer?, isCalibration: Bool,
        firstElement: Int
    ) -> RangeTimeline.Entry {
        var sums = RangeTimeline.Sums()
        for chunk in 0..<reader.chunkCount {
            reader.withChunk(chunk, scratch) { values, count in
                sums.power += power(values, count)
                func element(_ position: Int) -> Int { reader.element(chunk, position) - firstElement }
                let ownError = error(values, count, own, element)
                sums.ownError += ownError
                if let used {
                    sums.usedError += error(values, count, used, element)
                } else {
                    sums.usedError += ownError
                }
            }
        }
        return RangeTimeline.Entry(
            entries: number..<number + 1, own: own.range, used: (used ?? own).range, isCalibration: isCalibration,
            all: sums, judged: isCalibration ? RangeTimeline.Sums() : sums)
    }

    private func power(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
        FiniteValues.with(values, count, spare) { finite, finiteCount, look in
            guard finiteCount > 0 else { return 0 }
            let factor = look.largest.normalizingFactor, unit = Double(factor) * Double(factor)
            return Kernel.set.powerSums(finite, finiteCount, factor: factor, pivot: 0).second / unit
        }
    }

    private func error(
        _ values: UnsafePointer<Float>, _ count: Int, _ quantizer: Quantizer, _ element: (Int) -> Int
    ) -> Double {
        if case .stochastic = rounding {
            // Each element has its own draw.
            var sum = 0.0
            for i in 0..<count where values[i].isFinite {
                let code = quantizer.code(of: values[i], rounding: rounding, index: element(i))
                let e = Double(quantizer.reconstruction(of: code) - values[i])
                sum += e * e
            }
            return sum
        }
        return FiniteValues.with(values, count, spare) { finite, finiteCount, look in
            guard finiteCount > 0 else { return 0 }
            let back = output.floats(finiteCount), factor = max(look.largest, Float(quantizer.step)).normalizingFactor
            Kernel.set.reconstruct(
                finite, finiteCount, grid: quantizer.kernel, codec: codec, index: 0, into: back)
            return Kernel.set.squaredDistance(finite, back, finiteCount, factor: factor)
                / (Double(factor) * Double(factor))
        }
    }
}
