public import Quantization
import Tensors

/// What a scan found: a row for each tensor, what was kept, and all of it together.
public struct ScanResult: Sendable {
    public let recipe: Recipe
    public private(set) var rows: [Scan.Row]
    public let kept: [Scan.Kept]

    public init(recipe: Recipe, rows: [Scan.Row], kept: [Scan.Kept]) {
        self.recipe = recipe
        self.rows = rows
        self.kept = kept
    }

    /// By what rows may be sorted.
    public enum Order: Hashable, Sendable {
        /// In the order of the file.
        case name
        /// Elements, the most first.
        case elements
        /// A metric, the worst first.
        case metric(String)

        /// Metrics of which less is worse.
        private static let lessIsWorse: Set<String> = [
            "sqnr_db", "cosine", "compression_ratio", "levels_used", "levels_total",
        ]

        var isLessWorse: Bool { if case .metric(let name) = self { Self.lessIsWorse.contains(name) } else { false } }

        /// All words for them.
        public static let names = ["name", "elements"] + Metrics.names

        public init?(_ word: String) {
            switch word {
            case "name": self = .name
            case "elements": self = .elements
            case let metric where Metrics.names.contains(metric): self = .metric(metric)
            default: return nil
            }
        }
    }

    /// The rows in an order; rows that are alike stay in the order of the file, undefined values come last.
    public func sorted(by order: Order) -> [Scan.Row] {
        func value(_ row: Scan.Row) -> Double? {
            switch order {
            case .name: nil
            case .elements: Double(row.shape.count)
            // Without any error nothing is better.
            case .metric("sqnr_db"): row.metrics.sqnr ?? (row.metrics.mse == 0 ? .infinity : nil)
            case .metric(let name): row.metrics.entries.first { $0.name == name }?.value
            }
        }
        let keyed = rows.enumerated().map { (offset: $0, row: $1, value: value($1)) }
        return keyed.sorted { a, b in
            switch (a.value, b.value) {
            case (let x?, let y?) where x != y: order.isLessWorse ? x < y : x > y
            case (_?, nil): true
            case (nil, _?): false
            default: a.offset < b.offset
            }
        }.map { $0.row }
    }

    /// Everything together. Errors are those of the quantized tensors, by their elements; bytes are those of all.
    public struct Total: Sendable {
        public let tensors: Int
        public let kept: Int
        public let elements: Int
        /// As stored under the recipe, and before, of the quantized tensors.
        public let bytes: Double
        public let sourceBytes: Int
        /// Of the tensors that are kept.
        public let keptBytes: Int
        public let bitsPerWeight: Double?
        public let mse: Double?
        public let sqnr: Double?
        public let relativeL2: Double?

        /// Of quantized and kept tensors together.
        public var compressionRatio: Double? {
            let after = bytes + Double(keptBytes)
            return after > 0 ? Double(sourceBytes + keptBytes) / after : nil
        }
    }

    public var total: Total {
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
            relativeL2: sums.squaredOriginal > 0 ? (error / sums.squaredOriginal).squareRoot() : nil)
    }
}
