/// A machine as the roofline model sees it: how fast it moves bytes, how fast it multiplies, and what unpacking a weight costs.
///
/// The time of a layer is max(bytes/bandwidth, operations/peak) + weights · unpacking. Source of the model: Williams, Waterman and
/// Patterson, "Roofline" (2009). What it leaves out: caches, the start of kernels, and overlap of unpacking with either side.
public struct HardwareProfile: Hashable, Sendable {
    /// The fastest multiplication of weights by activations of some widths.
    public struct Peak: Hashable, Sendable {
        public let weightBits: Int
        public let activationBits: Int
        /// Multiplications and additions a second: two for every weight and sample.
        public let operations: Double

        public init(weightBits: Int, activationBits: Int, operations: Double) {
            (self.weightBits, self.activationBits, self.operations) = (weightBits, activationBits, operations)
        }
    }

    public let name: String
    /// What it is, in a line.
    public let summary: String
    /// Where the numbers are from.
    public let source: String
    /// Bytes a second between memory and processor.
    public let bandwidth: Double
    /// The widest first.
    public let peaks: [Peak]
    /// Seconds to unpack a weight that is stored in fewer bits than it is multiplied in.
    public let unpacking: Double
    public let activationBits: Int
    /// Samples, or tokens, that share the reading of the weights.
    public let batch: Int

    /// - Precondition: there is a peak, and all numbers are positive (unpacking may take no time).
    public init(
        name: String, summary: String, source: String, bandwidth: Double, peaks: [Peak], unpacking: Double,
        activationBits: Int, batch: Int
    ) {
        precondition(!peaks.isEmpty && bandwidth > 0 && unpacking >= 0 && batch > 0, "a profile that is none")
        self.name = name
        self.summary = summary
        self.source = source
        self.bandwidth = bandwidth
        self.peaks = peaks.sorted {
            ($0.weightBits, $0.activationBits) > ($1.weightBits, $1.activationBits)
        }
        self.unpacking = unpacking
        self.activationBits = activationBits
        self.batch = batch
    }

    public func withBatch(_ batch: Int) -> HardwareProfile {
        HardwareProfile(
            name: name, summary: summary, source: source, bandwidth: bandwidth, peaks: peaks, unpacking: unpacking,
            activationBits: activationBits, batch: batch)
    }

    /// How weights of some bits are multiplied: at the fastest peak that holds weights and activations; the widest where none does.
    func peak(weightBits: Int) -> Peak {
        let wide = peaks.filter { $0.weightBits >= weightBits && $0.activationBits >= activationBits }
        return wide.max { $0.operations < $1.operations } ?? peaks[0]
    }
}
