public import Quantization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What explains the format: its levels, and what is particular to it, a page each.
public struct FormatModel: Sendable {
    /// The pages, in the order in which the keys step through those that a format has.
    public enum Page: Sendable, Equatable {
        case zeroBand, planes, vectors, blocks, floatGrid, levels
    }

    public enum Content: Sendable {
        case levels(LevelsPage)
        case floatGrid(FloatGridPage)
        case blocks(BlocksPage)
        case planes(PlanesPage)
        case zeroBand(ZeroBandPage)
        case vectors(VectorsPage)
        /// Instead of a page.
        case notice(String)
    }

    /// From the longest on.
    public let titles: [String]
    public let content: Content
    /// What the picture shows, from the most to the least wanted.
    public let summary: [String]

    /// The pages that the recipe's format has.
    static func pages(_ state: ExplorerState) -> [Page] {
        let format = state.recipe.format
        var pages: [Page] = []
        switch format.traits.study {
        case .vectors: return [.vectors]
        case .zeroBand: pages.append(.zeroBand)
        case .planes: pages.append(.planes)
        case .blocks, .none: break
        }
        let hasBlocks = format.traits.study == .blocks && (state.detail?.rangeCount ?? 2) > 1
        let isFixed = if case .fixed = format.traits.granularity { true } else { false }
        if hasBlocks, isFixed { pages.append(.blocks) }
        if format.smallFloat != nil { pages.append(.floatGrid) }
        pages.append(.levels)
        if hasBlocks, !isFixed { pages.append(.blocks) }
        return pages
    }

    init(_ state: ExplorerState) {
        let pages = Self.pages(state), number = min(state.formatPage, pages.count - 1), page = pages[number]
        let place = pages.count > 1 ? " \(number + 1)/\(pages.count)" : ""
        let name = state.recipe.format.name
        titles = ["\(name) ── \(Words.title(of: page))\(place)", "\(Words.title(of: page))\(place)", name]
        let built = Self.build(page, state)
        content = built.content
        summary = built.summary
    }

    private static func build(_ page: Page, _ state: ExplorerState) -> (content: Content, summary: [String]) {
        if let problem = state.problem { return (.notice(problem), []) }
        guard let detail = state.detail else { return (.notice(waiting(state)), []) }
        switch page {
        case .levels:
            let page = LevelsPage(detail, state)
            return (.levels(page), page.summary)
        case .floatGrid:
            guard let page = FloatGridPage(detail, state) else { break }
            return (.floatGrid(page), page.summary)
        case .blocks:
            guard case .blocks(let study)? = state.formatStudy else { break }
            let page = BlocksPage(study, detail)
            return (.blocks(page), page.summary)
        case .planes:
            guard case .planes(let study)? = state.formatStudy else { break }
            let page = PlanesPage(study, detail, state)
            return (.planes(page), page.summary)
        case .zeroBand:
            guard case .zeroBand(let study)? = state.formatStudy else { break }
            let page = ZeroBandPage(study)
            return (.zeroBand(page), page.summary)
        case .vectors:
            guard case .vectors(let study)? = state.formatStudy else { break }
            let page = VectorsPage(study, state)
            return (.vectors(page), page.summary)
        }
        return (.notice(waiting(state)), [])
    }

    private static func waiting(_ state: ExplorerState) -> String { state.isIdle ? Words.stoppedByUser : Words.working }
}

/// Levels as a ruler with the borders of their cells, and as a list.
public struct LevelsPage: Sendable {
    public struct Row: Sendable {
        public let code: String
        public let level: String
        /// The cell's ends.
        public let from: String
        public let to: String
        public let share: String
        public let isUsed: Bool
        public let isZero: Bool
        public let isAtCursor: Bool
    }

    public let axis: Axis
    public let levels: [Double]
    public let borders: [Double]
    /// A part of the list: what a screen can show.
    public let rows: [Row]
    public let firstRow: Int
    public let count: Int
    let summary: [String]

    init(_ detail: RangeDetail, _ state: ExplorerState) {
        let quantizer = detail.quantizer, format = state.recipe.format
        axis = Axis(detail.original.binning, isLogarithmic: state.hasLogAxis)
        count = quantizer.levelCount
        let isDrawn = count <= 4_096
        levels = isDrawn ? quantizer.levels.map { Double($0) } : []
        let borders = isDrawn ? quantizer.thresholds : []
        self.borders = borders
        let atCursor = state.cursorValue.map { quantizer.code(of: $0, rounding: .even, index: 0) }
        // Around the cursor's level, moved by what was scrolled.
        let middle = (atCursor ?? quantizer.lowestCode) - quantizer.lowestCode + state.formatScroll
        let shown = max(1, state.viewport.formatRows)
        firstRow = max(0, min(middle - shown / 2, count - shown))
        let total = Double(max(1, detail.codeCounts.reduce(0, +)))
        // A tie at zero has the least number above it as its border.
        let least = quantizer.step * 1e-9
        func text(_ value: Double) -> String { NumberText.significant(abs(value) < least ? 0 : value, digits: 4) }
        let step = Double(quantizer.scale)
        rows = (firstRow..<min(count, firstRow + shown)).map { place in
            let code = quantizer.lowestCode + place
            func border(_ place: Int) -> String {
                guard place >= 0 else { return "−∞" }
                guard place < quantizer.levelCount - 1 else { return "∞" }
                if borders.indices.contains(place) { return text(borders[place]) }
                return text(
                    step * (Double(code - quantizer.zeroPoint) + (place == code - quantizer.lowestCode ? 0.5 : -0.5)))
            }
            let occurs = detail.codeCounts.indices.contains(place) ? detail.codeCounts[place] : 0
            return Row(
                code: format.text(ofCode: code), level: text(Double(quantizer.reconstruction(of: code))),
                from: border(place - 1), to: border(place),
                share: (detail.isExact ? "" : "≈") + NumberText.percent(Double(occurs) / total, digits: 3),
                isUsed: occurs > 0, isZero: code == quantizer.zeroCode, isAtCursor: code == atCursor)
        }
        let used = detail.codeCounts.count { $0 > 0 }
        let huffman = state.evaluation?.metrics
        summary = [
            Words.levelsUsed(used, of: count) + (detail.rangeCount > 1 ? Words.inThisRange : ""),
            huffman.map {
                Words.variableRate(
                    fixed: state.recipe.format.bits, entropy: NumberText.fixed($0.codeEntropyBits, places: 3),
                    huffman: NumberText.fixed($0.huffmanBits, places: 3), isExact: state.evaluation?.isExact == true,
                    isTensor: detail.rangeCount > 1)
            } ?? "", Words.source(FormatCatalog.family(of: format).source),
        ].filter { !$0.isEmpty }
    }
}

/// A small float's values by exponent and mantissa, both signs together.
public struct FloatGridPage: Sendable {
    public struct Row: Sendable {
        /// The exponent field, and the value of its first mantissa times S.
        public let exponent: String
        public let value: String
        /// How often each mantissa occurs, a share of the largest count on a logarithmic scale; nil where the code is no number.
        public let shades: [Double?]
        /// The share of the values in the binade.
        public let share: String
        public let isSubnormal: Bool
        public let isLargest: Bool
    }

    /// From the largest exponent down.
    public let rows: [Row]
    public let firstRow: Int
    public let mantissas: Int
    let summary: [String]

    init?(_ detail: RangeDetail, _ state: ExplorerState) {
        guard let format = state.recipe.format.smallFloat, case .book(let quantizer) = detail.quantizer else {
            return nil
        }
        let zero = format.positiveCount, counts = detail.codeCounts
        guard counts.count >= 2 * zero + 1 else { return nil }
        let columns = 1 << format.mantissaBits, exponents = 1 << format.exponentBits
        mantissas = columns
        func count(_ code: Int) -> UInt64? {
            guard code <= zero else { return nil }
            return code == 0 ? counts[zero] : counts[zero + code] + counts[zero - code]
        }
        let total = Double(max(1, counts.reduce(0, +)))
        let most = log1p(Double((0...zero).compactMap { count($0) }.max() ?? 1))
        rows = (0..<exponents).reversed().compactMap { exponent -> Row? in
            let codes = exponent * columns..<(exponent + 1) * columns
            let all = codes.map { count($0) }
            guard all.contains(where: { $0 != nil }) else { return nil }
            let first = codes.lowerBound == 0 ? min(1, columns - 1) : codes.lowerBound
            let value = Double(format.magnitude(ofCode: first)) * Double(quantizer.scale)
            return Row(
                exponent: String(exponent), value: NumberText.significant(value, digits: 3),
                shades: all.map { $0.map { most > 0 ? log1p(Double($0)) / most : 0 } },
                share: NumberText.percent(Double(all.compactMap { $0 }.reduce(0, +)) / total, digits: 3),
                isSubnormal: exponent == 0, isLargest: codes.contains(zero))
        }
        let shown = max(1, state.viewport.formatRows)
        let start = rows.firstIndex { $0.shades.contains { ($0 ?? 0) > 0 } } ?? 0
        firstRow = max(0, min((rows.count <= shown ? 0 : max(0, start - 1)) + state.formatScroll, rows.count - shown))
        let scale = Double(quantizer.scale)
        let clipped = state.evaluation?.metrics.clippedFraction ?? 0
        summary = [
            Words.floatFields(format.exponentBits, format.mantissaBits, bias: format.bias),
            Words.saturation(
                NumberText.significant(Double(format.largest)),
                NumberText.significant(Double(format.largest) * scale), NumberText.percent(clipped, digits: 3),
                isTensor: detail.rangeCount > 1),
            Words.subnormals(NumberText.significant(Double(format.leastNormal) * scale)),
        ]
    }
}

/// The scales of neighbouring blocks, and what the largest value of each costs the others.
public struct BlocksPage: Sendable {
    public struct Column: Sendable {
        /// log2 of the scale.
        public let exponent: Double
        /// In decibels.
        public let cost: Double
        public let isShown: Bool
    }

    public let columns: [Column]
    public let lowest: Double
    public let highest: Double
    public let mostCost: Double
    let summary: [String]

    init(_ study: BlockStudy, _ detail: RangeDetail) {
        columns = study.blocks.map {
            Column(exponent: log2(Double($0.scale)), cost: $0.cost, isShown: $0.range == detail.range)
        }
        lowest = (columns.map { $0.exponent }.min() ?? 0).rounded(.down)
        highest = max(lowest + 1, (columns.map { $0.exponent }.max() ?? 1).rounded(.up))
        mostCost = max(1, columns.map { $0.cost }.max() ?? 1)
        func decibels(_ value: Double?) -> String { value.map { NumberText.fixed($0, places: 2) } ?? Words.exact }
        var lines = [
            Words.blocksCost(NumberText.grouped(study.blocks.count), NumberText.fixed(study.cost, places: 2))
        ]
        if let block = study.blocks.first(where: { $0.range == detail.range }) {
            lines.append(
                Words.block(
                    NumberText.grouped(block.range + 1), of: NumberText.grouped(study.rangeCount),
                    scale: Self.scale(block.scale),
                    largest: NumberText.significant(Double(block.largest), digits: 4),
                    next: NumberText.significant(Double(block.secondLargest), digits: 4)))
            lines.append(
                Words.neighbours(
                    decibels(Decibel.sqnr(block.power, block.error)),
                    without: decibels(Decibel.sqnr(block.power, block.errorWithout))))
        }
        summary = lines
    }

    /// A power of two as such.
    private static func scale(_ scale: Float) -> String {
        let exponent = log2(Double(scale))
        return exponent == exponent.rounded() ? "2^\(Int(exponent))" : NumberText.significant(Double(scale))
    }
}

/// Binary codes, a plane more in each line.
public struct PlanesPage: Sendable {
    public struct Row: Sendable {
        public let text: [String]
        public let levels: [Double]
    }

    public let axis: Axis
    public let rows: [Row]
    let summary: [String]

    init(_ study: PlaneStudy, _ detail: RangeDetail, _ state: ExplorerState) {
        axis = Axis(detail.original.binning, isLogarithmic: false)
        func text(_ value: Double) -> String { NumberText.significant(value, digits: 4) }
        func decibels(_ value: Double?) -> String {
            value.map { NumberText.fixed($0, places: 2) + " dB" } ?? Words.exact
        }
        rows = study.steps.enumerated().map { number, step in
            Row(
                text: [
                    Words.plane(number + 1, levels: step.levels.count, decibels(step.sqnr)),
                    Words.greedyPlane(decibels(step.greedySQNR)), "α \(text(step.alpha))",
                ], levels: step.levels)
        }
        var lines = [Words.alphas(study.alphas.map(text))]
        if let value = state.cursorValue {
            let signs = study.signs(of: Double(value))
            let parts = zip(signs, study.alphas).map { ($0 ? "+" : "−") + text($1) }
            let sum = zip(signs, study.alphas).reduce(0) { $0 + ($1.0 ? $1.1 : -$1.1) }
            lines.append(Words.sum(text(Double(value)), parts.joined(separator: " "), text(sum)))
        }
        summary = lines
    }
}

/// The error against the threshold of the zero band.
public struct ZeroBandPage: Sendable {
    public struct Mark: Sendable {
        public let sign: Character
        /// 0 to 1 over the axis.
        public let share: Double
    }

    public let axis: Axis
    /// Over the axis, 0 at the least and 1 at the largest error; and the share of zeros.
    public let errors: [Double]
    public let zeros: [Double]
    public let marks: [Mark]
    let summary: [String]

    init(_ study: ZeroBandStudy) {
        let high = study.points.last?.threshold ?? 1
        axis = Axis(low: 0, high: high > 0 ? high : 1)
        let most = study.points.map { $0.mse }.max() ?? 1, least = study.points.map { $0.mse }.min() ?? 0
        errors = study.points.map { most > least ? ($0.mse - least) / (most - least) : 0 }
        zeros = study.points.map { $0.zeros }
        let axis = axis
        func mark(_ sign: Character, _ point: ZeroBandStudy.Point) -> Mark {
            Mark(sign: sign, share: max(0, axis.share(of: max(0, point.threshold))))
        }
        marks = [mark("*", study.best), mark("7", study.rule), mark("Δ", study.used)]
        func text(_ value: Double) -> String { NumberText.significant(value, digits: 4) }
        func decibels(_ point: ZeroBandStudy.Point) -> String {
            study.sqnr(point).map { NumberText.fixed($0, places: 2) } ?? Words.exact
        }
        let binary = study.points.first
        summary = [
            study.used.threshold < 0
                ? Words.binaryUsed(text(study.used.alpha), decibels(study.used))
                : Words.bandUsed(
                    text(study.used.threshold), text(study.used.alpha), NumberText.percent(study.used.zeros, digits: 3),
                    decibels(study.used)),
            Words.bandBest(text(study.best.threshold), decibels(study.best)),
            Words.bandRule(text(study.rule.threshold), decibels(study.rule)),
            binary.map { Words.bandBinary(decibels($0)) } ?? "",
        ]
    }
}

/// Pairs of neighbours and their centroids.
public struct VectorsPage: Sendable {
    public let study: VectorStudy
    let summary: [String]

    init(_ study: VectorStudy, _ state: ExplorerState) {
        self.study = study
        let metrics = state.evaluation?.metrics
        let used = study.counts.count { $0 > 0 }
        summary = [
            Words.vectors(study.dimension, centroids: study.centroids.count, used: used),
            metrics.map {
                Words.variableRate(
                    fixed: state.recipe.format.bits, entropy: NumberText.fixed($0.codeEntropyBits, places: 3),
                    huffman: NumberText.fixed($0.huffmanBits, places: 3), isExact: state.evaluation?.isExact == true,
                    isTensor: false) + Words.aVector
            } ?? "",
            study.correlation.map { Words.correlation(NumberText.fixed($0, places: 3)) } ?? "",
            study.dimension > 2 ? Words.firstTwo : "",
        ].filter { !$0.isEmpty }
    }
}
