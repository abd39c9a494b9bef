import Checkpoints
import Quantization

/// The file under the pinned recipe, A, beside which the ranking shows the present one, B.
struct PinnedScan: Sendable {
    let scan: Scan
    /// What is known, by the tensor's position.
    var outcomes: [Int: Scan.Outcome]
    /// Candidates without an outcome.
    private(set) var pending: Int

    init(_ scan: Scan, outcomes: [Int: Scan.Outcome]) {
        (self.scan, self.outcomes) = (scan, outcomes)
        pending = scan.candidates.count { outcomes[$0.position] == nil }
    }

    var missing: [Scan.Candidate] { pending == 0 ? [] : scan.candidates.filter { outcomes[$0.position] == nil } }

    func row(_ position: Int) -> Scan.Row? {
        if case .row(let row) = outcomes[position] { row } else { nil }
    }

    mutating func take(_ outcome: Scan.Outcome, of position: Int) {
        if outcomes.updateValue(outcome, forKey: position) == nil { pending = max(0, pending - 1) }
    }
}
