import Basics
public import Quantization

/// The error of the shown range against its clip limit.
struct ObjectiveQuestion: Question {
    typealias Answer = ObjectiveCurves

    let points: Int

    /// What guides searches is there from the second recipe on: the curves follow at once.
    func answerEarly(_ work: TensorWork) throws(Cancelled) -> Bool {
        guard let evaluator = work.evaluator, work.summary.statistics.finiteCount > 0, evaluator.hasObjectiveAtHand
        else { return false }
        if let known: Answer = work.recall(of: self, range: 0) {
            work.put(self) { $0 = known }
        } else {
            let curves = try evaluator.objective(ofRange: 0, points: points, settles: false, context: work.quiet)
            // What comes from a table of all values is settled already.
            if let curves, curves.isExact { work.remember(curves, of: self, range: 0, bytes: 256 * points) }
            work.put(self) { $0 = curves }
        }
        return true
    }

    func answer(_ work: TensorWork) throws(Cancelled) {
        guard let evaluator = work.evaluator else { return }
        if let known: Answer = work.recall(of: self, range: work.range) { return work.put(self) { $0 = known } }
        if !work.isAnsweredEarly(self), !work.isSmall {
            let proposed = try evaluator.objective(
                ofRange: work.range, points: points, settles: false, context: work.quiet)
            work.put(self) { $0 = proposed }
        }
        let settled = try evaluator.objective(ofRange: work.range, points: points, settles: true, context: work.quiet)
        if let settled { work.remember(settled, of: self, range: work.range, bytes: 256 * points) }
        work.put(self) { $0 = settled }
    }
}

extension ExplorerState {
    public var objective: ObjectiveCurves? { results[ObjectiveQuestion.self] }
}
