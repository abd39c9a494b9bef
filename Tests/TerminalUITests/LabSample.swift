import Explorer

@testable import Lab

extension LabReport {
    /// A run as it might have gone, the same on every machine.
    static func sample(_ state: State = .finished) throws -> LabReport {
        let experiment = ExperimentCatalog.all[2]
        var report = LabReport(experiment, try LabSettings(experiment, [("seed", "7")]))
        report.state = state
        report.stage = "training ste"
        report.share = state == .running ? 0.42 : 1
        report.seconds = 12.3
        for (name, value) in [
            ("float", 0.985), ("ptq", 0.612), ("qat", 0.979), ("lsq", 0.979), ("clipped_ste", 0.9905),
        ] {
            report.results.append(LabResult(measure: .accuracy(name), value: .number(value)))
        }
        let parts = [LabResult.Part(name: "conv1", value: 0.02), LabResult.Part(name: "fc", value: 0.001)]
        report.results += [
            LabResult(measure: .lostUpdates, value: .number(0.9999)),
            LabResult(measure: .sensitivity, value: .parts(parts)),
        ]
        func curve(_ series: String, _ kind: Curve.Kind, _ layer: String? = nil, _ height: (Double) -> Double) {
            let points = (0...40).map { step in
                let x = Double(step) / 5
                return Curve.Point(x: kind == .calibration ? Double(1 << (step / 4)) : x, y: height(x))
            }
            report.curves.append(Curve(series: series, kind: kind, layer: layer, points: points))
        }
        for (place, series) in ["float", "lsq", "ste"].enumerated() {
            let slow = Double(place + 1)
            curve(series, .loss) { 2.3 / (1 + 3 * $0 / slow) }
            curve(series, .accuracy) { 0.98 - 0.5 / (1 + 4 * $0 / slow) }
            curve(series, .limit, "conv1") { 1 + $0 / 20 / slow }
            curve(series, .limit, "fc") { 2 - $0 / 20 / slow }
        }
        curve("static", .calibration) { 0.8 + 0.02 * $0 }
        for name in ["conv1", "fc"] {
            let latent = (0..<600).map { Float(($0 * 7_919) % 601) / 300 - 1 }
            report.layers.append(
                latent.withUnsafeBufferPointer {
                    LayerPicture(name: name, latent: $0, quantized: latent.map { ($0 * 1.4).rounded() / 1.4 })
                })
        }
        for (title, slope) in [("real", 1.0), ("noise", 3.0)] {
            let pixels = (0..<12 * 64).map {
                Float((Double($0 * 37 % 64) * slope).truncatingRemainder(dividingBy: 64)) / 64
            }
            report.pictures += [
                pixels.withUnsafeBufferPointer {
                    LabPictures(title, $0.baseAddress!, count: 12, shape: [1, 8, 8], range: 0...1)
                }
            ].compactMap { $0 }
        }
        let side = DecisionRegions.side
        for (name, limit) in [("float", 200), ("ste", 120), ("ptq", 60)] {
            report.regions.append(
                DecisionRegions(
                    name: name, extent: 1, columns: side, rows: side,
                    classes: (0..<side * side).map { place in
                        let x = place % side - side / 2, y = place / side - side / 2
                        return x * x + y * y < limit ? 1 : x + y > 0 ? 2 : 0
                    },
                    samples: (0..<24).map { place in
                        DecisionRegions.Sample(
                            x: Float(place * 7 % 24) / 12 - 1, y: Float(place * 11 % 24) / 12 - 1,
                            isRight: place % (limit / 20) != 0)
                    }))
        }
        return report
    }
}
