import COpenBLAS

/// Second moments of what a layer is given: everything that the error of its outputs depends on.
enum SecondMoments {
    /// Rows that are looked at: some of very many, evenly spread.
    static let mostRows = 16_384
    /// Wider layers are rounded to nearest: their moments would take gigabytes, and their factors minutes that cannot be stopped.
    static let mostWidth = 2_048

    /// E[x·yᵀ] over rows x and y, [width, width] in Double.
    static func of(_ x: [Float], _ y: [Float], width: Int) -> [Double] {
        let rows = x.count / width, step = max(1, (rows + mostRows - 1) / mostRows), count = (rows + step - 1) / step
        func picked(_ values: [Float]) -> [Double] {
            var result = [Double](repeating: 0, count: count * width)
            for row in 0..<count {
                for i in 0..<width { result[row * width + i] = Double(values[row * step * width + i]) }
            }
            return result
        }
        var moments = [Double](repeating: 0, count: width * width)
        qlens_blas_multiply_double(
            Int32(width), Int32(width), Int32(count), 1 / Double(count), picked(x), picked(y), &moments)
        return moments
    }
}
