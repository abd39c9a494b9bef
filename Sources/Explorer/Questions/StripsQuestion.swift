import Basics
public import Quantization

/// Every range or channel of the tensor.
struct StripsQuestion: Question {
    typealias Answer = StripResults

    let kind: StripKind

    func answer(_ work: TensorWork) throws(Cancelled) {
        let profiles = try profiles(work)
        work.put(self) { $0 = StripResults(profiles: profiles, findings: profiles?.findings ?? [:]) }
    }

    func profiles(_ work: TensorWork) throws(Cancelled) -> StripProfiles? {
        guard let evaluator = work.evaluator else { return nil }
        let kind = kind
        return try work.remembered(self, bytes: { ($0?.strips.count ?? 0) * 256 }) { () throws(Cancelled) in
            try evaluator.profiles(of: kind, context: work.loud)
        }
    }

    static func hasArrived(_ state: inout ExplorerState) { state.sortStrips() }
}

/// The profiles of the strips, and their order.
public struct StripResults: Sendable {
    /// nil where there are too many, or no such axis.
    public let profiles: StripProfiles?
    public let findings: [Int: StripFinding]
    /// Positions in the profiles' strips, in the chosen order.
    public internal(set) var sorted: [Int] = []
    /// What all are drawn on, and what bars are parts of.
    let axis: Axis?
    let bestSQNR: Double
    let largestError: Double

    init(profiles: StripProfiles?, findings: [Int: StripFinding]) {
        self.profiles = profiles
        self.findings = findings
        axis = profiles.flatMap { StripsModel.axis(of: $0) }
        bestSQNR = profiles?.strips.compactMap { $0.sqnr }.max() ?? 1
        largestError = profiles?.strips.map { $0.squaredError }.max() ?? 0
    }
}

extension ExplorerState {
    public var strips: StripResults? { results[StripsQuestion.self] }
    /// The index of the cursor in the order.
    public var stripCursor: Int {
        guard let strip = channels.strip, let strips, let profiles = strips.profiles else { return 0 }
        return strips.sorted.firstIndex { profiles.strips[$0].number == strip } ?? 0
    }

    mutating func sortStrips() {
        let sorted = strips?.profiles?.order(by: channels.order) ?? []
        results[StripsQuestion.self]?.sorted = sorted
    }
}
