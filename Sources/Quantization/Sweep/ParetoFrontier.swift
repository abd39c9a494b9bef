/// Which of some settings are worth their bits.
///
/// A point is on the frontier where no other has less error at no more bits, or as little error at fewer bits.
public struct ParetoFrontier: Sendable {
    /// By index: whether a point is on the frontier.
    public let isOnFrontier: [Bool]
    /// Places of the points on it, by bits.
    public let places: [Int]
    private let points: [(bits: Double, error: Double)]

    /// - Parameter points: bits per weight and an error, of which less is better, such as the MSE. O(n log n).
    public init(_ points: [(bits: Double, error: Double)]) {
        self.points = points
        let order = points.indices.sorted {
            (points[$0].bits, points[$0].error, $0) < (points[$1].bits, points[$1].error, $1)
        }
        var isOn = [Bool](repeating: false, count: points.count), least = Double.infinity, on: [Int] = []
        var last: Int?
        for place in order where points[place].error.isFinite {
            let point = points[place]
            // Equals do not dominate each other.
            let isEqual = last.map { points[$0].bits == point.bits && points[$0].error == point.error } ?? false
            guard point.error < least || isEqual else { continue }
            (least, last) = (point.error, place)
            isOn[place] = true
            on.append(place)
        }
        isOnFrontier = isOn
        places = on
    }

    /// The least error that at most so many bits buy; nil below all of the frontier.
    public func error(atBits bits: Double) -> Double? {
        places.last { points[$0].bits <= bits }.map { points[$0].error }
    }

    /// How far a point's squared error lies above the frontier's at its bits, in dB; 0 on it.
    public func gap(_ place: Int) -> Double? {
        guard let best = error(atBits: points[place].bits) else { return nil }
        let own = points[place].error
        if own == best { return 0 }
        return best > 0 ? Decibel.of(own / best) : nil
    }
}
