import Basics
import Quantization
import Tensors

/// Something that is probably not wanted, with the reason.
public struct SanityFlag: Equatable, Sendable {
    /// One line: what, with the numbers that show it.
    public let text: String
    /// What it costs or what helps.
    public let reason: String

    /// What is to be said about the open tensor under the recipe, the most important first.
    static func flags(_ state: ExplorerState) -> [SanityFlag] {
        var flags: [SanityFlag] = []
        if let statistics = state.statistics { flags += of(statistics, state) }
        if let unlike = unlikely(state) { flags.append(unlike) }
        if let detail = state.detail, state.problem == nil { flags += of(detail, state) }
        if let short = shortRuns(state) { flags.append(short) }
        if state.tensor.storedForm != nil {
            flags.append(SanityFlag(text: Words.flagStored(state.tensor.typeName), reason: Words.reasonStored))
        }
        return flags
    }

    private static func of(_ statistics: TensorStatistics, _ state: ExplorerState) -> [SanityFlag] {
        var flags: [SanityFlag] = []
        let bad = statistics.nanCount + statistics.infinityCount
        if bad > 0 {
            flags.append(
                SanityFlag(
                    text: Words.flagNotFinite(
                        nan: statistics.nanCount, infinite: statistics.infinityCount,
                        first: state.firstNotFinite.map {
                            (
                                $0.nan.map { state.indices(ofElement: $0) },
                                $0.infinity.map { state.indices(ofElement: $0) }
                            )
                        }),
                    reason: Words.reasonNotFinite))
        }
        guard let minimum = statistics.minimum, let maximum = statistics.maximum else { return flags }
        if minimum == maximum, statistics.finiteCount > 1 {
            flags.append(
                SanityFlag(
                    text: Words.flagConstant(NumberText.significant(minimum)), reason: Words.reasonConstant))
        } else if state.recipe.format.hasEqualSteps, !state.recipe.mapping.hasZeroPoint, minimum >= 0 || maximum <= 0 {
            flags.append(
                SanityFlag(
                    text: Words.flagOneSided(isPositive: minimum >= 0), reason: Words.reasonOneSided))
        }
        return flags
    }

    private static func of(_ detail: RangeDetail, _ state: ExplorerState) -> [SanityFlag] {
        var flags: [SanityFlag] = []
        let quantizer = detail.quantizer, mark = detail.isExact ? "" : "≈"
        let place =
            detail.rangeCount > 1
            ? Words.rangeName(detail.range, state.recipe, state.tensor.shape) + ": " : ""
        let total = detail.codeCounts.reduce(0, +)
        let isAffine = if case .affine = quantizer { true } else { false }
        if isAffine, quantizer.range.low != quantizer.range.high, total >= 32, quantizer.levelCount >= 4 {
            if let few = outermost(detail), few.share <= 0.5 {
                flags.append(
                    SanityFlag(
                        text: place
                            + Words.flagOutlier(
                                mark + NumberText.grouped(few.count), of: NumberText.grouped(Int(total)),
                                rest: NumberText.percent(few.share, digits: 2)),
                        reason: Words.reasonOutlier))
            }
        }
        let dead = detail.codeCounts.count { $0 == 0 }
        if total >= UInt64(4 * quantizer.levelCount), 4 * dead >= quantizer.levelCount {
            flags.append(
                SanityFlag(
                    text: place + Words.flagDeadCodes(mark + "\(dead)", of: quantizer.levelCount),
                    reason: Words.reasonDeadCodes
                ))
        }
        let zero = quantizer.reconstruction(of: quantizer.code(of: 0, rounding: .even, index: 0))
        if isAffine, zero != 0 {
            flags.append(
                SanityFlag(
                    text: Words.flagZeroOffGrid(NumberText.significant(Double(zero))), reason: Words.reasonZeroOffGrid))
        }
        if let size = state.evaluation?.metrics.size, size.compressionRatio < 1 {
            flags.append(
                SanityFlag(
                    text: Words.flagLarger(NumberText.significant(size.bitsPerWeight, digits: 4)),
                    reason: Words.reasonLarger))
        }
        if let changed = changedLimits(detail, state.recipe) { flags.append(changed) }
        return flags
    }

    /// The few values, at most one in a thousand, that lie farthest out, and the share of the range that all others need; nil
    /// where the outermost codes are not used.
    private static func outermost(_ detail: RangeDetail) -> (count: Int, share: Double)? {
        let quantizer = detail.quantizer, counts = detail.codeCounts
        let zero = quantizer.zeroPoint - quantizer.lowestCode
        let reach = max(counts.count - 1 - zero, zero)
        guard reach > 0,
            counts[0] > 0 && zero == reach || counts[counts.count - 1] > 0 && counts.count - 1 - zero == reach
        else { return nil }
        let most = max(1, counts.reduce(0, +) / 1_000)
        var low = 0, high = counts.count - 1, outer: UInt64 = 0
        // Inward from both ends, the farther one first.
        while low < high {
            let next = zero - low > high - zero ? low : high
            guard outer + counts[next] <= most else { break }
            outer += counts[next]
            if next == low { low += 1 } else { high -= 1 }
        }
        return (Int(outer), (Double(max(zero - low, high - zero)) + 0.5) / Double(reach))
    }

    /// Manual limits that the mapping does not take as they are.
    private static func changedLimits(_ detail: RangeDetail, _ recipe: Recipe) -> SanityFlag? {
        guard recipe.clipping.name == "manual", recipe.format.hasEqualSteps else { return nil }
        let (low, high) = (Float(recipe.clipping.numbers[0]), Float(recipe.clipping.numbers[1]))
        let used = detail.quantizer.range
        guard used.low != low || used.high != high else { return nil }
        return SanityFlag(
            text: Words.flagLimits(
                NumberText.significant(Double(used.low)), NumberText.significant(Double(used.high))),
            reason: recipe.mapping.hasZeroPoint ? Words.reasonHoldsZero : Words.reasonBothSides)
    }

    /// A setting that means nothing, or something else, on this tensor.
    private static func unlikely(_ state: ExplorerState) -> SanityFlag? {
        let shape = state.tensor.shape, recipe = state.recipe
        if recipe.rangeMode != .own, isWeight(state.tensor) {
            return SanityFlag(
                text: Words.flagBatchesOfWeight("range:\(recipe.rangeMode)", rows: shape.extents.first ?? 1),
                reason: Words.reasonBatchesOfWeight)
        }
        if case .fixed = recipe.format.traits.granularity { return nil }
        func tooLong(_ size: Int, _ length: Int, _ word: (Int) -> String) -> SanityFlag? {
            guard size > length, length > 0 else { return nil }
            let nearest =
                stride(from: 0, through: 20, by: 1).map { 1 << $0 }.last { $0 <= length && length % $0 == 0 } ?? length
            return SanityFlag(
                text: Words.flagLongGroup(word(size), length: length, nearest: word(nearest >= 8 ? nearest : length)),
                reason: Words.reasonLongGroup)
        }
        switch recipe.granularity {
        case .group(let size):
            let rows = shape.rank > 1 ? shape.extents[0] : 1
            return tooLong(size, shape.count / max(1, rows)) { "group:\($0)" }
        case .groupAlong(let size, let axis) where axis < shape.rank:
            return tooLong(size, shape.extents[axis]) { "group:\($0)@\(axis)" }
        case .channels(let size, let axis) where axis < shape.rank:
            return tooLong(size, shape.extents[axis]) { "channels:\($0)@\(axis)" }
        default: return nil
        }
    }

    /// By its name: activations are recorded under other ones.
    private static func isWeight(_ tensor: TensorView) -> Bool {
        let last = tensor.name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        return ["weight", "kernel", "bias", "weight_ih", "weight_hh"].contains(last)
    }

    /// A last run or tile that is shorter than the others.
    private static func shortRuns(_ state: ExplorerState) -> SanityFlag? {
        let shape = state.tensor.shape
        guard shape.count > 0 else { return nil }
        let isPadded = if case .fixed = state.recipe.format.traits.granularity { true } else { false }
        func check(_ length: Int, _ size: Int, _ what: String) -> SanityFlag? {
            guard size < length, length % size != 0 else { return nil }
            return SanityFlag(
                text: Words.flagShortRun(what, length: length, size: size, rest: length % size),
                reason: isPadded ? Words.reasonPadded : Words.reasonShortRun)
        }
        switch state.recipe.granularity {
        case .tensor, .channel: return nil
        case .channels(let count, let axis):
            return axis < shape.rank ? check(shape.extents[axis], count, Words.axis(axis)) : nil
        case .group(let size):
            let rows = shape.rank > 1 ? shape.extents[0] : 1
            return check(shape.count / max(1, rows), size, Words.rows)
        case .groupAlong(let size, let axis):
            return axis < shape.rank ? check(shape.extents[axis], size, Words.axis(axis)) : nil
        case .block(let rows, let columns):
            guard shape.rank >= 2 else { return nil }
            return check(shape.extents[0], rows, Words.columns)
                ?? check(shape.product(from: 1), columns, Words.rows)
        }
    }
}
