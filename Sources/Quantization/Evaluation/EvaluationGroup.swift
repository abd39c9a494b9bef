public import Basics
import KernelTypes
import Tensors

/// Several recipes on one tensor. Those whose ranges lie alike share the reading of it, a chunk at a time while it is in the cache; every result
/// is that of `Evaluator.evaluate`, to the last bit.
public struct EvaluationGroup: Sendable {
    private let evaluators: [Evaluator]

    /// Recipes at once: each has tables of its own.
    private static let most = 16

    /// - Precondition: all are of the same tensor.
    public init(_ evaluators: [Evaluator]) { self.evaluators = evaluators }

    /// Calls `found(place, evaluation)` for every evaluator, in no fixed order.
    ///
    /// Reads the tensor once for every sixteen recipes with the same ranges, besides what calibrators read.
    public func evaluate(
        _ context: WorkContext = WorkContext(), _ found: (Int, Evaluation) -> Void
    ) throws(Cancelled) {
        var done = 0
        for places in batches {
            let part = context.part(
                Double(done) / Double(evaluators.count), Double(done + places.count) / Double(evaluators.count))
            done += places.count
            guard places.count > 1 else {
                found(places[0], try evaluators[places[0]].evaluate(part))
                continue
            }
            let quantizers = try quantizers(places, part.part(0, 0.3))
            var passes: [EvaluationPass] = []
            for (number, place) in places.enumerated() {
                let share = 0.2 / Double(places.count), start = 0.3 + share * Double(number)
                passes.append(
                    try EvaluationPass(
                        evaluators[place], quantizer: quantizers[place], part.part(start, start + share)))
            }
            try EvaluationPass.run(passes, part.part(0.5, 1))
            for (place, pass) in zip(places, passes) {
                found(place, evaluators[place].evaluation(of: pass.result))
            }
        }
    }

    /// Quantizers of a tensor that is one large range: searches propose, and one look at the values judges what all of them proposed.
    private func quantizers(_ places: [Int], _ context: WorkContext) throws(Cancelled) -> [Int: Quantizer] {
        let first = evaluators[places[0]]
        guard first.layout.rangeCount == 1, let summary = first.summary, summary.statistics.finiteCount > 0,
            summary.table == nil, first.tensor.count > Tiling.chunk
        else { return [:] }
        let evidence = StreamedEvidence(
            RangeReader(first.tensor, first.layout.runs(ofRange: 0)), summary: summary, context: context)
        var proposals: [(place: Int, proposal: CalibrationProposal)] = []
        for place in places {
            guard let proposal = try evaluators[place].calibration.proposal(evidence) else { continue }
            proposals.append((place, proposal))
        }
        var quantizers: [Int: Quantizer] = [:]
        for (place, proposal) in proposals where proposal.isDecided {
            quantizers[place] = evaluators[place].calibration.quantizer(for: proposal.candidates[0])
        }
        for measure in [ErrorMeasure.squared, .absolute] {
            let judged = proposals.filter { $0.proposal.measure == measure && !$0.proposal.isDecided }
            let candidates = judged.flatMap { place, proposal in
                proposal.candidates.map { evaluators[place].calibration.target.quantizer(for: $0) }
            }
            guard !candidates.isEmpty else { continue }
            let errors = try evidence.errors(candidates, measure)
            var start = 0
            for (place, proposal) in judged {
                let own = errors[start..<start + proposal.candidates.count]
                start += own.count
                quantizers[place] = evaluators[place].calibration.quantizer(for: proposal.best(own))
            }
        }
        return quantizers
    }

    /// Places of evaluators that are evaluated together.
    private var batches: [[Int]] {
        var open: [(layout: RangeLayout, places: [Int])] = [], batches: [[Int]] = []
        for (place, evaluator) in evaluators.enumerated() {
            guard evaluator.readsChunks else {
                batches.append([place])
                continue
            }
            if let same = open.firstIndex(where: { $0.layout == evaluator.layout && $0.places.count < Self.most }) {
                open[same].places.append(place)
            } else {
                open.append((evaluator.layout, [place]))
            }
        }
        return batches + open.map { $0.places }
    }
}

extension Evaluator {
    /// A plain pass over chunks, ready to begin.
    fileprivate var readsChunks: Bool {
        guard ahead == nil, table == nil, !recipe.format.isJoint else {
            return false
        }
        // Else something is to be found first.
        return summary != nil
    }
}
