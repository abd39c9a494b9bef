/// Moves biases so that every channel's mean output is the float network's again (Nagel et al. 2019, with data).
struct BiasCorrection: Improver {
    let name = "bias_correction"
    let summary = "biases moved by the shift that rounding brings to mean outputs (DFQ)"
    let condition = "helps where rounding shifts mean outputs, and samples show by how much"

    func improve(_ problem: PostTrainingProblem) throws(LabFailure) -> QuantizedNetwork {
        let wanted = try means(problem, problem.network, .init())
        let quantized = try problem.rounded(problem.network)
        for layer in quantized.network.weighted {
            guard let bias = layer.bias else { continue }
            let found = try means(problem, quantized.network, quantized.pass(on: problem.run.tape))
            for output in 0..<layer.outputs {
                bias.values[output] += Float((wanted[layer.name]?[output] ?? 0) - (found[layer.name]?[output] ?? 0))
            }
        }
        return quantized
    }

    /// The mean of every output channel of every layer over the calibration samples.
    private func means(_ problem: PostTrainingProblem, _ network: Network, _ pass: Network.Pass) throws(LabFailure)
        -> [String: [Double]]
    {
        var sums: [String: [Double]] = [:]
        var counting = pass
        counting.output = { layer, y in
            let area = y.count / y.samples / layer.outputs
            var sum = sums[layer.name] ?? [Double](repeating: 0, count: layer.outputs)
            for row in 0..<y.samples * layer.outputs {
                sum[row % layer.outputs] += Tape.sum(y.data + row * area, area) / Double(area)
            }
            sums[layer.name] = sum
        }
        _ = try network.logits(of: problem.samples, on: problem.run.tape, counting) { () throws(LabFailure) in
            try problem.run.pass()
        }
        let count = Double(problem.samples.count)
        return sums.mapValues { $0.map { $0 / count } }
    }
}
