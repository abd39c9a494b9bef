/// Small grey images that an experiment makes or takes, to look at while they form.
public struct LabPictures: Sendable, Equatable {
    /// What they are.
    public let title: String
    public let columns: Int
    public let rows: Int
    /// Each row after row from the top, from 0 for the darkest to 1.
    public internal(set) var images: [[Double]]
    public static let most = 20

    /// The first of some samples; nil where these are no images.
    init?(_ title: String, _ values: UnsafePointer<Float>, count: Int, shape: [Int], range: ClosedRange<Float>) {
        guard shape.count == 3, count > 0 else { return nil }
        self.title = title
        (rows, columns) = (shape[1], shape[2])
        let area = rows * columns, channels = shape[0]
        let span = Double(max(range.upperBound - range.lowerBound, .leastNormalMagnitude))
        images = (0..<min(count, Self.most)).map { sample in
            (0..<area).map { place in
                // The mean of the channels.
                let sum = (0..<channels).reduce(0.0) { $0 + Double(values[(sample * channels + $1) * area + place]) }
                return max(0, min(1, (sum / Double(channels) - Double(range.lowerBound)) / span))
            }
        }
    }
}
