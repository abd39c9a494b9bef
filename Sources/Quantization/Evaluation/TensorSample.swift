public import Basics
public import Tensors

/// A part of a tensor in memory that stands for the whole in estimates: whole ranges where they are small, runs of 4 KiB or
/// more spread over ranges where they are large.
public struct TensorSample: Sendable {
    let view: TensorView
    let layout: RangeLayout
    /// Elements of the tensor for each element of the sample.
    let ratio: Double
    /// The ranges of the tensor that the sample's ranges come from.
    let ranges: [Int]
    /// A part of the entries that the same ranges are chosen from, where these are others: ranges of equal length, entry after
    /// entry where each counts by itself.
    private(set) var ahead: (view: TensorView, layout: RangeLayout)?

    /// Elements that a sample has about; fewer where thousands of ranges are each searched.
    static let budget = 1 << 18
    static let searchBudget = 1 << 16
    /// Vectors are read one by one, from anywhere.
    static let vectorBudget = 1 << 13
    private static let shortestRun = 1_024

    public init(_ tensor: TensorView, for recipe: Recipe) throws(ShapeMismatch) {
        let layout = try recipe.layout(of: tensor)
        let isSearched = recipe.looksAtValues && layout.rangeCount > 1
        let budget = isSearched ? Self.searchBudget : Self.budget
        let entries = recipe.rangeMode.calibrationEntries
        if let format = recipe.format.joint {
            self = format.sample(of: tensor, layout)
            return
        }
        guard entries > 0 else {
            self.init(tensor, layout, budget: budget)
            return
        }
        let judged = tensor.entries(entries..<tensor.shape.extents[0])
        self.init(judged, try recipe.layout(ofJudged: judged.shape), budget: budget)
        let others = tensor.entries(0..<entries)
        let shared = try recipe.layout(ofJudged: others.shape)
        if case .average = recipe.rangeMode {
            takeAhead(others, shared.split(into: entries), (0..<entries).map { $0 * shared.rangeCount }, budget)
        } else {
            takeAhead(others, shared, [0], budget)
        }
    }

    /// Whole vectors, each a row; those with values that are not finite are left out, unless there are no others.
    init(_ tensor: TensorView, vectorsOf dimension: Int) {
        var values = tensor.vectors(of: dimension, most: Self.vectorBudget)
        if values.isEmpty { values = [Float](repeating: 0, count: dimension) }
        let rows = values.count / dimension
        ratio = Double(tensor.count) / Double(values.count)
        ranges = [0]
        layout = RangeLayout(rows: 1, rowLength: values.count, pieceLength: values.count)
        // The counts agree by construction.
        view = TensorView(name: tensor.name, values: values, shape: Shape([rows, dimension])!)!
    }

    /// Whole blocks of ranges that are coded together, with the weights of their elements.
    init(_ tensor: TensorView, _ whole: RangeLayout, blocksOf size: Int) {
        let blocks = RangeLayout(rows: whole.rows, rowLength: whole.rowLength, pieceLength: size)
        let sample = TensorSample(tensor, blocks, budget: Self.searchBudget)
        let runs = size / whole.pieceLength
        ratio = sample.ratio
        ranges = sample.ranges.flatMap { block in (0..<runs).map { block * runs + $0 } }
        layout = RangeLayout(
            rows: sample.layout.rows, rowLength: sample.layout.rowLength, pieceLength: whole.pieceLength)
        let weights = tensor.columnWeights.map { weights in
            ColumnWeights(
                each: sample.ranges.flatMap { block -> ArraySlice<Float> in
                    let runs = blocks.runs(ofRange: block)
                    let first = weights.index(ofElement: runs.run(inRow: runs.rows.lowerBound).lowerBound)
                    return weights.values[first..<first + size]
                })
        }
        view = sample.view.weighted(by: weights)
    }

    /// Takes values of the sample's ranges from other entries.
    ///
    /// - Parameter firstRanges: of each entry that has ranges of its own.
    private mutating func takeAhead(
        _ others: TensorView, _ layout: RangeLayout, _ firstRanges: [Int], _ budget: Int
    ) {
        let wanted = firstRanges.flatMap { first in ranges.map { first + $0 } }
        let smallest = wanted.map { layout.runs(ofRange: $0).count }.min() ?? 0
        let length = max(1, min(smallest, budget / max(1, wanted.count)))
        var values: [Float] = []
        values.reserveCapacity(wanted.count * length)
        for range in wanted {
            let runs = layout.runs(ofRange: range), before = values.count
            // As many rows as give runs of 4 KiB or more, spread over the range.
            let rows = min(runs.rows.count, max(1, length / min(Self.shortestRun, runs.columns.count)))
            for place in 0..<rows where values.count - before < length {
                let run = runs.run(inRow: runs.rows.lowerBound + place * runs.rows.count / rows)
                let share = (length - (values.count - before)) / (rows - place)
                let count = min(run.count, max(1, share))
                let start = run.lowerBound + (run.count - count) / 2
                values += others.values(start..<start + count)
            }
            // Rows that were shorter than their share: once more from the first on, so that all ranges are of one length.
            while values.count - before < length { values.append(values[before]) }
        }
        guard let shape = Shape([wanted.count, length]),
            let view = TensorView(name: others.name, values: values, shape: shape)
        else { return }
        ahead = (view, RangeLayout(rows: wanted.count, rowLength: length, pieceLength: length))
    }

    /// Judges a recipe by the sample.
    func evaluator(_ recipe: Recipe, _ summary: TensorSummary?) -> Evaluator {
        // The extremes are those of all entries; they say nothing of entries set apart.
        let known =
            ahead == nil ? summary.flatMap { $0.statistics.finiteCount > 0 ? ($0.minimum, $0.maximum) : nil } : nil
        return Evaluator(
            view, layout: layout, recipe: recipe, summary: nil, knownExtremes: known,
            largest: summary?.largest ?? largest(for: recipe), isEstimate: true,
            ahead: aheadCalibration(recipe))
    }

    /// The largest magnitude of the sample, where the format looks at the tensor's.
    private func largest(for recipe: Recipe) -> Float? {
        guard let format = recipe.format.scaled, format.needsTensorLargest else { return nil }
        return view.values(0..<view.count).reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
    }

    /// The ranges of `ahead` as a recipe uses them.
    func aheadCalibration(_ recipe: Recipe) -> AheadCalibration? {
        guard let ahead else { return nil }
        return AheadCalibration(sample: ahead.view, ahead.layout, recipe, ranges: ranges.count)
    }

    init(_ tensor: TensorView, _ whole: RangeLayout, budget: Int) {
        let pick = Pick(whole, budget: budget)
        var values: [Float] = [], ranges: [Int] = []
        values.reserveCapacity(pick.count)
        for band in pick.bands {
            for row in pick.rows(ofBand: band) {
                let pieces = pick.pieces(ofBand: band)
                if pick.pieceLength == whole.pieceLength {  // whole pieces lie together
                    let start = row * whole.rowLength + pieces.lowerBound * whole.pieceLength
                    values += tensor.values(start..<start + pieces.count * whole.pieceLength)
                    continue
                }
                for piece in pieces {
                    for run in pick.runs(ofPiece: piece, row: row) { values += tensor.values(run) }
                }
            }
            ranges += pick.pieces(ofBand: band).map { band * whole.pieces + $0 }
        }
        let rowLength = pick.pieceCount * pick.pieceLength
        let rows = pick.bands.count * pick.rowsPerBand
        layout = RangeLayout(
            rows: rows, rowLength: rowLength, pieceLength: pick.pieceLength, rowsPerBlock: pick.rowsPerBand,
            bandRows: pick.rowsPerBand)
        ratio = Double(whole.count) / Double(max(1, values.count))
        self.ranges = ranges
        // The counts agree by construction.
        view = TensorView(name: tensor.name, values: values, shape: Shape([rows, rowLength])!)!
    }

    /// Which rows, pieces and runs a sample takes.
    private struct Pick {
        let whole: RangeLayout
        let bands: [Int]
        let pieceCount: Int
        let rowsPerBand: Int
        /// Elements taken of each piece.
        let pieceLength: Int

        var count: Int { bands.count * rowsPerBand * pieceCount * pieceLength }

        init(_ whole: RangeLayout, budget: Int) {
            self.whole = whole
            // Short last bands and pieces are left out unless there are no others.
            let fullPieces = max(1, whole.rowLength / whole.pieceLength)
            let fullBands = (0..<min(whole.bandCount, 1 << 16)).filter {
                whole.rows(ofBand: Self.spread($0, min(whole.bandCount, 1 << 16), whole.bandCount)).count
                    == whole.bandRows
            }
            let bandTotal = min(whole.bandCount, 1 << 16)
            let usable = fullBands.map { Self.spread($0, bandTotal, whole.bandCount) }
            let available = usable.isEmpty ? [0] : usable
            let height = usable.isEmpty ? whole.rows(ofBand: 0).count : whole.bandRows
            let rangeSize = height * whole.pieceLength
            let ranges: Int
            if rangeSize * 4 <= budget {
                rowsPerBand = height
                pieceLength = whole.pieceLength
                ranges = budget / rangeSize
            } else {
                ranges = min(64, fullPieces * available.count)
                let perRange = min(rangeSize, budget / ranges)
                rowsPerBand = min(height, max(1, perRange / min(shortestRun, whole.pieceLength)))
                pieceLength = min(whole.pieceLength, max(1, perRange / rowsPerBand))
            }
            let together = min(fullPieces, max(1, shortestRun / pieceLength))
            let bandCount = min(available.count, max(1, ranges / together))
            bands = (0..<bandCount).map { available[Self.spread($0, bandCount, available.count)] }
            pieceCount = min(fullPieces, max(1, ranges / bandCount))
        }

        /// The `index`-th of `count` positions spread evenly over `total`.
        private static func spread(_ index: Int, _ count: Int, _ total: Int) -> Int { index * total / count }

        func rows(ofBand band: Int) -> [Int] {
            let all = whole.rows(ofBand: band)
            return (0..<rowsPerBand).map { all.lowerBound + Self.spread($0, rowsPerBand, all.count) }
        }

        /// Neighbouring pieces, at another position in each band.
        func pieces(ofBand band: Int) -> Range<Int> {
            let room = max(1, whole.rowLength / whole.pieceLength) - pieceCount
            let start = room == 0 ? 0 : band &* 7_919 % (room + 1)
            return start..<start + pieceCount
        }

        /// Runs spread over a piece, `pieceLength` elements together.
        func runs(ofPiece piece: Int, row: Int) -> [Range<Int>] {
            let start = row * whole.rowLength + piece * whole.pieceLength
            let length = min(whole.pieceLength, whole.rowLength - piece * whole.pieceLength)
            if pieceLength >= length || pieceLength < 2 * shortestRun {
                let offset = (length - min(length, pieceLength)) / 2
                return [start + offset..<start + offset + pieceLength]
            }
            let runCount = pieceLength / shortestRun
            return (0..<runCount).map { index in
                let size = index == runCount - 1 ? pieceLength - shortestRun * (runCount - 1) : shortestRun
                let offset = Self.spread(index, runCount, length - shortestRun)
                let begin = min(start + offset, start + length - size)
                return begin..<begin + size
            }
        }
    }
}

extension Evaluator {
    /// What the recipe does, judged by a sample of the tensor made for the recipe's granularity.
    public static func estimate(
        _ tensor: TensorView, recipe: Recipe, sample: TensorSample, summary: TensorSummary?, context: WorkContext
    ) throws(Cancelled) -> Evaluation? {
        guard let exact = try? Evaluator(tensor, recipe: recipe, summary: summary) else { return nil }
        let evaluator = sample.evaluator(recipe, summary)
        let result = try evaluator.state(context).result(context)
        let counts = result.codeCounts.map { UInt64((Double($0) * sample.ratio).rounded()) }
        return evaluator.evaluation(
            sums: result.sums, codeCounts: counts, quantizers: result.quantizers,
            worstRange: sample.ranges.isEmpty ? 0 : sample.ranges[min(result.worstRange, sample.ranges.count - 1)],
            layout: exact.layout, tensor: exact.tensor, isExact: false)
    }

    /// The histograms of a tensor before and after, judged by a sample; the codes are those of the sample's range that is
    /// nearest to the wanted one.
    public static func estimatedDetail(
        _ tensor: TensorView, recipe: Recipe, sample: TensorSample, summary: TensorSummary?,
        question: DetailQuestion, context: WorkContext
    ) throws(Cancelled) -> RangeDetail? {
        guard let whole = try? Evaluator(tensor, recipe: recipe, summary: summary).layout, !sample.ranges.isEmpty
        else { return nil }
        let evaluator = sample.evaluator(recipe, summary)
        let range = question.range
        let near = sample.ranges.indices.min { abs(sample.ranges[$0] - range) < abs(sample.ranges[$1] - range) } ?? 0
        var sampleQuestion = question
        sampleQuestion.range = near
        let detail = try evaluator.detail(sampleQuestion, context: context)
        let count = whole.runs(ofRange: sample.ranges[near]).count
        let ratio = Double(count) / Double(max(1, detail.count))
        var original = detail.original, reconstruction = detail.reconstruction, errors = detail.errors
        let factor = detail.coverage == .range ? ratio : sample.ratio
        original.scale(by: factor)
        reconstruction.scale(by: factor)
        errors.scale(by: ratio)
        return RangeDetail(
            range: sample.ranges[near], rangeCount: whole.rangeCount, count: count, quantizer: detail.quantizer,
            codeCounts: detail.codeCounts.map { UInt64((Double($0) * ratio).rounded()) },
            squaredError: detail.squaredError * ratio, original: original, reconstruction: reconstruction,
            errors: errors, coverage: detail.coverage, isExact: false)
    }
}
