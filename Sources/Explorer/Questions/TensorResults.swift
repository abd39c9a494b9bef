public import Quantization

/// All results for the open tensor under the recipe.
public struct TensorResults: Sendable {
    public internal(set) var statistics: TensorStatistics?
    /// Of the recipe, an estimate or exact; nil while there is neither.
    public internal(set) var evaluation: Evaluation?
    public internal(set) var detail: RangeDetail?
    /// What the recipe that metrics are compared with does.
    public internal(set) var baseline: Evaluation?
    /// Why the recipe cannot be applied to the tensor.
    public internal(set) var problem: String?

    private struct Slot: Sendable {
        let life: AnswerLife
        var answer: any Sendable
    }

    private var slots: [ObjectIdentifier: Slot] = [:]

    subscript<Asked: Question>(question: Asked.Type) -> Asked.Answer? {
        get { slots[ObjectIdentifier(question)]?.answer as? Asked.Answer }
        set { slots[ObjectIdentifier(question)] = newValue.map { Slot(life: Asked.life, answer: $0) } }
    }

    /// Drops what does not outlive a change.
    mutating func drop(_ life: AnswerLife) {
        slots = slots.filter { $0.value.life.rawValue > life.rawValue }
        if life.rawValue >= AnswerLife.recipe.rawValue { (evaluation, detail, problem) = (nil, nil, nil) }
        if life == .tensor { (statistics, baseline) = (nil, nil) }
    }
}

extension ExplorerState {
    public var statistics: TensorStatistics? { results.statistics }
    public var evaluation: Evaluation? { results.evaluation }
    public var detail: RangeDetail? { results.detail }
    public var baseline: Evaluation? { results.baseline }
    public var problem: String? { results.problem }
}
