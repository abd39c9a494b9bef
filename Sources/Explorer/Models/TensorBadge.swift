import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// What is wrong with a tensor at a glance, as a mark in lists: what is known from the scan, or from a look at all of its values.
public enum TensorBadge: Sendable, CaseIterable {
    /// Its values cannot be read.
    case unreadable
    /// NaN or infinities among its elements.
    case notFinite
    /// No element that is not zero.
    case zero
    /// All elements are one value.
    case constant
    /// A channel of nothing but zeros.
    case deadChannel
    /// One value far out, which the range is spent on.
    case outlier

    /// One column wide.
    public var mark: String {
        switch self {
        case .unreadable: "✗"
        case .notFinite: "!"
        case .zero: "∅"
        case .constant: "="
        case .deadChannel: "▫"
        case .outlier: "^"
        }
    }

    /// The same without characters beyond ASCII.
    public var asciiMark: String {
        switch self {
        case .unreadable: "x"
        case .zero: "0"
        case .deadChannel: "-"
        case .notFinite, .constant, .outlier: mark
        }
    }

    /// Above this an element is likely to spoil the range.
    static let outlierScore = 2.0

    static func of(_ index: Int, _ state: ExplorerState) -> TensorBadge? {
        let tensor = state.file.tensors[index]
        if tensor.problem != nil { return .unreadable }
        if state.notFiniteCount(of: index) ?? 0 > 0 { return .notFinite }
        if let row = state.model.row(index), row.sums.count > 0, row.sums.squaredOriginal == 0 { return .zero }
        guard let facts = state.facts[index] ?? nil else { return nil }
        if facts.isZero { return .zero }
        if facts.isConstant { return .constant }
        if facts.hasDeadChannel { return .deadChannel }
        if let score = facts.outlierScore, score > outlierScore { return .outlier }
        return nil
    }
}

extension ExplorerState {
    /// NaN and infinities of a tensor; nil where it was neither scanned nor looked at.
    func notFiniteCount(of index: Int) -> Int? {
        if index == tensorIndex, let statistics { return statistics.count - statistics.finiteCount }
        if let row = model.row(index) { return row.notFiniteCount(model.scan?.recipe.rangeMode ?? .own) }
        if case .kept(let kept)? = model.outcomes[index], kept.isWithoutFinite { return kept.elements }
        return facts[index].flatMap { $0?.notFinite }
    }
}
