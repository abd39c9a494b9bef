import Basics
import Quantization
import Tensors

/// Where the first NaN and the first infinity of the tensor are.
struct NotFiniteQuestion: Question {
    typealias Answer = FirstNotFinite

    static var life: AnswerLife { .tensor }
    static var needsRecipe: Bool { false }

    /// Elements that are looked at together.
    private static let chunk = 1 << 16

    func answer(_ work: TensorWork) throws(Cancelled) {
        let tensor = work.tensor, statistics = work.summary.statistics
        guard statistics.finiteCount < statistics.count else { return }
        var found = FirstNotFinite(), start = 0
        while start < tensor.count,
            found.nan == nil && statistics.nanCount > 0 || found.infinity == nil && statistics.infinityCount > 0
        {
            if work.quiet.cancel.isCancelled { throw Cancelled() }
            let end = min(start + Self.chunk, tensor.count)
            for (offset, value) in tensor.values(start..<end).enumerated() where !value.isFinite {
                if value.isNaN {
                    found.nan = found.nan ?? start + offset
                } else {
                    found.infinity = found.infinity ?? start + offset
                }
            }
            start = end
        }
        work.put(self) { [found] in $0 = found }
    }
}

/// Elements by their numbers in row-major order.
public struct FirstNotFinite: Equatable, Sendable {
    public var nan: Int?
    public var infinity: Int?
}

extension ExplorerState {
    public var firstNotFinite: FirstNotFinite? { results[NotFiniteQuestion.self] }
}
