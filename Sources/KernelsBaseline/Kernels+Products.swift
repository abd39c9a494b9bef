/// Products of matrices, for what errors do to a layer's outputs.
extension Kernels {
    /// Float accumulators take so many terms before they are folded into Double.
    @inline(__always) static var productBlock: Int { 128 }

    /// Adds the products of four rows with a panel of 32 columns: output[r·32 + c] += Σₖ rows[r·stride + k]·panel[k·32 + c].
    ///
    /// Without fused operations, so that the result is the same on every processor.
    public static func addProducts(
        _ rows: UnsafePointer<Float>, stride: Int, _ panel: UnsafePointer<Float>, count: Int,
        into output: UnsafeMutablePointer<Double>
    ) {
        let second = rows + stride, third = second + stride, fourth = third + stride
        var start = 0
        while start < count {
            let end = min(count, start &+ productBlock)
            var a0 = Lanes(repeating: 0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0
            var k = start
            while k < end {
                let x0 = load(panel, k &* 32), x1 = load(panel, k &* 32 &+ 16)
                let a = Lanes(repeating: rows[k]), b = Lanes(repeating: second[k])
                let c = Lanes(repeating: third[k]), d = Lanes(repeating: fourth[k])
                a0 += a * x0
                a1 += a * x1
                b0 += b * x0
                b1 += b * x1
                c0 += c * x0
                c1 += c * x1
                d0 += d * x0
                d1 += d * x1
                k &+= 1
            }
            fold(a0, a1, output)
            fold(b0, b1, output + 32)
            fold(c0, c1, output + 64)
            fold(d0, d1, output + 96)
            start = end
        }
    }

    @inline(__always)
    private static func fold(_ low: Lanes, _ high: Lanes, _ output: UnsafeMutablePointer<Double>) {
        for lane in 0..<16 {
            output[lane] += Double(low[lane])
            output[16 &+ lane] += Double(high[lane])
        }
    }
}
