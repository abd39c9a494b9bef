import COpenBLAS

/// Products of row-major matrices by OpenBLAS, each on the calling thread alone: cores are shared out between products.
enum MatrixProduct {
    private static let isPrepared: Bool = {
        openblas_set_num_threads(1)
        return true
    }()

    static func prepare() { _ = isPrepared }

    /// C = op(A)·op(B) + `keeping`·C, where op(A) is rows × inner, op(B) inner × columns and C rows × columns.
    ///
    /// A transposed A is stored inner × rows, a transposed B columns × inner.
    @inline(__always)
    static func multiply(
        _ a: UnsafePointer<Float>, isATransposed: Bool = false, _ b: UnsafePointer<Float>, isBTransposed: Bool = false,
        rows: Int, columns: Int, inner: Int, keeping: Float = 0, into c: UnsafeMutablePointer<Float>
    ) {
        guard rows > 0, columns > 0 else { return }
        cblas_sgemm(
            CblasRowMajor, isATransposed ? CblasTrans : CblasNoTrans, isBTransposed ? CblasTrans : CblasNoTrans,
            Int32(rows), Int32(columns), Int32(inner), 1, a, Int32(isATransposed ? rows : inner), b,
            Int32(isBTransposed ? inner : columns), keeping, c, Int32(columns))
    }
}
