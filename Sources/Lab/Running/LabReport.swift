/// What an experiment has found so far.
public struct LabReport: Sendable {
    public enum State: Sendable, Equatable {
        case running
        case finished
        case cancelled
        case failed(String)
    }

    public struct Curve: Sendable, Equatable {
        /// What the vertical axis shows; the other one shows epochs, samples of the calibration, or bits.
        public enum Kind: String, Sendable, CaseIterable {
            case accuracy, loss, limit, calibration, bits, flips, matching
        }
        /// What is trained or tried.
        public let series: String
        public let kind: Kind
        /// Whose limit it is.
        public let layer: String?
        public internal(set) var points: [Point]

        public struct Point: Sendable, Equatable {
            public let x: Double
            public let y: Double
        }

        /// As JSON has it.
        public var name: String { [series, layer, kind.rawValue].compactMap { $0 }.joined(separator: " ") }
    }

    public let experiment: String
    public let seed: UInt64
    public let settings: [(name: String, value: String)]
    public internal(set) var state = State.running
    /// In the order in which they were found, one for each measure.
    public internal(set) var results: [LabResult] = []
    public internal(set) var curves: [Curve] = []
    /// What is being done.
    public internal(set) var stage = ""
    /// How far it is, from 0 to 1.
    public internal(set) var share = 0.0
    public internal(set) var seconds = 0.0
    /// Weights of the network that learns at present, layer by layer.
    public internal(set) var layers: [LayerPicture] = []
    /// Where networks decide for which class, for inputs of two numbers; by the network's name, in the order in which they were first shown.
    public internal(set) var regions: [DecisionRegions] = []
    /// By title, in the order in which they were first shown.
    public internal(set) var pictures: [LabPictures] = []
    /// By title, in the order in which they were made.
    public internal(set) var tables: [LabTable] = []
    /// What else there is to know of the settings and results, a line each.
    public internal(set) var remarks: [String] = []
    /// What was found, in a sentence; nil before the end.
    public internal(set) var finding: String?
    /// Seeds of the runs that results are means of.
    public internal(set) var seeds: [UInt64] = []

    init(experiment: String, settings: LabSettings) {
        self.experiment = experiment
        seed = settings.seed
        seeds = [settings.seed]
        self.settings = settings.values
    }

    /// Of a run that is about to begin.
    public init(_ experiment: any Experiment, _ settings: LabSettings) {
        self.init(experiment: experiment.name, settings: settings)
    }

    /// A result that is one number.
    public subscript(_ measure: LabMeasure) -> Double? {
        guard case .number(let value) = results.first(where: { $0.measure == measure })?.value else { return nil }
        return value
    }
}

/// Weights of a layer before and after quantization, in bins of one axis.
public struct LayerPicture: Sendable, Equatable {
    public let name: String
    /// The axis goes from -limit to limit.
    public let limit: Double
    /// How many weights fall into each bin.
    public let latent: [Int]
    public let quantized: [Int]
    public static let bins = 96

    /// - Parameter quantized: what is computed with; as many as there are weights.
    init(name: String, latent: UnsafeBufferPointer<Float>, quantized: [Float]) {
        self.name = name
        let largest = max(
            latent.reduce(0) { max($0, abs($1)) }, quantized.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude)
        limit = Double(largest)
        func counts(_ values: some Sequence<Float>) -> [Int] {
            var counts = [Int](repeating: 0, count: Self.bins)
            for value in values where value.isFinite {
                let place = Double(value / largest + 1) / 2 * Double(Self.bins)
                counts[max(0, min(Self.bins - 1, Int(place)))] += 1
            }
            return counts
        }
        self.latent = counts(latent)
        self.quantized = counts(quantized)
    }
}

/// The classes that a network decides for on a square of the plane, and some test samples there.
public struct DecisionRegions: Sendable, Equatable {
    /// A sample, and whether the network is right about it.
    public struct Sample: Sendable, Equatable {
        public let x: Float
        public let y: Float
        public let isRight: Bool
    }

    /// The network's.
    public let name: String
    /// The square goes from -extent to extent.
    public let extent: Double
    public let columns: Int
    public let rows: Int
    /// Row after row from the top.
    public let classes: [UInt8]
    public let samples: [Sample]
    static let side = 48
    static let sampleCount = 160
}
