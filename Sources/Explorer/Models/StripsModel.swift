import Basics
import Platform
public import Quantization
import Tensors

/// The strips of the Channels screen, worded.
public struct StripsModel: Sendable {
    public struct Strip: Sendable {
        public let label: String
        /// On the axis: values and limits; nil where no element is finite.
        public let shape: Shape?
        public let sqnr: String
        public let share: String
        public let outlier: String
        public let dead: String
        /// What is remarkable is marked in front.
        public let isNotable: Bool
        public let isSelected: Bool

        public struct Shape: Sendable {
            public let minimum: Double, maximum: Double
            public let clip: (low: Double, high: Double)
            /// How its values lie, from 0 to 1, where that is known: log(1 + count) as a part of the largest of all strips.
            public let density: [Double]
        }

        /// As parts of the best and of the largest.
        public let quality: Double
        public let errorShare: Double
    }

    /// From the longest on.
    public let titles: [String]
    public let strips: [Strip]
    /// By what they are sorted: that number comes first.
    public let order: StripProfiles.Order
    /// Where `strips` begins among all, how many there are, and the cursor's index in `strips`.
    public let start: Int
    public let count: Int
    public let cursor: Int
    /// What all strips are drawn on.
    public let axis: Axis?
    public let notice: Notice?

    init(_ state: ExplorerState) {
        let channels = state.channels, kind = state.stripKind
        order = channels.order
        guard let results = state.strips, let profiles = results.profiles else {
            titles = [Words.strips]
            (strips, start, count, cursor, axis) = ([], 0, 0, 0, nil)
            notice =
                .problem(
                    state.problem,
                    or: state.strips != nil ? Words.tooManyStrips : state.isIdle ? Words.stopped : Words.working)
            return
        }
        let victims = results.findings.values.count { if case .victim = $0 { true } else { false } }
        let dead = results.findings.values.count { [.zero, .lost, .notFinite].contains($0) }
        let outliers = results.findings.values.count { if case .ownOutlier = $0 { true } else { false } }
        let head = Words.stripTitle(kind, profiles.strips.count)
        let found = Words.findingsCount(victims: victims, dead: dead, outliers: outliers)
        titles = [
            head + found + " ── \(Words.orderName(channels.order))", head + found,
            head + Words.findingsShort(results.findings.count), head,
        ]
        notice = nil
        count = results.sorted.count
        let place = state.stripCursor, first = max(0, min(place - state.rows, count - 2 * state.rows))
        (start, cursor) = (first, place - first)
        axis = results.axis
        let density = axis.flatMap { state.stripDensity(on: $0) }
        let most = log1p(Double(max(1, density?.most ?? 1)))
        strips = (first..<min(first + 2 * state.rows, count)).map { row in
            let position = results.sorted[row], strip = profiles.strips[position]
            let counts = density?.counts(ofStrip: strip.number)
            return Strip(
                strip, density: counts?.map { log1p(Double($0)) / most } ?? [],
                quality: strip.sqnr.map { max(0, min(1, $0 / max(results.bestSQNR, 1e-9))) }
                    ?? (strip.count > 0 ? 1 : 0),
                share: profiles.share(strip),
                errorShare: results.largestError > 0 ? strip.squaredError / results.largestError : 0,
                isNotable: results.findings[position] != nil, isSelected: row == place)
        }
    }

    /// All values, and clip limits as far as they lie near them.
    static func axis(of profiles: StripProfiles) -> Axis? {
        var low = Double.infinity, high = -Double.infinity
        for strip in profiles.strips where strip.count > 0 {
            low = min(low, Double(strip.minimum))
            high = max(high, Double(strip.maximum))
        }
        let room = 1.1 * max(abs(low), abs(high))
        for strip in profiles.strips where strip.count > 0 {
            low = min(low, max(Double(strip.limits.low), -room))
            high = max(high, min(Double(strip.limits.high), room))
        }
        return low < high ? Axis(low: low, high: high) : low == high ? Axis(low: low - 1, high: high + 1) : nil
    }

    /// What is under the panels: the strip at the cursor, and what is remarkable about it.
    static func summary(_ state: ExplorerState) -> [String] {
        guard let results = state.strips, let profiles = results.profiles,
            results.sorted.indices.contains(state.stripCursor)
        else { return [] }
        let position = results.sorted[state.stripCursor], strip = profiles.strips[position], kind = state.stripKind
        func text(_ value: some BinaryFloatingPoint) -> String { NumberText.significant(Double(value)) }
        let name = Words.named(kind, strip.number, state)
        var parts: [String] = []
        if let finding = results.findings[position] {
            var culprit: String?
            if case .victim(let other, _) = finding { culprit = text(profiles.strips[other].largest) }
            parts.append("! \(name): \(Words.finding(finding, kind, culprit: culprit, state))")
        }
        if strip.count == 0 { return parts }
        parts.append(
            Words.stripSummary(
                parts.isEmpty ? name + ": " : "", count: NumberText.grouped(strip.count), mean: text(strip.mean),
                deviation: text(strip.deviation)))
        parts += Words.stripRange(
            [strip.minimum, strip.lowPercentile, strip.median, strip.highPercentile, strip.maximum].map { text($0) },
            clip: (text(strip.limits.low), text(strip.limits.high)))
        return parts
    }
}

extension StripsModel.Strip {
    fileprivate init(
        _ strip: StripProfile, density: [Double], quality: Double, share: Double, errorShare: Double, isNotable: Bool,
        isSelected: Bool
    ) {
        label = "\(strip.number)"
        shape =
            strip.count > 0
            ? Shape(
                minimum: Double(strip.minimum), maximum: Double(strip.maximum),
                clip: (Double(strip.limits.low), Double(strip.limits.high)), density: density) : nil
        (self.quality, self.errorShare) = (quality, errorShare)
        let isExact = strip.squaredError == 0 && strip.count > 0
        sqnr = strip.sqnr.map { NumberText.fixed($0, places: 2) } ?? (isExact ? Words.exact : Words.none)
        self.share = NumberText.significant(share * 100, digits: 3)
        outlier = strip.outlierScore.map { NumberText.fixed($0, places: 2) } ?? Words.none
        dead = strip.deadCodes.map(String.init) ?? Words.none
        (self.isNotable, self.isSelected) = (isNotable, isSelected)
    }
}
