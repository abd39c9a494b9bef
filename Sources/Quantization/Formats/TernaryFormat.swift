import Basics
import KernelTypes

/// -α, 0 and α with a zero band |x| ≤ Δ; α is the mean magnitude beyond it, the best one for any Δ.
///
/// `ternary` takes Δ = 0.7·mean|x| (Ternary Weight Networks, Li and Liu 2016), near the optimum for a Gaussian. `ternary-opt` takes
/// the Δ of the least squared error: the n largest magnitudes that maximise (Σ|x|)²/n (survey IV-E).
public struct TernaryFormat: FittedFormat, Hashable {
    public let isOptimal: Bool
    public var name: String { isOptimal ? "ternary-opt" : "ternary" }
    public var bits: Int { 2 }
    public var codeCount: Int { 3 }
    public var traits: FormatTraits {
        .fitted(
            isOptimal ? "its threshold is that of the least squared error" : "its threshold is 0.7·mean|x|",
            scales: true, study: .zeroBand)
    }

    public var formula: String {
        isOptimal ? "Δ of the least Σe², α = mean of |r| > Δ" : "Δ = 0.7·mean|r|, α = mean of |r| > Δ"
    }

    var sharedCodec: KernelCodec? { .ternary }

    func fitted(to evidence: any RangeEvidence, scaleType: ScaleType) throws(Cancelled) -> Quantizer {
        let threshold: Float, mean: Double
        if isOptimal {
            (threshold, mean) = try Self.optimum(of: evidence)
        } else {
            threshold = Float(0.7 * (try evidence.meanDistance(from: 0)))
            let beyond = try evidence.above(threshold.nextUp)
            mean = beyond.map { $0.count > 0 ? $0.sum / $0.count : 0 } ?? 0
        }
        let scale = mean > 0 ? max(scaleType.stored(Float(mean)), .leastNormalMagnitude) : scaleType.ofNothing
        return .ternary(TernaryQuantizer(scale: scale, threshold: threshold))
    }

    /// The threshold and the mean magnitude beyond it. Values of one magnitude go together.
    private static func optimum(of evidence: any RangeEvidence) throws(Cancelled) -> (threshold: Float, mean: Double) {
        var cells = try evidence.cells().magnitudes()
        // The optimum lies next to the best boundary of cells: their values are looked at one by one.
        for _ in 0..<8 {
            let best = best(cells)
            let near = [best - 1, best].filter { cells.cells.indices.contains($0) }
            guard try cells.split(near) else { break }
        }
        let first = best(cells), beyond = cells.cells[first...]
        let count = beyond.reduce(0) { $0 + $1.count }, sum = beyond.reduce(0) { $0 + $1.sum }
        let threshold = first > 0 ? cells.cells[first - 1].high : 0
        return (count > 0 && sum > 0 ? threshold : 0, count > 0 ? sum / count : 0)
    }

    /// The first cell of those that are not zero.
    private static func best(_ cells: ValueCells) -> Int {
        var count = 0.0, sum = 0.0, most = -1.0, place = 0
        for number in cells.cells.indices.reversed() {
            count += cells.cells[number].count
            sum += cells.cells[number].sum
            let gain = sum * sum / count
            if gain > most, sum > 0 { (most, place) = (gain, number) }
        }
        return place
    }

    public static let family = FormatFamily(
        prefix: "ternary", pattern: "ternary, ternary-opt",
        summary: "-α, 0, α: a zero band, and one magnitude beyond it",
        source: "Ternary Weight Networks, Li and Liu 2016; survey IV-E",
        choices: [
            FormatChoice("ternary", words: "zero up to 0.7·mean|x| (Ternary Weight Networks, Li and Liu 2016)"),
            FormatChoice("ternary-opt", words: "the zero band of the least squared error (survey IV-E)"),
        ],
        usual: ["ternary", "ternary-opt"], settings: ["ternary", "ternary-opt", "ternary group:128 scale:f16"],
        parse: { token in
            switch token {
            case "ternary": .success(TernaryFormat(isOptimal: false))
            case "ternary-opt": .success(TernaryFormat(isOptimal: true))
            default: .failure(FormatError(expected: "ternary, ternary-opt"))
            }
        })
}
