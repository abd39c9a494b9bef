import Quantization

/// The codes of a uniform quantizer around its zero-point, and which range an element belongs to.
struct CodeGrid: Sendable {
    /// Q_N and Q_P of each range: codes run from -Q_N to Q_P around the code of zero.
    let lowest: [Float]
    let highest: [Float]
    /// nil where all are one range.
    let map: RangeMap?

    var rangeCount: Int { lowest.count }

    @inline(__always)
    func range(ofElement element: Int) -> Int { map?[element] ?? 0 }
}

extension Tape {
    /// y = s·clip(round(x/s)) with the step s of each range, which follows from a parameter that is learnt.
    ///
    /// - Parameters:
    ///   - parameter: [ranges]; its gradient is multiplied by `factor`.
    ///   - derivative: of y with respect to the parameter for a value of a range, and whether ∂x = ∂y there rather than 0.
    func rounded(
        _ x: Node, to grid: CodeGrid, learning parameter: Node, factor: Float, step: @Sendable (Int) -> Float,
        derivative: @escaping @Sendable (_ value: Float, _ range: Int) -> (ofParameter: Float, passes: Bool)
    ) -> Node {
        let y = node(x.shape, needsGradient: true), width = x.width
        forEachShard(x.samples) { _, range in
            for i in range.lowerBound * width..<range.upperBound * width {
                let range = grid.range(ofElement: i), s = step(range)
                let code = max(-grid.lowest[range], min(grid.highest[range], x.data[i] * (1 / s)))
                y.data[i] = s * code.rounded(.toNearestOrEven)
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            let sums = scratch(parameter.count)
            sums.clear()
            addOverShards(x.samples, parameter.count, into: sums) { _, shard, sum in
                for i in shard.lowerBound * width..<shard.upperBound * width {
                    let range = grid.range(ofElement: i), slope = derivative(x.data[i], range)
                    sum[range] += dy[i] * slope.ofParameter
                    if slope.passes { x.gradient?[i] += dy[i] }
                }
            }
            guard let gradient = parameter.gradient else { return }
            for range in 0..<parameter.count { gradient[range] += sums[range] * factor }
        }
        return y
    }
}

extension CodeGrid {
    /// nil where levels are not equal steps, or a range has no step above zero.
    init?(_ quantizers: [Quantizer], map: RangeMap?) {
        var lowest: [Float] = [], highest: [Float] = []
        for quantizer in quantizers {
            guard case .affine(let affine) = quantizer else { return nil }
            lowest.append(Float(affine.zeroPoint - affine.lowestCode))
            highest.append(Float(affine.highestCode - affine.zeroPoint))
        }
        guard highest.allSatisfy({ $0 > 0 }) else { return nil }
        self.init(lowest: lowest, highest: highest, map: map)
    }

    /// LSQ's first step of each range: 2·mean|v|/√Q_P.
    func firstSteps(_ values: [Float]) -> [Float] {
        var sums = [Double](repeating: 0, count: rangeCount), counts = [Int](repeating: 0, count: rangeCount)
        for (element, value) in values.enumerated() {
            let range = range(ofElement: element)
            sums[range] += Double(abs(value))
            counts[range] += 1
        }
        return (0..<rangeCount).map { range in
            let mean = counts[range] > 0 ? sums[range] / Double(counts[range]) : 0
            return max(Float(2 * mean / Double(highest[range]).squareRoot()), 1e-6)
        }
    }

    /// LSQ's factor of the step's gradient: 1/√(N·Q_P).
    func factor(count: Int) -> Float { 1 / (Float(max(1, count)) * max(1, highest.max() ?? 1)).squareRoot() }
}
