/// Finds which line of one matrix is which of another's.
enum LineMatching {
    /// More lines would take too long.
    private static let mostLines = 16_384

    /// For every line of the first matrix the line of the second that is most like it; nil where that is no permutation.
    static func order(
        of first: [Float], in second: [Float], lines: Int, length: Int, lineStride: Int, elementStride: Int
    ) -> [Int]? {
        guard lines > 1, lines <= mostLines, length >= 4 else { return nil }
        let signature = lines > 8_192 ? 32 : 64
        // Some elements of each line, without their mean and to unit length.
        let picks = (0..<min(length, signature)).map { $0 * length / min(length, signature) }
        func signatures(_ values: [Float]) -> [Float] {
            var result = [Float](repeating: 0, count: lines * picks.count)
            for line in 0..<lines {
                var mean: Float = 0
                for (place, pick) in picks.enumerated() {
                    let value = values[line * lineStride + pick * elementStride]
                    result[line * picks.count + place] = value
                    mean += value
                }
                mean /= Float(picks.count)
                var power: Float = 0
                for place in picks.indices {
                    result[line * picks.count + place] -= mean
                    power += result[line * picks.count + place] * result[line * picks.count + place]
                }
                let scale = power > 0 ? 1 / power.squareRoot() : 0
                for place in picks.indices { result[line * picks.count + place] *= scale }
            }
            return result
        }
        let a = signatures(first), b = signatures(second), width = picks.count
        var order = [Int](repeating: 0, count: lines), taken: Set<Int> = []
        a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                for line in 0..<lines {
                    var best = line, likeness: Float = -2
                    for other in 0..<lines {
                        var sum = SIMD8<Float>(repeating: 0), at = 0
                        while at &+ 8 <= width {
                            var x = SIMD8<Float>(), y = SIMD8<Float>()
                            for lane in 0..<8 {
                                x[lane] = a[line &* width &+ at &+ lane]
                                y[lane] = b[other &* width &+ at &+ lane]
                            }
                            sum += x * y
                            at &+= 8
                        }
                        var dot = sum.sum()
                        while at < width {
                            dot += a[line &* width &+ at] * b[other &* width &+ at]
                            at &+= 1
                        }
                        // Its own position wins among equals.
                        if dot > likeness || dot == likeness && other == line { (best, likeness) = (other, dot) }
                    }
                    order[line] = best
                    taken.insert(best)
                }
            }
        }
        return Double(taken.count) >= 0.9 * Double(lines) ? order : nil
    }
}
