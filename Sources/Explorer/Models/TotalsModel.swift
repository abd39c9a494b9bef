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
        } else if model.isComplete {
            self.state = Words.complete
        } else if model.isPaused {
            self.state = "\(Words.paused), \(Int(share * 100)) %"
        } else {
            self.state = Words.walkState(share: Int(share * 100), left: left.map { Words.seconds($0) })
        }
        var rows: [(String, String)] = [(Words.totalState, self.state)]
        if let total = model.total {
            rows += [
                (Words.totalQuantized, NumberText.grouped(total.tensors)),
                (Words.totalElements, NumberText.grouped(total.elements)),
                (Words.totalBytes, NumberText.grouped(Int(total.bytes))),
                (Words.totalBits, total.bitsPerWeight.map { NumberText.fixed($0, places: 4) } ?? Words.none),
                (
                    Words.totalSQNR,
                    total.sqnr.map { NumberText.fixed($0, places: 2) + " dB" }
                        ?? (total.mse == 0 ? Words.exact : Words.none)
                ),
                (Words.totalMSE, total.mse.map { NumberText.significant($0) } ?? Words.none),
                (Words.totalKept, NumberText.grouped(total.kept)),
                (Words.totalKeptBytes, NumberText.grouped(total.keptBytes)),
                (Words.totalRatio, total.compressionRatio.map { NumberText.significant($0) + " ×" } ?? Words.none),
            ]
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
