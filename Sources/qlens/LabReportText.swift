import Basics
import Explorer
import Lab

/// What `lab` prints.
enum LabReportText {
    /// Accuracies as bars from the worst to all, other numbers below.
    static func table(_ report: LabReport) -> String {
        var lines = [
            "\(report.experiment), \(seeds(report)), \(NumberText.fixed(report.seconds, places: 1)) s",
            report.settings.filter { $0.name != "seed" && !$0.value.isEmpty }
                .map { "\($0.name) \($0.value)" }.joined(separator: ", "), "",
        ]
        let rows = report.results.compactMap { result -> [String]? in
            guard result.measure.unit == .accuracy, case .number(let value) = result.value else { return nil }
            let bar = String(repeating: "#", count: Int((value * 40).rounded()))
            let spread = result.spread.map { spread in
                "\(NumberText.fixed(spread.lowerBound * 100, places: 2)) … \(NumberText.fixed(spread.upperBound * 100, places: 2))"
            }
            let share = "\(NumberText.fixed(value * 100, places: 2)) %"
            return [result.measure.subject, share] + (report.seeds.count > 1 ? [spread ?? ""] : []) + [bar]
        }
        if !rows.isEmpty {
            let head = ["accuracy of", "right"] + (report.seeds.count > 1 ? ["from … to"] : []) + [""]
            lines += TextTable.lines(head, rows, leading: 1, trailing: 1)
        }
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
        for table in report.tables {
            let rows = table.rows.map { $0.map { $0.description } }
            lines += ["", table.title] + TextTable.lines(table.columns, rows, leading: 1, trailing: 0)
        }
        if !report.remarks.isEmpty { lines += [""] + report.remarks }
        if let finding = report.finding { lines += ["", finding] }
        return lines.joined(separator: "\n")
    }

    private static func seeds(_ report: LabReport) -> String {
        report.seeds.count == 1
            ? "seed \(report.seed)" : "seeds \(report.seeds.map { "\($0)" }.joined(separator: ", "))"
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
