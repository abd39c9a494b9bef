import Basics
import Tensors

/// The scales of neighbouring blocks, and what the largest value of each costs the others.
///
/// All values of a block share a scale, which its largest magnitude decides. Without that one value the scale would follow from
/// the second largest: the difference in the others' error is what it costs.
public struct BlockStudy: Sendable {
    public struct Block: Sendable {
        public let range: Int
        /// As stored.
        public let scale: Float
        public let largest: Float
        public let secondLargest: Float
        /// Σe² of all values but the largest, under the block's scale and under the one that they would have without it.
        public let error: Double
        public let errorWithout: Double
        /// Σx² of them.
        public let power: Double

        /// In decibels; 0 where nothing is lost.
        public var cost: Double {
            guard error > 0, error > errorWithout else { return 0 }
            return errorWithout > 0 ? Decibel.of(error / errorWithout) : 99
        }
    }

    /// In the order of the tensor.
    public let blocks: [Block]
    public let rangeCount: Int
    /// Over the blocks that were looked at, all in one.
    public var cost: Double {
        let with = blocks.reduce(0) { $0 + $1.error }, without = blocks.reduce(0) { $0 + $1.errorWithout }
        return with > 0 && without > 0 ? max(0, Decibel.of(with / without)) : 0
    }
}

extension Evaluator {
    /// Neighbours of a range, which is among them.
    func blockStudy(around range: Int, count: Int, _ context: WorkContext) throws(Cancelled) -> BlockStudy? {
        guard layout.rangeCount > 1 else { return nil }
        if let coder = try jointCoder(context)?.blocks {
            return try runStudy(coder, around: range, count: count, context)
        }
        guard let format = recipe.format.scaled else { return nil }
        let shown = min(count, layout.rangeCount)
        let first = max(0, min(range - shown / 2, layout.rangeCount - shown))
        let rule = format.scaleRule(recipe.scaleType, tensorLargest: tensorLargest ?? 0)
        var blocks: [BlockStudy.Block] = []
        for number in first..<first + shown {
            if context.cancel.isCancelled { throw Cancelled() }
            // Long ranges are judged by their beginning: this is a picture.
            let runs = layout.runs(ofRange: number)
            var values: [Float] = []
            for row in runs.rows where values.count < 4_096 {
                let run = runs.run(inRow: row)
                values += tensor.values(run.lowerBound..<min(run.upperBound, run.lowerBound + 4_096))
            }
            values.removeAll { !$0.isFinite }
            guard let place = values.indices.max(by: { abs(values[$0]) < abs(values[$1]) }) else { continue }
            let quantizer = try self.quantizer(ofRange: number, context: context)
            let largest = abs(values.remove(at: place)), second = values.reduce(Float(0)) { max($0, abs($1)) }
            // By the format's plain rule on both sides, whatever the recipe's calibration does besides.
            func error(_ limit: Float) -> Double {
                let quantizer = BookQuantizer(
                    book: format.book, scale: rule.scale(of: limit), range: ClipRange(low: -limit, high: limit))
                return values.reduce(0) { sum, value in
                    let code = quantizer.code(of: value)
                    let e = Double(quantizer.reconstruction(of: code) - value)
                    return sum + e * e
                }
            }
            blocks.append(
                BlockStudy.Block(
                    range: number, scale: quantizer.scale, largest: largest, secondLargest: second,
                    error: error(largest), errorWithout: error(second),
                    power: values.reduce(0) { $0 + Double($1) * Double($1) }))
        }
        return blocks.isEmpty ? nil : BlockStudy(blocks: blocks, rangeCount: layout.rangeCount)
    }
}

extension Evaluator {
    /// The same for runs of ggml's blocks, which are encoded once as they are and once with the largest value cut to the second.
    private func runStudy(
        _ coder: GGMLCoder, around range: Int, count: Int, _ context: WorkContext
    ) throws(Cancelled) -> BlockStudy? {
        let shown = min(count, layout.rangeCount), run = coder.run, size = coder.unit
        let first = max(0, min(range - shown / 2, layout.rangeCount - shown))
        var blocks: [BlockStudy.Block] = []
        for number in first..<first + shown {
            if context.cancel.isCancelled { throw Cancelled() }
            let start = number * run / size * size, place = number * run - start
            let block = tensor.values(start..<start + size).map { $0.isFinite ? $0 : 0 }
            let values = block[place..<place + run]
            guard let outer = values.indices.max(by: { abs(values[$0]) < abs(values[$1]) }) else { continue }
            var cut = block
            let second = values.indices.filter { $0 != outer }.reduce(Float(0)) { max($0, abs(values[$1])) }
            cut[outer] = block[outer] < 0 ? -second : second
            func encoded(_ block: [Float]) -> (back: [Float], scale: Float) {
                coder.block(block, element: start) { output in
                    (Array(UnsafeBufferPointer(start: output.reconstruction, count: size)), output.scales[place / run])
                }
            }
            let (back, scale) = encoded(block), without = encoded(cut).back
            func error(_ back: [Float]) -> Double {
                values.indices.filter { $0 != outer }.reduce(0) { sum, i in
                    let e = Double(back[i]) - Double(block[i])
                    return sum + e * e
                }
            }
            blocks.append(
                BlockStudy.Block(
                    range: number, scale: abs(scale), largest: abs(block[outer]), secondLargest: second,
                    error: error(back), errorWithout: error(without),
                    power: values.indices.filter { $0 != outer }.reduce(0) {
                        $0 + Double(block[$1]) * Double(block[$1])
                    }))
        }
        return blocks.isEmpty ? nil : BlockStudy(blocks: blocks, rangeCount: layout.rangeCount)
    }
}
