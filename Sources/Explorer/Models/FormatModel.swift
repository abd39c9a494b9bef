import Quantization

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
        case notice(Notice)
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
        if let problem = state.problem { return (.notice(.problem(problem)), []) }
        guard let detail = state.detail else { return (.notice(.waiting(waiting(state))), []) }
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
        return (.notice(.waiting(waiting(state))), [])
    }

    private static func waiting(_ state: ExplorerState) -> String { state.isIdle ? Words.stoppedByUser : Words.working }
}
