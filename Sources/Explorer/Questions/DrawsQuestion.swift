import Basics
public import Quantization

/// Repeated draws of stochastic rounding, while its explanation is open or the recipe rounds so.
struct DrawsQuestion: Question {
    typealias Answer = StochasticStudy

    static var life: AnswerLife { .request }

    func answer(_ work: TensorWork) throws(Cancelled) {
        guard let evaluator = work.evaluator else { return }
        let study = try evaluator.stochasticStudy(ofRange: work.range, context: work.quiet)
        work.put(self) { $0 = study }
    }
}

extension ExplorerState {
    public var study: StochasticStudy? { results[DrawsQuestion.self] }
}
