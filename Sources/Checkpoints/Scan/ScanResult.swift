public import Quantization
public import Tensors

/// What a scan found: a row for each quantized tensor, the unquantized ones, and all of them together.
public struct ScanResult: Sendable {
    /// Its canonical text.
    public let recipe: String
    /// In the order of the file, like the unquantized ones.
    public private(set) var rows: [Scan.Row]
    public let kept: [Scan.Kept]

    public init(recipe: String, rows: [Scan.Row], kept: [Scan.Kept]) {
        self.recipe = recipe
        let isInOrder = zip(rows, rows.dropFirst()).allSatisfy { $0.position <= $1.position }
        self.rows = isInOrder ? rows : rows.sorted { $0.position < $1.position }
        self.kept = kept.sorted { $0.position < $1.position }
    }

    /// - Parameter outcomes: of candidates; those without an element that counts join the unquantized ones.
    public init(recipe: String, kept: [Scan.Kept], _ outcomes: [Scan.Outcome]) {
        var rows: [Scan.Row] = [], kept = kept
        rows.reserveCapacity(outcomes.count)
        for outcome in outcomes {
            switch outcome {
            case .row(let row): rows.append(row)
            case .kept(let tensor): kept.append(tensor)
            }
        }
        self.init(recipe: recipe, rows: rows, kept: kept)
    }

    /// By what rows may be sorted.
    public enum Order: Hashable, Sendable {
        /// In the order of the file.
        case name
        /// Elements, the most first.
        case elements
        /// A metric, the worst first.
        case metric(MetricID)

        /// The word for it.
        public var word: String {
            switch self {
            case .name: "name"
            case .elements: "elements"
            case .metric(let id): id.name
            }
        }

        /// What a row is sorted by; nil where it is undefined, or the order is the file's.
        public func value(_ metrics: Metrics, _ shape: Shape) -> Double? {
            switch self {
            case .name: nil
            case .elements: Double(shape.count)
            case .metric(let id): MetricCatalog[id].rank(metrics)
            }
        }

        /// Whether one value comes before another, the worst first, undefined ones last; nil where they are alike.
        public func precedes(_ a: Double?, _ b: Double?) -> Bool? {
            switch (a, b) {
            case (let x?, let y?) where x != y: isLessWorse ? x < y : x > y
            case (_?, nil): true
            case (nil, _?): false
            default: nil
            }
        }

        public var isLessWorse: Bool {
            if case .metric(let id) = self { MetricCatalog[id].isLessWorse } else { false }
        }

        /// All words for them.
        public static let names = ["name", "elements"] + MetricCatalog.all.map { $0.id.name }

        public init?(_ word: String) {
            switch word {
            case "name": self = .name
            case "elements": self = .elements
            default:
                guard let metric = MetricCatalog.metric(named: word) else { return nil }
                self = .metric(metric.id)
            }
        }
    }

    /// The rows in an order; rows that are alike stay in the order of the file, undefined values come last.
    public func sorted(by order: Order) -> [Scan.Row] { places(by: order).map { rows[$0] } }

    /// The same as indices of `rows`: rows are large, and may be very many.
    package func places(by order: Order) -> [Int] {
        let values = rows.map { order.value($0.metrics, $0.shape) }
        return rows.indices.sorted { order.precedes(values[$0], values[$1]) ?? ($0 < $1) }
    }

    /// Everything together. Errors are those of the quantized tensors, by their elements; bytes are those of all.
    public struct Total: Sendable {
        public let tensors: Int
        public let kept: Int
        public let elements: Int
        /// As stored under the recipe, and before, of the quantized tensors.
        public let bytes: Double
        public let sourceBytes: Int
        /// Of the tensors that stay unquantized.
        public let keptBytes: Int
        public let bitsPerWeight: Double?
        public let mse: Double?
        public let sqnr: Double?
        public let relativeL2: Double?
        /// NaN and infinities of all tensors that were looked at, and how many tensors have some.
        public let notFinite: (elements: Int, tensors: Int)

        /// Of quantized and unquantized tensors together.
        public var compressionRatio: Double? {
            let after = bytes + Double(keptBytes)
            return after > 0 ? Double(sourceBytes + keptBytes) / after : nil
        }
    }

    /// Where the recipe chooses ranges; rows have its text alone.
    package var rangeMode: RangeMode { (try? Recipe(recipe))?.rangeMode ?? .own }

    public var total: Total {
        let mode = rangeMode
        let kinds = rows.map { $0.notFiniteCount(mode) } + kept.filter { $0.isWithoutFinite }.map { $0.elements }
        var sums = ErrorSums(), bits = 0.0, elements = 0, bytes = 0.0, sourceBytes = 0
        for row in rows {
            sums.merge(row.sums)
            bits += row.metrics.size.bits
            bytes += row.metrics.size.bytes
            elements += row.metrics.size.elements
            sourceBytes += row.metrics.size.sourceBytes
        }
        let error = sums.squaredError
        return Total(
            tensors: rows.count, kept: kept.count, elements: elements, bytes: bytes, sourceBytes: sourceBytes,
            keptBytes: kept.reduce(0) { $0 + $1.bytes }, bitsPerWeight: elements > 0 ? bits / Double(elements) : nil,
            mse: sums.count > 0 ? error / Double(sums.count) : nil,
            sqnr: error > 0 && sums.squaredOriginal > 0 ? Decibel.of(sums.squaredOriginal / error) : nil,
            relativeL2: sums.squaredOriginal > 0 ? (error / sums.squaredOriginal).squareRoot() : nil,
            notFinite: (kinds.reduce(0, +), kinds.count { $0 > 0 }))
    }
}
