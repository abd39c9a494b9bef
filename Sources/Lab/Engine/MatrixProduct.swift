import COpenBLAS

/// Products of row-major matrices by OpenBLAS, each on the calling thread alone: cores are shared out between products.
enum MatrixProduct {
    /// Loads the library. Throws where it is not installed.
    static func prepare() throws(LabFailure) {
        switch qlens_blas_load() {
        case qlens_blas_loaded: return
        case qlens_blas_no_room:
            throw .missing(
                "the lab needs OpenBLAS: found no room for it, expected \(qlens_blas_needed_megabytes()) MB of memory more "
                    + "(see ulimit -v)")
        default:
            throw .missing(
                "the lab needs OpenBLAS: found no \(String(cString: qlens_blas_name())), expected the package libopenblas0"
            )
        }
    }

    /// The kernels that the library runs, as it names them.
    static var core: String { String(cString: qlens_blas_core()) }

    /// C = op(A)·op(B) + `keeping`·C, where op(A) is rows × inner, op(B) inner × columns and C rows × columns.
    ///
    /// A transposed A is stored inner × rows, a transposed B columns × inner.
    @inline(__always)
    static func multiply(
        _ a: UnsafePointer<Float>, isATransposed: Bool = false, _ b: UnsafePointer<Float>, isBTransposed: Bool = false,
        rows: Int, columns: Int, inner: Int, keeping: Float = 0, into c: UnsafeMutablePointer<Float>
    ) {
        guard rows > 0, columns > 0 else { return }
        qlens_blas_multiply(
            isATransposed, isBTransposed, Int32(rows), Int32(columns), Int32(inner), a,
            Int32(isATransposed ? rows : inner), b, Int32(isBTransposed ? inner : columns), keeping, c, Int32(columns))
    }
}
