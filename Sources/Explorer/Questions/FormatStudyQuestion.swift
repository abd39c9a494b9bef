import Basics
public import Quantization

/// What explains the recipe's format.
struct FormatStudyQuestion: Question {
    typealias Answer = FormatStudy

    /// Columns of the picture.
    let columns: Int

    func answer(_ work: TensorWork) throws(Cancelled) {
        guard let evaluator = work.evaluator else { return }
        let study = try evaluator.formatStudy(ofRange: work.range, columns: columns, context: work.quiet)
        work.put(self) { $0 = study }
    }
}

extension ExplorerState {
    public var formatStudy: FormatStudy? { results[FormatStudyQuestion.self] }
}
