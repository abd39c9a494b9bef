import COpenBLAS

/// Second moments of what a layer is given: everything that the error of its outputs depends on.
enum SecondMoments {
    /// Rows that are looked at, of very many some at random.
    static let mostRows = 16_384
    /// Wider layers are rounded to nearest: their moments would take gigabytes, and their factors minutes that cannot be stopped.
    static let mostWidth = 2_048

    /// E[x·yᵀ] over rows x and y, [width, width] in Double.
    ///
    /// - Parameter seed: of the choice among very many rows.
    static func of(_ x: [Float], _ y: [Float], width: Int, seed: UInt64) -> [Double] {
        let rows = SampledRows.of(x.count / width, most: mostRows, seed: seed), count = rows.count
        func picked(_ values: [Float]) -> [Double] {
            var result = [Double](repeating: 0, count: count * width)
            for (place, row) in rows.enumerated() {
                for i in 0..<width { result[place * width + i] = Double(values[row * width + i]) }
            }
            return result
        }
        var moments = [Double](repeating: 0, count: width * width)
        qlens_blas_multiply_double(
            Int32(width), Int32(width), Int32(count), 1 / Double(count), picked(x), picked(y), &moments)
        return moments
    }
}
