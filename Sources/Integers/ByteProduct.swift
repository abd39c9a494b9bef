import CIntegers

/// Products of matrices of bytes: codes of 0 to 255 by weights of -128 to 127, added up in 32 bits.
public enum ByteProduct {
    public enum Kernel: Sendable, CaseIterable {
        /// By oneDNN.
        case library
        /// By the loops of this file: the same numbers.
        case plain
    }

    /// The library where it is installed and exact on this processor.
    public static var best: Kernel { qlens_dnn_load() == qlens_dnn_loaded ? .library : .plain }

    /// Why the library is not used, in a line; nil where it is.
    public static var obstacle: String? {
        switch qlens_dnn_load() {
        case qlens_dnn_loaded: nil
        case qlens_dnn_missing:
            "products of bytes run in plain loops: found no \(String(cString: qlens_dnn_name())), expected the package libdnnl2"
        default:
            "products of bytes run in plain loops: found oneDNN without VNNI, which adds up in 16 bits that saturate"
        }
    }

    /// C = A·Bᵀ, A [rows, inner], B [columns, inner], C [rows, columns]. Exact while |C| < 2³¹: up to 65,000 numbers in a row.
    public static func multiply(
        _ a: UnsafePointer<UInt8>, _ b: UnsafePointer<Int8>, rows: Int, columns: Int, inner: Int, kernel: Kernel,
        into c: UnsafeMutablePointer<Int32>
    ) {
        guard rows > 0, columns > 0 else { return }
        if kernel == .library, qlens_dnn_multiply(Int64(rows), Int64(columns), Int64(inner), a, b, c) { return }
        for row in 0..<rows {
            let left = a + row * inner
            for column in 0..<columns {
                let right = b + column * inner
                var sum: Int32 = 0
                for i in 0..<inner { sum &+= Int32(left[i]) &* Int32(right[i]) }
                c[row * columns + column] = sum
            }
        }
    }
}
