import Basics
import Quantization
import Checkpoints
import Explorer
import TensorFiles
import Tensors

/// What `diagnose` prints.
struct DiagnosisReport {
    let results: [Diagnosis]

    /// A paragraph for each tensor that is not sound, then the sound ones together.
    var text: String {
        var lines: [String] = []
        let ill = results.filter { $0.verdict != .sound }, sound = results.filter { $0.verdict == .sound }
        for result in ill.isEmpty && results.count == 1 ? results : ill {
            if !lines.isEmpty { lines.append("") }
            let names = Printable.text(result.a) + (result.a == result.b ? "" : " → \(Printable.text(result.b))")
            let error =
                result.sqnr.map { "SQNR \(NumberText.fixed($0, places: 2)) dB" }
                ?? (result.mse == 0 ? "no error" : "MSE \(NumberText.significant(result.mse))")
            let expected =
                result.expectedSQNR.map { ", its grid lets expect \(NumberText.fixed($0, places: 2)) dB" } ?? ""
            lines.append("\(names)  \(result.shape)  \(error)\(expected)")
            lines.append("  \(result.sentence)")
            for finding in result.findings.prefix(6) {
                let removed = NumberText.fixed(finding.removed * 100, places: 1)
                let after = finding.sqnr.map { "\(NumberText.fixed($0, places: 2)) dB after" } ?? "nothing left"
                lines.append("  \(removed) %  \(finding.cause)  \(after)")
            }
        }
        if !sound.isEmpty, results.count > 1 {
            if !lines.isEmpty { lines.append("") }
            lines.append("\(sound.count) of \(results.count) tensors are sound")
        }
        return lines.joined(separator: "\n")
    }
}
