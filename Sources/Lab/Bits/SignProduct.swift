import CBitProducts

/// Products of matrices of signs: what XNOR-Net computes instead of multiplications.
enum SignProduct {
    /// What a product is computed with.
    enum Kernel: CaseIterable {
        /// AVX-512 with a count of bits in vectors.
        case vectorCount
        /// AVX2, counting half bytes by looking them up.
        case avx2
        /// A word at a time.
        case plain

        /// The fastest of this processor.
        static let best: Kernel =
            switch qlens_bits_best() {
            case qlens_bits_vector_count: .vectorCount
            case qlens_bits_avx2: .avx2
            default: .plain
            }

        /// Those that this processor can run.
        static var available: [Kernel] { Array(allCases.drop { $0 != best }) }

        var name: String {
            switch self {
            case .vectorCount: "AVX-512 VPOPCNTDQ"
            case .avx2: "AVX2"
            case .plain: "a word at a time"
            }
        }

        fileprivate var number: qlens_bit_kernel {
            switch self {
            case .vectorCount: qlens_bits_vector_count
            case .avx2: qlens_bits_avx2
            case .plain: qlens_bits_plain
            }
        }
    }

    /// C[i][j] = Σ_k a_ik·b_kj of signs ±1, [a.rows, b.columns]: n - 2·popcount(a xor b) for n columns of `a`.
    ///
    /// Exact: all of it is counting. O(rows·columns·n/64).
    static func multiply(
        _ a: SignRows, _ b: SignColumns, kernel: Kernel = .best, into c: inout [Int32]
    ) {
        precondition(a.columns == b.rows && c.count == a.rows * b.columns, "sides of a product that fit")
        qlens_bits_multiply(
            kernel.number, a.words, b.words, a.rows, b.columns, a.rowWords, Int32(a.columns), &c)
    }
}
