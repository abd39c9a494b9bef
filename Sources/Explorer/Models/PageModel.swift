import Basics
import Quantization
import Tensors

/// A line of a page of text.
public enum PageLine: Equatable, Sendable {
    case heading(String)
    /// Broken where the page is narrower.
    case text(String)
    case warning(String)
    /// A name, such as a key, and what it means.
    case pair(String, String)
    /// Cells side by side; marked ones stand out.
    case columns([String], isMarked: Bool)
    case blank
}

/// What `i` is asked about.
public enum ExplanationTopic: Equatable, Sendable {
    case panel(PanelID)
    case setting(Setting)
    case metric(Int, hasOutputs: Bool)

    var title: String {
        switch self {
        case .panel(let panel): PanelCatalog[panel].title
        case .setting(let setting): Words.name(of: setting)
        case .metric(let index, let hasOutputs):
            MetricRow.metric(at: index, hasOutputs: hasOutputs).label.trimmed
        }
    }
}

extension String {
    /// Without the branches that the error panel draws before some names.
    fileprivate var trimmed: String { String(drop { "├└ ".contains($0) }) }
}

extension ExplorerState {
    /// The focused thing.
    var explanationTopic: ExplanationTopic { PanelCatalog[focus].topic(self) }

    /// What a topic is, with today's numbers and warnings.
    func explanation(of topic: ExplanationTopic) -> [PageLine] {
        var lines: [PageLine] = []
        func section(_ heading: String, _ texts: String...) {
            let texts = texts.filter { !$0.isEmpty }
            guard !texts.isEmpty else { return }
            lines += (lines.isEmpty ? [] : [.blank]) + [.heading(heading)] + texts.map { .text($0) }
        }
        switch topic {
        case .panel(let panel):
            let panel = PanelCatalog[panel]
            section(Words.headingWhat, panel.plainly, panel.explanation)
            for (heading, text) in panel.details(self) { section(heading, text) }
        case .setting(let setting):
            section(Words.headingWhat, Words.plainly(setting), Words.explanation(of: setting))
            let text = Words.settingText(setting)
            section(Words.headingFormula, text.formula)
            section(Words.headingReasonable, text.reasonable)
            let choices = ChoiceCatalog.choices(of: setting, shape: tensor.shape, format: recipe.format)
            lines += [.blank, .heading(Words.headingValues)] + choices.map { .pair($0.template, $0.words) }
        case .metric(let index, let hasOutputs):
            let metric = MetricRow.metric(at: index, hasOutputs: hasOutputs)
            section(Words.headingWhat, Words.plainly(metric.id), metric.what)
            section(Words.headingFormula, metric.formula)
            section(Words.headingReasonable, metric.reasonable)
        }
        lines += now(topic)
        if topic == .setting(.rounding), let study { lines += Self.lines(of: study) }
        let flags = SanityFlag.flags(self)
        lines += [.blank, .heading(Words.headingWarnings)]
        if flags.isEmpty { lines.append(.text(Words.noWarnings)) }
        for flag in flags { lines += [.warning(flag.text), .text(flag.reason)] }
        return lines
    }

    /// Which calibrator is best here, and what theory says.
    var objectiveNow: [String] {
        guard let objective, let model = ObjectiveModel(self),
            let best = objective.choices.min(by: { $0.mse < $1.mse }),
            let sqnr = objective.sqnr(best.mse), let mark = model.marks.first(where: { $0.isBest })
        else { return [] }
        let gain = objective.sqnr(objective.current.mse).map { sqnr - $0 } ?? 0
        return [Words.bestChoice(mark.name, mark.limit, mark.sqnr, gain: NumberText.fixed(max(0, gain), places: 2))]
            + model.theory
    }

    private static func lines(of study: StochasticStudy) -> [PageLine] {
        func text(_ value: Double, _ digits: Int = 3) -> String { NumberText.significant(value, digits: digits) }
        return [
            .blank, .heading(Words.headingDraws), .text(Words.studySize(study)),
            .text(Words.studyBias(text(study.bias, 2), text(study.biasDeviation, 2)) + text(study.nearestBias, 2)),
            .text(Words.studyVariance(text(study.variance, 4), text(study.expectedVariance, 4))),
            .text(Words.studyNearest(text(study.nearestSquaredError, 4))),
            .text(Words.studyMeans(text(study.largestMeanError, 2), text(study.nearestLargestError, 2))),
        ]
    }

    /// Today's numbers.
    private func now(_ topic: ExplanationTopic) -> [PageLine] {
        var texts: [String] = []
        let mark = evaluation?.isExact == false ? "≈" : ""
        if case .metric(let index, let hasOutputs) = topic, let evaluation {
            let row = MetricRow.rows(of: evaluation, baseline: nil, hasOutputs: hasOutputs)[index]
            texts.append("\(row.label.trimmed) = \(row.isEstimate ? mark : "")\(row.value) \(row.unit)")
            // The theory needs one step for all elements.
            if evaluation.rangeCount == 1, let step = detail?.quantizer.scale {
                let noise = Double(step) * Double(step) / 12
                if [.mse, .roundError, .rmse].contains(row.id) {
                    texts.append(
                        Words.theoryMSE(NumberText.significant(Double(step)), NumberText.significant(noise)))
                }
                if row.id == .sqnr, let statistics, let mean = statistics.mean,
                    let deviation = statistics.standardDeviation, noise > 0
                {
                    let power = mean * mean + deviation * deviation
                    if power > 0 {
                        texts.append(Words.theorySQNR(NumberText.fixed(Decibel.of(power / noise), places: 2)))
                    }
                }
            }
        }
        if case .panel(let panel) = topic { texts += PanelCatalog[panel].now(self) }
        texts += ScreenCatalog[screen].now(self)
        guard !texts.isEmpty else { return [] }
        return [.blank, .heading(Words.headingNow)] + texts.map { .text($0) }
    }
}
