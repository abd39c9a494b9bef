import COpenBLAS
import Quantization

/// Rounds a layer's columns one after the other and lets those still to come make up for the error (GPTQ, Frantar et al. 2022).
///
/// H = 2·E[x·xᵀ], damped by 1 % of its mean diagonal; U = chol(H⁻¹), upper. For each column i:
/// e = (w_i - q_i)/U_ii, W[:, i:] ← W[:, i:] - e·U[i, i:]. Columns that are never given anything are rounded to nearest: other inputs may use them. Ranges are chosen before, on
/// the weights as they were. With H = I it is rounding to nearest.
struct SecondOrderRounding: Improver {
    let name = "gptq"
    let summary = "columns rounded in turn, the rest makes up for each error by second moments of the inputs (GPTQ)"
    let condition = "helps where samples suffice to know how inputs go together"
    static let damping = 0.01

    func obstacle(_ weights: Recipe?, _ activations: Recipe?) -> String? {
        Self.obstacle(weights, isPossible: { $0.codesSingleValues }, needs: "values that are coded one by one")
    }

    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork {
        guard let recipe = problem.weights else { return try problem.rounded(problem.network) }
        return try problem.roundedInOrder { layer, _, now throws(LabFailure) in
            guard layer.rowLength <= SecondMoments.mostWidth,
                let (ranges, layout) = try WeightQuantizer.ranges(layer, recipe)
            else { return nil }
            let width = layer.rowLength
            let moments = SecondMoments.of(now, now, width: width, seed: problem.run.settings.seed).map { 2 * $0 }
            return try Self.rounded(
                layer.weight.array, width: width, hessian: moments
            ) { element, value in
                let quantizer = ranges.quantizers[layout.range(ofElement: element)]
                return quantizer.reconstruction(
                    of: quantizer.code(of: value, rounding: recipe.rounding, index: element))
            } betweenColumns: { () throws(LabFailure) in
                try problem.run.pass()
            }
        }
    }

    /// - Parameters:
    ///   - weights: [rows, width].
    ///   - hessian: [width, width].
    ///   - quantize: the reconstruction of an element's value.
    /// - Returns: nil where the Hessian is not positive definite even when it is damped.
    static func rounded(
        _ weights: [Float], width: Int, hessian: [Double], quantize: (Int, Float) -> Float,
        betweenColumns: () throws(LabFailure) -> Void = {}
    ) throws(LabFailure) -> [Float]? {
        let rows = weights.count / width
        var rest = weights.map(Double.init), hessian = hessian, result = weights
        var diagonal = 0.0
        for i in 0..<width {
            // A column that was never given anything depends on no other.
            if hessian[i * width + i] == 0 { hessian[i * width + i] = 1 }
            diagonal += hessian[i * width + i]
        }
        for i in 0..<width { hessian[i * width + i] += damping * diagonal / Double(width) }
        guard let upper = inverseFactor(hessian, width) else { return nil }
        for i in 0..<width {
            try betweenColumns()
            for row in 0..<rows {
                let element = row * width + i
                result[element] = quantize(element, Float(rest[element]))
                let error = (rest[element] - Double(result[element])) / upper[i * width + i]
                for j in i..<width { rest[row * width + j] -= error * upper[i * width + j] }
            }
        }
        return result
    }

    /// U, upper triangular and row-major, with H⁻¹ = Uᵀ·U.
    private static func inverseFactor(_ hessian: [Double], _ width: Int) -> [Double]? {
        var matrix = hessian
        return qlens_blas_inverse_factor(&matrix, Int32(width)) ? matrix : nil
    }
}
