import Basics
import KernelTypes

/// Cells of equal count, each standing for its median: every code is used as often, so that no code can be shorter.
///
/// With n values in ascending order, cell k of L holds those from ⌊k·n/L⌋ to ⌊(k+1)·n/L⌋ - 1; equal values stay together.
/// Survey III-F; the rule behind NF4 (Dettmers et al. 2022, "quantile quantization").
public struct QuantileFormat: FittedFormat, Hashable {
    public let bits: Int
    public var name: String { "quantile\(bits)" }
    public var codeCount: Int { 1 << bits }
    public var traits: FormatTraits { .fitted("its cells hold equal counts", scales: false) }
    public var formula: String { "levels = medians of cells of equal count" }
    var sharedCodec: KernelCodec? { nil }
    static let possibleBits = 1...8

    public func storedBits(_ size: StoredParts) -> Double {
        Double(size.elements * bits) + Double(size.ranges) * Double(codeCount * 32)
    }

    func fitted(to evidence: any RangeEvidence, scaleType: ScaleType) throws(Cancelled) -> Quantizer {
        var cells = try evidence.cells()
        let count = evidence.count, parts = min(codeCount, count)
        let starts = (0...parts).map { $0 * count / parts }
        // First and last ranks, and the one or two in the middle.
        let ranks = (0..<parts).flatMap { part -> [Int] in
            let first = starts[part], last = starts[part + 1] - 1
            return [first, (first + last) / 2, (first + last + 1) / 2, last]
        }
        while try cells.split(Set(cells.cells(ofRanks: ranks)).sorted()) {}
        let found = cells.cells(ofRanks: ranks).map { cells.cells[$0].low }
        var levels: [Float] = [], thresholds: [Float] = []
        var before: Float = 0
        for part in 0..<parts {
            let values = found[4 * part..<4 * part + 4].map { $0 }
            let median = Float((Double(values[1]) + Double(values[2])) / 2)
            defer { before = values[3] }
            if let last = levels.last {
                // Equal values belong to one cell.
                guard median > last else { continue }
                let middle = (Double(before) + Double(values[0])) / 2
                let threshold = CodeBook.threshold(at: middle, isUpward: true)
                thresholds.append(max(min(threshold, median), last.nextUp))
            }
            levels.append(median)
        }
        return .book(BookQuantizer(CodeBook(levels: levels, thresholds: thresholds)))
    }

    public static let family = FormatFamily.byBits(
        "quantile", possibleBits, summary: "cells of equal count and their medians: every code is used as often",
        source: "Dettmers et al. 2022; survey III-F", usual: Array(possibleBits)
    ) { QuantileFormat(bits: $0) }
}
