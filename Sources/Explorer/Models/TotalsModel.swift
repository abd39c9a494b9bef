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
        for (reason, count) in model.reasons {
            rows.append(("", Words.moreReasons(count, ScreenText.safe(reason))))
        }
        self.rows = rows
    }
}
