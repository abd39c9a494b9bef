import Basics
import Platform
import Quantization

/// The scales of neighbouring blocks, and what the largest value of each costs the others.
public struct BlocksPage: Sendable {
    public struct Column: Sendable {
        /// log2 of the scale.
        public let exponent: Double
        /// In decibels.
        public let cost: Double
        public let isShown: Bool
    }

    public let columns: [Column]
    public let lowest: Double
    public let highest: Double
    public let mostCost: Double
    let summary: [String]

    init(_ study: BlockStudy, _ detail: RangeDetail) {
        columns = study.blocks.map {
            Column(
                exponent: log2(Double(max($0.scale, .leastNonzeroMagnitude))), cost: $0.cost,
                isShown: $0.range == detail.range)
        }
        lowest = (columns.map { $0.exponent }.min() ?? 0).rounded(.down)
        highest = max(lowest + 1, (columns.map { $0.exponent }.max() ?? 1).rounded(.up))
        mostCost = max(1, columns.map { $0.cost }.max() ?? 1)
        func decibels(_ value: Double?) -> String { value.map { NumberText.fixed($0, places: 2) } ?? Words.exact }
        var lines = [
            Words.blocksCost(NumberText.grouped(study.blocks.count), NumberText.fixed(study.cost, places: 2))
        ]
        if let block = study.blocks.first(where: { $0.range == detail.range }) {
            lines.append(
                Words.block(
                    NumberText.grouped(block.range), last: NumberText.grouped(study.rangeCount - 1),
                    scale: Self.scale(block.scale),
                    largest: NumberText.significant(Double(block.largest), digits: 4),
                    next: NumberText.significant(Double(block.secondLargest), digits: 4)))
            lines.append(
                Words.neighbours(
                    decibels(Decibel.sqnr(block.power, block.error)),
                    without: decibels(Decibel.sqnr(block.power, block.errorWithout))))
        }
        summary = lines
    }

    /// A power of two as such.
    private static func scale(_ scale: Float) -> String {
        guard scale > 0 else { return "0" }
        let exponent = log2(Double(scale))
        return exponent == exponent.rounded() ? "2^\(Int(exponent))" : NumberText.significant(Double(scale))
    }
}
