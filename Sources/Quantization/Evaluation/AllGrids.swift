/// The grids of all ranges of a tensor, for schedules that calibrate first: twelve bytes a range.
final class AllGrids: @unchecked Sendable {
    let inverse: Slots<Float>
    let scale: Slots<Float>
    let low: Slots<Float>
    private(set) var largestScale: Float = 0
    private let kept: Slots<AffineQuantizer?>

    init(_ count: Int) {
        inverse = Slots(count, repeating: 0)
        scale = Slots(count, repeating: 0)
        low = Slots(count, repeating: 0)
        kept = Slots(min(count, Evaluation.keptQuantizers), repeating: nil)
    }

    /// Each range once, from any worker.
    func set(_ range: Int, _ quantizer: AffineQuantizer) {
        inverse[range] = quantizer.inverse
        scale[range] = quantizer.scale
        low[range] = Float(quantizer.lowestCode - quantizer.zeroPoint)
        if range < kept.count { kept[range] = quantizer }
    }

    /// Call when all ranges are set.
    func finish() { for range in 0..<scale.count { largestScale = max(largestScale, scale[range]) } }

    /// The quantizers of the first ranges.
    var keptQuantizers: [AffineQuantizer] { kept.all.compactMap { $0 } }
}
