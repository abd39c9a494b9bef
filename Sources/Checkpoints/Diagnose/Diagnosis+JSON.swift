public import Basics
import Quantization
import Tensors

extension Diagnosis {
    /// `diagnose --json`
    public static func json(of results: [Diagnosis], original a: String, export b: String) -> JSONValue {
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
                            ("sentence", .string(result.sentence)),
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

    /// The verdict in a sentence.
    public var sentence: String {
        switch verdict {
        case .sound: "sound: the error is what quantization leaves"
        case .cause(let finding): "\(finding.sentence) (\(finding.evidence))"
        case .unknown: "no known cause: no correction that was tried brings it near the original"
        case .incomparable(let reason): reason
        }
    }
}
