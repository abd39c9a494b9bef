/// Small systems of normal equations, which may be singular.
enum SymmetricSystem {
    /// The shortest of the vectors x that leave the least ‖A·x - b‖, for a symmetric positive semidefinite A.
    ///
    /// A = V·Λ·Vᵀ by Jacobi's rotations (Golub and Van Loan, "Matrix Computations", 8.5), x = V·Λ⁺·Vᵀ·b, where eigenvalues below
    /// 1e-12 of the largest count as zero. O(n³) a sweep, about six sweeps.
    static func leastSquares(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        let count = right.count
        var a = matrix
        var vectors = (0..<count).map { i in (0..<count).map { $0 == i ? 1.0 : 0 } }
        for _ in 0..<50 {
            var offDiagonal = 0.0, diagonal = 0.0
            for i in 0..<count {
                diagonal += a[i][i] * a[i][i]
                for j in 0..<i { offDiagonal += a[i][j] * a[i][j] }
            }
            if offDiagonal <= 1e-30 * diagonal { break }
            for i in 1..<max(1, count) { for j in 0..<i where a[i][j] != 0 { rotate(&a, &vectors, i, j) } }
        }
        let largest = (0..<count).reduce(0.0) { max($0, a[$1][$1]) }
        var result = [Double](repeating: 0, count: count)
        for k in 0..<count where a[k][k] > 1e-12 * largest {
            let share = (0..<count).reduce(0.0) { $0 + vectors[$1][k] * right[$1] } / a[k][k]
            for i in 0..<count { result[i] += share * vectors[i][k] }
        }
        return result
    }

    /// Makes a[p][q] zero by a rotation in the plane of p and q.
    private static func rotate(_ a: inout [[Double]], _ vectors: inout [[Double]], _ p: Int, _ q: Int) {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot(), s = t * c
        for k in a.indices {
            (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
        }
        for k in a.indices {
            (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
            (vectors[k][p], vectors[k][q]) = (
                c * vectors[k][p] - s * vectors[k][q], s * vectors[k][p] + c * vectors[k][q]
            )
        }
    }
}
