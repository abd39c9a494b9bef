import Basics
import Checkpoints
import Quantization
import TensorFiles

/// All weights together, and what stays unquantized.
public struct TotalsModel: Sendable {
    public let rows: [(label: String, value: String)]
    /// How far the scan is.
    public let state: String
    /// From 0 to 1.
    public let share: Double
    /// What the file's bytes would be: codes, scales and what belongs to them, and tensors that stay as they are.
    public let parts: [(name: String, bytes: Double)]
    /// Quality and bits of all weights together, to be written large.
    public let figures: [MetricsModel.Figure]

    init(_ state: ExplorerState) {
        let model = state.model
        let bytes = model.allBytes, missing = model.pending.bytes
        share = bytes > 0 ? Double(bytes - missing) / Double(bytes) : 1
        let left = model.spent.bytes > 0 ? Double(missing) * model.spent.seconds / Double(model.spent.bytes) : nil
        if let problem = model.problem {
            self.state = problem
        } else if model.isComplete, let pinned = model.pinned, pinned.pending > 0 {
            self.state = model.isPaused ? Words.paused : Words.pinnedPending(pinned.pending)
        } else if model.isComplete {
            self.state = Words.complete
        } else if model.isPaused {
            self.state = "\(Words.paused), \(Int(share * 100)) %"
        } else {
            self.state = Words.walkState(share: Int(share * 100), left: left.map { Words.seconds($0) })
        }
        var rows: [(String, String)] = [(Words.totalState, self.state)]
        if let total = model.total {
            let pinned = model.pinnedTotal
            if let recipe = model.pinned?.scan.recipe, pinned != nil {
                rows += [
                    (Words.pinnedRecipe, recipe.description), (Words.presentRecipe, state.recipe.description),
                    (Words.losses, Words.lossCount(model.lossCount, of: model.comparedCount)),
                ]
            }
            /// A's value and B's, or B's alone where nothing is pinned.
            func add(_ label: String, unit: String = "", _ text: (ScanResult.Total) -> String?) {
                let before = pinned.map { text($0) ?? Words.none }, now = text(total) ?? Words.none
                let end = text(total) == nil ? "" : unit
                rows.append((label, (before.map { $0 == now ? now : Words.change($0, now) } ?? now) + end))
            }
            add(Words.totalQuantized) { NumberText.grouped($0.tensors) }
            add(Words.totalElements) { NumberText.grouped($0.elements) }
            add(Words.totalBytes) { NumberText.grouped(Int($0.bytes)) }
            add(Words.totalBits) { $0.bitsPerWeight.map { NumberText.fixed($0, places: 4) } }
            if total.sqnr == nil, total.mse == 0 {
                add(Words.totalSQNR) { $0.sqnr.map { NumberText.fixed($0, places: 2) + " dB" } ?? Words.exact }
            } else {
                add(Words.totalSQNR, unit: " dB") {
                    $0.sqnr.map { NumberText.fixed($0, places: 2) } ?? ($0.mse == 0 ? Words.exact : nil)
                }
            }
            add(Words.totalMSE) { $0.mse.map { NumberText.significant($0) } }
            add(Words.totalKept) { NumberText.grouped($0.kept) }
            add(Words.totalKeptBytes) { NumberText.grouped($0.keptBytes) }
            add(Words.totalRatio, unit: " ×") { $0.compressionRatio.map { NumberText.significant($0) } }
        }
        if let bad = model.total?.notFinite, bad.tensors > 0 {
            rows.append((Words.totalNotFinite, Words.notFinite(bad.elements, tensors: bad.tensors)))
        }
        for pattern in model.include { rows.append((Words.included, pattern.description)) }
        for pattern in model.exclude.suffix(4) { rows.append((Words.excluded, ScreenText.safe(pattern.description))) }
        let total = model.total
        parts = total.map { Self.parts($0, model.scan?.recipe) } ?? []
        figures = total.map { Self.figures($0, pinned: model.pinnedTotal) } ?? []
        for (reason, count) in model.reasons {
            rows.append(("", Words.moreReasons(count, ScreenText.safe(reason))))
        }
        self.rows = rows
    }

    /// Scales are what is beyond the bits of the codes.
    private static func parts(_ total: ScanResult.Total, _ recipe: Recipe?) -> [(name: String, bytes: Double)] {
        let codes = recipe.map { min(total.bytes, Double(total.elements) * Double($0.format.bits) / 8) }
        let quantized: [(String, Double)] =
            codes.map { [(Words.partCodes, $0), (Words.partScales, total.bytes - $0)] }
            ?? [(Words.partQuantized, total.bytes)]
        return quantized + [(Words.partKept, Double(total.keptBytes))]
    }

    private static func figures(_ total: ScanResult.Total, pinned: ScanResult.Total?) -> [MetricsModel.Figure] {
        func figure(_ label: String, _ unit: String, _ now: Double?, _ before: Double?, isMoreBetter: Bool)
            -> MetricsModel.Figure
        {
            let change = now.flatMap { now in before.map { now - $0 } }
            let verdict: MetricRow.Change.Verdict =
                (change ?? 0) == 0 ? .same : ((change ?? 0) > 0) == isMoreBetter ? .better : .worse
            return MetricsModel.Figure(
                text: now.map { NumberText.fixed($0, places: $0 >= 10 ? 1 : 2) } ?? Words.none, unit: unit,
                label: label, change: change.map { MetricRow.Change(text: Words.signed($0), verdict: verdict) },
                isEstimate: false, isFresh: false)
        }
        return [
            figure("SQNR", "dB", total.sqnr, pinned?.sqnr, isMoreBetter: true),
            figure(Words.totalBits, "", total.bitsPerWeight, pinned?.bitsPerWeight, isMoreBetter: false),
        ]
    }
}

extension Words {
    static let partCodes = "codes"
    static let partScales = "scales"
    static let partQuantized = "quantized"
    static let partKept = "kept"
}
