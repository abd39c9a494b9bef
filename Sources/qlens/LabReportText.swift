import Basics
import Explorer
import Lab

/// What `lab` prints.
enum LabReportText {
    /// Accuracies as bars from the worst to all, other numbers below.
    static func table(_ report: LabReport) -> String {
        var lines = [
            "\(report.experiment), seed \(report.seed), \(NumberText.fixed(report.seconds, places: 1)) s",
            report.settings.filter { $0.name != "seed" && !$0.value.isEmpty }
                .map { "\($0.name) \($0.value)" }.joined(separator: ", "), "",
        ]
        let rows = report.results.compactMap { result -> [String]? in
            guard result.measure.unit == .accuracy, case .number(let value) = result.value else { return nil }
            let bar = String(repeating: "#", count: Int((value * 40).rounded()))
            return [result.measure.subject, "\(NumberText.fixed(value * 100, places: 2)) %", bar]
        }
        if !rows.isEmpty { lines += TextTable.lines(["accuracy of", "right", ""], rows, leading: 1, trailing: 1) }
        for result in report.results where result.measure.unit != .accuracy {
            switch result.value {
            case .number(let value): lines.append("\(result.measure.subject)  \(NumberText.significant(value))")
            case .parts(let parts):
                let texts = parts.map { "\($0.name) \(NumberText.significant($0.value))" }
                lines.append("\(result.measure.subject)  \(texts.joined(separator: ", "))")
            }
        }
        for result in report.results where !result.notes.isEmpty {
            lines += ["\(result.measure.subject) is worse than plain rounding:"] + result.notes.map { "  " + $0 }
        }
        return lines.joined(separator: "\n")
    }

    /// The experiments with their settings, and the common settings.
    static var catalogue: String {
        let experiments = ExperimentCatalog.all.map { experiment in
            "\(experiment.name)  \(experiment.summary) (survey \(experiment.section))\n" + lines(experiment.settings)
        }
        return (experiments + ["all\n" + lines(LabSetting.common)]).joined(separator: "\n\n")
    }

    private static func lines(_ settings: [LabSetting]) -> String {
        settings.map { setting in
            let value = setting.value.contains(" ") ? "\"\(setting.value)\"" : setting.value
            return "    --\(setting.name)\(value.isEmpty ? "" : " \(value)")\n        \(setting.summary)"
        }.joined(separator: "\n")
    }
}
