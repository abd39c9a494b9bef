public import Basics
public import Quantization
public import TensorFiles
public import Tensors

/// Two checkpoints tensor by tensor: what the second one's values are to the first one's.
public struct Comparison: Sendable {
    public struct Row: Sendable, Equatable {
        /// In the order of the first file.
        public let position: Int
        public let a: String
        public let b: String
        /// Of a stacked tensor's part.
        public let expert: Int?
        /// Which rows of one side's tensor the other one's are; nil where both are whole.
        public let part: String?
        /// How they were paired, as a word of JSON, and in words where the names do not say it.
        public let matchedBy: String
        public let matchNote: String?
        public let shape: Shape
        public let typeA: String
        public let typeB: String
        /// How one lies against the other, where not in the same way.
        public let arrangement: String?
        /// nil where they cannot be compared: `problem` says why.
        public let metrics: Metrics?
        public let sums: ErrorSums
        /// Elements of which one is finite and the other is not.
        public let mismatched: Int
        public let problem: String?

        /// What is to be said of the pair, in its order: how it was found, how it is arranged, what is wrong.
        public var notes: [String] { [part, matchNote, arrangement, problem].compactMap { $0 } }

        /// What a comparison can tell, in the order of the documentation.
        public var entries: [(name: String, value: Double?)] {
            metrics?.entries.filter { Comparison.metricNames.contains($0.name) } ?? []
        }
    }

    /// Metrics that need no codes.
    public static let metricNames = MetricCatalog.all.filter { !$0.needsCodes && !$0.needsInputs }.map { $0.id.name }

    public let match: TensorMatch
    /// Heads that either file tells of, for queries and for keys.
    let heads: [Int]
    /// One of the files alone is a GGUF file, whose writers arrange tensors anew.
    let isAcrossFormats: Bool
    /// γ/√(σ² + ε) of the first file's batch norms that the second file does not have, by how many rows they are of.
    private let foldedNorms: [Int: [(name: String, factors: [Float])]]

    /// - Parameter map: pairs given by hand.
    /// - Throws: where the map names a tensor that is not there.
    public init(_ a: TensorFile, _ b: TensorFile, map: PairMap? = nil) throws(FileError) {
        match = try TensorMatch(a, b, map: map)
        foldedNorms = Self.foldedNorms(a, unpaired: Set(match.onlyA))
        heads = Self.heads(b) + Self.heads(a)
        isAcrossFormats = a.format.hasPrefix(GGUFFormat.name) != b.format.hasPrefix(GGUFFormat.name)
    }

    private static let mostNorms = 1_000

    private static func foldedNorms(
        _ file: TensorFile, unpaired: Set<String>
    ) -> [Int: [(name: String, factors: [Float])]] {
        var result: [Int: [(name: String, factors: [Float])]] = [:]
        let norms = file.tensors.lazy.filter { unpaired.contains($0.name) }.compactMap {
            BatchNormGains(of: $0, in: file)
        }
        for norm in norms.prefix(mostNorms) {
            // PyTorch's ε, and Keras's.
            for epsilon in [1e-5, 1e-3] {
                result[norm.count, default: []].append((norm.name, norm.factors(epsilon: epsilon).map { Float($0) }))
            }
        }
        return result
    }

    private static func heads(_ file: TensorFile) -> [Int] {
        file.metadata.filter {
            $0.key.hasSuffix(".attention.head_count") || $0.key.hasSuffix(".attention.head_count_kv")
        }
        .compactMap { Int($0.value) }.filter { $0 > 0 }
    }

    public var pairs: [TensorMatch.Pair] { match.pairs }

    /// Over so much noise the first arrangement that is tried is taken as the right one.
    private static let clearlyRight = 10.0
    /// Tiles that are looked at to choose among arrangements.
    private static let triedTiles = 8

    /// The result of one pair: exact over all elements, in the arrangement that a sample of rows fits best.
    public func row(_ pair: TensorMatch.Pair, context: WorkContext = WorkContext()) throws(Cancelled) -> Row {
        let candidates = SideBySide.candidates(pair, heads: heads)
        func made(_ sides: SideBySide?, _ sums: PairSums, _ problem: String?) -> Row {
            Row(
                position: pair.position, a: pair.a.name, b: pair.b.name, expert: pair.expert, part: pair.part,
                matchedBy: pair.method.word, matchNote: pair.method.words, shape: pair.b.shape,
                typeA: pair.a.typeName, typeB: pair.b.typeName, arrangement: sides?.arrangement.words,
                metrics: sums.errors.count > 0
                    ? Metrics(
                        sums: sums.errors, codeCounts: [], levelsTotal: 0,
                        size: StoredSize(
                            bits: Double(pair.b.byteCount) * 8, elements: pair.b.count, sourceBytes: pair.a.byteCount))
                    : nil,
                sums: sums.errors, mismatched: sums.mismatched, problem: problem)
        }
        guard var best = try Self.best(of: candidates, context) else {
            return made(nil, PairSums(), "shapes \(pair.a.shape) and \(pair.b.shape)")
        }
        if let folded = try folded(pair, instead: best, context) { best = folded }
        let sums = try best.sums(context: context)
        return made(best, sums, sums.errors.count > 0 ? nil : "no element that is finite in both")
    }

    /// The pair with a batch norm folded in, where that leaves a hundredth of the squared error or less.
    private func folded(
        _ pair: TensorMatch.Pair, instead best: SideBySide, _ context: WorkContext
    ) throws(Cancelled) -> SideBySide? {
        guard best.arrangement == .same, let norms = foldedNorms[pair.a.shape.extents.first ?? 0] else { return nil }
        let candidates = norms.compactMap { SideBySide(pair.a, pair.b, .foldedNorm($0.name), factors: $0.factors) }
        var least = try Self.error(of: best, context) / 100, found: SideBySide?
        guard least > 0 else { return nil }
        for candidate in candidates {
            let error = try Self.error(of: candidate, context)
            if error < least { (least, found) = (error, candidate) }
        }
        return found
    }

    /// Squared error by squared value on some tiles.
    private static func error(of sides: SideBySide, _ context: WorkContext) throws(Cancelled) -> Double {
        let tiles = sides.rows.pieces(of: sides.rowsPerTile)
        let sums = try sides.sums(everyTile: max(1, tiles / triedTiles), context: context.silent).errors
        return sums.squaredOriginal > 0 ? sums.squaredError / sums.squaredOriginal : sums.squaredError
    }

    /// The first that is clearly right on a sample of tiles, else the one of least error.
    static func best(of candidates: [SideBySide], _ context: WorkContext) throws(Cancelled) -> SideBySide? {
        guard candidates.count > 1 else { return candidates.first }
        var best: SideBySide?, least = Double.infinity
        for candidate in candidates {
            var error = try error(of: candidate, context)
            // Many vectors are near 1: what is added must explain nearly all of the error.
            if [.onePlus, .oneLess].contains(candidate.arrangement) { error *= 100 }
            if error < least { (best, least) = (candidate, error) }
            if error == 0 || Decibel.of(1 / error) >= clearlyRight { break }
        }
        return best
    }
}

/// What a comparison found.
public struct ComparisonResult: Sendable {
    /// In the order of the first file.
    public let rows: [Comparison.Row]
    public let onlyA: [String]
    public let onlyB: [String]
    /// Tensors that could be paired with several.
    public let doubts: [TensorMatch.Doubt]

    public init(
        rows: [Comparison.Row], onlyA: [String], onlyB: [String], doubts: [TensorMatch.Doubt] = []
    ) {
        self.doubts = doubts
        self.rows = rows.sorted { $0.position < $1.position }
        self.onlyA = onlyA
        self.onlyB = onlyB
    }

    /// The worst first; what cannot be compared comes before all, what is exact last.
    public func sorted(by order: ScanResult.Order) -> [Comparison.Row] {
        let keyed = rows.enumerated().map { offset, row in
            (offset: offset, row: row, value: row.metrics.flatMap { order.value($0, row.shape) })
        }
        return keyed.sorted { a, b in
            let isBroken = (a.row.metrics == nil, b.row.metrics == nil)
            if order != .name, isBroken.0 != isBroken.1 { return isBroken.0 }
            return order.precedes(a.value, b.value) ?? (a.offset < b.offset)
        }.map { $0.row }
    }

    /// All pairs together.
    public var total: ErrorSums { rows.reduce(into: ErrorSums()) { $0.merge($1.sums) } }
}
