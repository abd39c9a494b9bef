import Basics
import Quantization

/// How the values of the strips around a place of their order lie on their common axis.
struct DensityQuestion: Question {
    typealias Answer = StripDensities

    let kind: StripKind
    let order: StripProfiles.Order
    /// The number of a strip on the page that is shown; nil is the first page.
    let anchor: Int?
    let page: Int
    let bins: Int

    init(_ state: ExplorerState, bins: Int) {
        (kind, order, anchor) = (state.stripKind, state.channels.order, state.channels.anchor)
        (page, self.bins) = (ChannelsState.page(state), bins)
    }

    func answer(_ work: TensorWork) throws(Cancelled) {
        guard let evaluator = work.evaluator, bins > 0 else { return }
        let kind = kind, order = order, anchor = anchor, page = page, bins = bins
        let found = try work.remembered(self, bytes: { (_: Answer?) in 12 * page * bins }) {
            () throws(Cancelled) -> Answer? in
            guard let profiles = try StripsQuestion(kind: kind).profiles(work),
                let axis = StripsModel.axis(of: profiles)
            else { return nil }
            let sorted = profiles.order(by: order)
            let place = anchor.flatMap { anchor in sorted.firstIndex { profiles.strips[$0].number == anchor } } ?? 0
            // The pages around it: moving within them asks nothing anew.
            let first = max(0, (place / page - 1) * page)
            let strips = sorted.dropFirst(first).prefix(3 * page).map { profiles.strips[$0].number }
            let density = try evaluator.density(
                of: kind, strips: strips, low: axis.low, high: axis.high, bins: bins, context: work.quiet)
            return density.map { StripDensities(kind: kind, axis: axis, density: $0) }
        }
        work.put(self) { $0 = found }
    }
}

/// Counts, and what they are of.
public struct StripDensities: Sendable {
    let kind: StripKind
    let axis: Axis
    let density: StripDensity
}

extension ExplorerState {
    /// nil where what came is of other strips, or of another axis, than are shown now.
    func stripDensity(on axis: Axis) -> StripDensity? {
        guard let found = results[DensityQuestion.self], found.kind == stripKind, found.axis == axis else { return nil }
        return found.density
    }
}
