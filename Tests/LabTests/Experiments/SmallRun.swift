@testable import Lab

/// Runs of experiments that take a few seconds.
enum SmallRun {
    /// Small settings of each experiment, for a few seconds.
    static let settings: [String: [(String, String)]] = [
        "bits": [], "ptq": [("calibration", "16")],
        "qat": [("epochs", "6"), ("rules", "lsq,ste,clipped-ste,pact,proximal,honest")],
        "stochastic": [("epochs", "8"), ("start", "5"), ("rate", "0.01")],
        "distillation": [("epochs", "6")], "granularity": [],
        "mixed-precision": [("bits", "2,3,4,6"), ("judged", "64")],
        "extreme": [("epochs", "2"), ("size", "64")],
        "zero-shot": [
            ("model", "glyphnet"), ("calibration", "32"), ("steps", "20"), ("generator", "20"), ("images", "128"),
            ("epochs", "1"),
        ],
        "integer-only": [], "hardware": [("width", "1"), ("batch", "2"), ("profiles", "a100,mcu")],
    ]

    static func of(
        _ experiment: any Experiment, _ chosen: [(String, String)] = [], threads: Int = 2,
        control: LabControl = LabControl(), post: @escaping (LabReport) -> Void = { _ in }
    ) throws -> LabReport {
        let settings = try LabSettings(experiment, [("model", "mlp")] + (settings[experiment.name] ?? []) + chosen)
        return LabRun(experiment.name, settings, threads: threads, control: control, post: post).perform(experiment)
    }
}
