import Basics
import Quantization
import Tensors

/// Some elements of the tensor as they are stored.
struct StoredQuestion: Question {
    typealias Answer = StoredLook

    let first: Int

    static var life: AnswerLife { .tensor }
    func look(at tensor: TensorView) -> StoredLook? { StoredLook(tensor, from: first) }

    func answer(_ work: TensorWork) throws(Cancelled) {}
}

extension ExplorerState {
    public var storedLook: StoredLook? { results[StoredQuestion.self] }
}
