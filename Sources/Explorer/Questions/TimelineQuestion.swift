import Basics
public import Quantization

/// The ranges of the entries of axis 0.
struct TimelineQuestion: Question {
    typealias Answer = RangeTimeline

    let columns: Int

    func answer(_ work: TensorWork) throws(Cancelled) {
        guard let evaluator = work.evaluator else { return }
        let columns = columns
        let timeline = try work.remembered(self, range: work.range, bytes: { _ in 64 * columns }) {
            () throws(Cancelled) in
            try evaluator.timeline(ofRange: work.range, columns: columns, context: work.quiet)
        }
        work.put(self) { $0 = timeline }
    }
}

extension ExplorerState {
    public var timeline: RangeTimeline? { results[TimelineQuestion.self] }
}
