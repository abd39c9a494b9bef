/// Names a metric, as JSON and options do.
public struct MetricID: Hashable, Sendable {
    public let name: String
}

extension MetricID {
    public static let mse = MetricID(name: "mse")
    public static let rmse = MetricID(name: "rmse")
    public static let mae = MetricID(name: "mae")
    public static let maxAbsError = MetricID(name: "max_abs_error")
    public static let bias = MetricID(name: "bias")
    public static let sqnr = MetricID(name: "sqnr_db")
    public static let cosine = MetricID(name: "cosine")
    public static let relativeL2 = MetricID(name: "relative_l2")
    public static let clippedFraction = MetricID(name: "clipped_fraction")
    public static let clipError = MetricID(name: "clip_error")
    public static let roundError = MetricID(name: "round_error")
    public static let zeroedFraction = MetricID(name: "zeroed_fraction")
    public static let codeEntropyBits = MetricID(name: "code_entropy_bits")
    public static let huffmanBits = MetricID(name: "huffman_bits")
    public static let levelsUsed = MetricID(name: "levels_used")
    public static let levelsTotal = MetricID(name: "levels_total")
    public static let bitsPerWeight = MetricID(name: "bits_per_weight")
    public static let bytes = MetricID(name: "bytes")
    public static let compressionRatio = MetricID(name: "compression_ratio")
    public static let outputError = MetricID(name: "output_error")
}

/// A metric: its value, and all that tables, options and help know of it.
public struct Metric: Sendable {
    public enum Better: Sendable { case higher, lower, nearerZero }

    /// How a value is written for people.
    public enum Format: Sendable {
        case significant(Int), fixed(Int)
        /// A share.
        case percent
        /// A whole number.
        case grouped
        /// A number of levels, with that of all.
        case ofLevels
    }

    public let id: MetricID
    /// In the list of metrics, in the head of a column, and in conditions of a filter.
    public let label: String
    public let head: String
    public let shortName: String?
    public let what: String
    public let formula: String
    /// Which values are usual, and what they mean.
    public let reasonable: String
    public let unit: String
    public let format: Format
    /// Which way is better; nil where it depends.
    public let better: Better?
    /// Less comes first where the worst does.
    public let isLessWorse: Bool
    /// Changes are reported as differences rather than as ratios.
    public let changesByDifference: Bool
    /// It follows from the recipe and the shape alone, so that estimates know it.
    public let isAlwaysExact: Bool
    /// It is there only where codes are known, or inputs of the layer.
    public let needsCodes: Bool
    public let needsInputs: Bool
    /// Its rank in lists that are cut from the end; nil leaves it out.
    public let importance: Int?
    /// What an undefined value counts as where there is no error at all.
    public let whenExact: Double?
    public let value: @Sendable (Metrics) -> Double?

    fileprivate init(
        _ id: MetricID, _ label: String, head: String? = nil, shortName: String? = nil, importance: Int? = nil,
        better: Better? = nil, unit: String = "", format: Format = .significant(4), changesByDifference: Bool = false,
        isLessWorse: Bool? = nil, isAlwaysExact: Bool = false, needsCodes: Bool = false, needsInputs: Bool = false,
        whenExact: Double? = nil, what: String, formula: String, reasonable: String,
        value: @escaping @Sendable (Metrics) -> Double?
    ) {
        self.id = id
        self.label = label
        self.head = head ?? id.name
        self.shortName = shortName
        (self.what, self.formula, self.reasonable) = (what, formula, reasonable)
        self.unit = unit
        self.format = format
        self.better = better
        self.isLessWorse = isLessWorse ?? (better == .higher)
        self.changesByDifference = changesByDifference
        self.isAlwaysExact = isAlwaysExact
        self.needsCodes = needsCodes
        self.needsInputs = needsInputs
        self.importance = importance
        self.whenExact = whenExact
        self.value = value
    }

    /// The value, or what it counts as where there is no error.
    public func rank(_ metrics: Metrics) -> Double? { value(metrics) ?? (metrics.mse == 0 ? whenExact : nil) }
}

/// All metrics, in the order of the documentation.
public enum MetricCatalog {
    public static let all: [Metric] = [
        Metric(
            .mse, "MSE", head: "MSE", importance: 2, better: .lower,
            what: "mean squared error: what most calibrators minimise",
            formula: "MSE = Σe²/N = clipping part + rounding part",
            reasonable: "Δ²/12 where nothing is clipped and steps are small against the spread (survey III-B)"
        ) { $0.mse },
        Metric(
            .rmse, "RMSE", importance: 11, better: .lower,
            what: "root of the MSE, in the unit of the tensor",
            formula: "√(Σe²/N)",
            reasonable: "Δ/√12 = 0.29·Δ for fine steps"
        ) { $0.rmse },
        Metric(
            .mae, "MAE", importance: 10, better: .lower,
            what: "mean absolute error",
            formula: "Σ|e|/N",
            reasonable: "Δ/4 for fine steps without clipping"
        ) { $0.mae },
        Metric(
            .maxAbsError, "max |e|", head: "max |e|", shortName: "max", importance: 6, better: .lower,
            what: "the largest single error",
            formula: "max |x̂ − x|",
            reasonable: "half a step without clipping; one step for floor and truncation"
        ) { $0.maxAbsError },
        Metric(
            .bias, "bias", importance: 12, better: .nearerZero, changesByDifference: true,
            what: "the mean error: a shift of a layer's output that bias correction can remove",
            formula: "Σe/N",
            reasonable: "near zero for rounding to nearest; −Δ/2 for floor"
        ) { $0.bias },
        Metric(
            .sqnr, "SQNR", head: "SQNR", shortName: "sqnr", importance: 0, better: .higher, unit: "dB",
            format: .fixed(2), changesByDifference: true, whenExact: .infinity,
            what: "signal to quantization noise ratio: the power of the tensor over the power of the error",
            formula: "SQNR = 10·log10(Σx²/Σe²) dB, e = x̂ − x",
            reasonable:
                "6.02 dB for every bit; 8 bits keep 35 to 45 dB of Gaussian weights, 4 bits about 20; below 10 dB a layer suffers in most networks"
        ) { $0.sqnr },
        Metric(
            .cosine, "cosine", importance: 9, better: .higher, format: .fixed(6), changesByDifference: true,
            what: "whether the tensor keeps its direction",
            formula: "Σx·x̂/(‖x‖·‖x̂‖)",
            reasonable: "above 0.999 at 8 bits, above 0.99 at good 4 bits"
        ) { $0.cosine },
        Metric(
            .relativeL2, "relative L2", importance: 13, better: .lower,
            what: "the error's length against the tensor's",
            formula: "‖e‖/‖x‖",
            reasonable: "10^(−SQNR/20): 0.1 at 20 dB, 0.01 at 40 dB"
        ) { $0.relativeL2 },
        Metric(
            .clippedFraction, "clipped", shortName: "clipped", importance: 7, format: .percent,
            changesByDifference: true, needsCodes: true,
            what: "how many elements lie beyond the outermost level by more than half the gap to its neighbour",
            formula: "count/N",
            reasonable: "0 with minmax; 0.1 to 1 % at the best range of 4 bits"
        ) { $0.clippedFraction },
        Metric(
            .clipError, "├ clipping", importance: 3, better: .lower, needsCodes: true,
            what: "the part of the MSE from elements beyond the outermost level by more than half a step",
            formula: "Σe²/N over the clipped elements",
            reasonable: "smaller than the rounding part at the best range of few bits; zero with minmax"
        ) { $0.clipError },
        Metric(
            .roundError, "└ rounding", importance: 4, better: .lower, needsCodes: true,
            what: "the part of the MSE from all other elements",
            formula: "Σe²/N over the elements that are not clipped",
            reasonable: "Δ²/12 for fine steps; far less where most elements are zero"
        ) { $0.roundError },
        Metric(
            .zeroedFraction, "zeroed", head: "zeroed %", shortName: "zeroed", importance: 8, format: .percent,
            changesByDifference: true,
            what: "how many elements that are not zero become zero",
            formula: "count(x ≠ 0, x̂ = 0)/N",
            reasonable: "large where one outlier sets the range: most weights share the zero code"
        ) { $0.zeroedFraction },
        Metric(
            .codeEntropyBits, "code entropy", importance: 14, unit: "bit", format: .fixed(3), changesByDifference: true,
            needsCodes: true,
            what: "the least bits a code takes after entropy coding",
            formula: "−Σ p·log2 p over all codes",
            reasonable: "below the bit width: the rest could be saved (survey IV-F)"
        ) { $0.codeEntropyBits },
        Metric(
            .huffmanBits, "Huffman", importance: 15, unit: "bit", format: .fixed(3), changesByDifference: true,
            needsCodes: true,
            what:
                "the mean length of a code if each had its own number of bits: the best code of whole bits (Huffman 1952)",
            formula: "entropy ≤ Huffman < entropy + 1",
            reasonable:
                "as near to the entropy as whole bits come; Deep Compression codes its k-means indices like this (survey II.3, IV-F)"
        ) { $0.huffmanBits },
        Metric(
            .levelsUsed, "levels used", importance: 16, format: .ofLevels, changesByDifference: true, isLessWorse: true,
            needsCodes: true,
            what: "codes that occur at all",
            formula: "count of codes with an element",
            reasonable: "all of them, for large tensors at few bits"
        ) { Double($0.levelsUsed) },
        Metric(
            .levelsTotal, "levels", isLessWorse: true, needsCodes: true,
            what: "codes that the recipe has",
            formula: "count of codes",
            reasonable: "2^b, where all of b bits are codes"
        ) { Double($0.levelsTotal) },
        Metric(
            .bitsPerWeight, "bits/weight", head: "bits", shortName: "bits", importance: 5, better: .lower,
            format: .significant(5), isAlwaysExact: true,
            what: "all stored bits over elements: codes, scales, zero-points",
            formula: "b + (scale bits + zero-point bits)·ranges/N",
            reasonable: "group:32 with f16 scales adds half a bit"
        ) { $0.size.bitsPerWeight },
        Metric(
            .bytes, "stored", head: "bytes", importance: 17, better: .lower, unit: "B", format: .grouped,
            isAlwaysExact: true,
            what: "bytes after quantization",
            formula: "all stored bits/8",
            reasonable: "N·b/8 and the scales"
        ) { $0.size.bytes },
        Metric(
            .compressionRatio, "smaller by", importance: 18, better: .higher, unit: "×", isAlwaysExact: true,
            what: "how much smaller the tensor gets",
            formula: "source bytes/stored bytes",
            reasonable: "32/b from Float32, less the scales"
        ) { $0.size.compressionRatio },
        Metric(
            .outputError, "output error", head: "output e", shortName: "output", importance: 1, better: .lower,
            needsInputs: true,
            what:
                "what the error does to the layer's outputs, over the inputs X that were measured (--activations): it counts weights by what they are multiplied by",
            formula: "‖(Ŵ − W)X‖ / ‖WX‖, Frobenius norms over all samples",
            reasonable:
                "near the relative L2 of the weights where inputs are alike; far above it where the columns that suffer meet large inputs: this is what SmoothQuant, AWQ and GPTQ act on"
        ) { $0.outputError },
    ]

    private static let byID = Dictionary(all.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })

    /// - Precondition: the metric is in the catalogue.
    public static subscript(id: MetricID) -> Metric {
        guard let metric = byID[id] else { preconditionFailure("no metric \(id.name) in the catalogue") }
        return metric
    }

    public static func metric(named name: String) -> Metric? { byID[MetricID(name: name)] }

    /// The listed ones, the most important first.
    public static let listed: [Metric] =
        all.filter { $0.importance != nil }.sorted { ($0.importance ?? 0) < ($1.importance ?? 0) }
}
