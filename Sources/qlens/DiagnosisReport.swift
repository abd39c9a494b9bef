import Basics
import Quantization
import Checkpoints
import Explorer
import TensorFiles
import Tensors

/// What `diagnose` prints.
struct DiagnosisReport {
    let a: String
    let b: String
    let results: [Diagnosis]

    var json: JSONValue {
        .object([
            ("original", .string(a)), ("export", .string(b)),
            (
                "tensors",
                .array(
                    results.map { result in
                        var members: [(String, JSONValue)] = [
                            ("a", .string(result.a)), ("b", .string(result.b)),
                            ("shape", .array(result.shape.extents.map(JSONValue.int))),
                            ("verdict", .string(result.verdict.kind)), ("cause", .null),
                            ("sentence", .string(Self.sentence(result))),
                            ("mse", .number(result.mse)), (MetricID.sqnr.name, .number(result.sqnr)),
                            ("expected_sqnr_db", .number(result.expectedSQNR)),
                            ("hypotheses", .array(result.findings.map(Self.json))),
                        ]
                        if case .cause(let finding) = result.verdict { members[4].1 = .string(finding.cause) }
                        return .object(members)
                    })
            ),
        ])
    }

    private static func json(_ finding: Finding) -> JSONValue {
        .object([
            ("cause", .string(finding.cause)), ("sentence", .string(finding.sentence)),
            ("evidence", .string(finding.evidence)), ("removed", .number(finding.removed)),
            (MetricID.sqnr.name, .number(finding.sqnr)),
        ])
    }

    private static func sentence(_ result: Diagnosis) -> String {
        switch result.verdict {
        case .sound: "sound: the error is what quantization leaves"
        case .cause(let finding): "\(finding.sentence) (\(finding.evidence))"
        case .unknown: "no known cause: no correction that was tried brings it near the original"
        case .incomparable(let reason): reason
        }
    }

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
            lines.append("  \(Self.sentence(result))")
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
