public import Explorer

/// Where the parts of the tensor screen stand. The less important ones go as the window shrinks; the focused one is always there.
public struct Layout: Equatable, Sendable {
    public static let neededRows = 18
    public static let neededColumns = 60
    /// From this width on the list stands beside the distribution; below it comes with the focus.
    static let columnsForList = 92

    public let isTooSmall: Bool
    /// By panel; those that have no room are not there.
    public private(set) var panels: [PanelID: Rect] = [:]
    public let formula: Rect
    /// The line of warnings; nil where the last line has to hold them.
    public let flagRow: Int?
    public let footerRow: Int
    public let body: Rect
    private let metricCount: Int

    public init(_ state: ExplorerState, rows: Int? = nil, columns: Int? = nil) {
        self.init(
            rows: rows ?? state.rows, columns: columns ?? state.columns, focus: state.focus, isZoomed: state.isZoomed,
            hasEntries: state.hasEntryRanges, wantsFormat: state.wantsFormatPanel, hasLimits: state.hasLimits,
            screen: state.screen, metricCount: MetricRow.count(hasOutputs: state.hasOutputs),
            hasOther: state.comparison.other != nil, hasRegions: LabRegionsModel.areWanted(state))
    }

    /// - Parameters:
    ///   - hasEntries: ranges are chosen over entries, so that their timeline is wanted.
    ///   - wantsFormat: the format has pictures of its own.
    ///   - hasLimits: there is a clip limit to draw curves over.
    ///   - hasOther: another file is compared with the open one.
    ///   - hasRegions: a network of the lab decides on the plane.
    init(
        rows: Int, columns: Int, focus: PanelID, isZoomed: Bool, hasEntries: Bool, wantsFormat: Bool = false,
        hasLimits: Bool = true, screen: ScreenID = .tensor, metricCount: Int = MetricRow.count(hasOutputs: false),
        hasOther: Bool = false, hasRegions: Bool = false
    ) {
        self.metricCount = metricCount
        isTooSmall = rows < Self.neededRows || columns < Self.neededColumns
        footerRow = rows - 1
        flagRow = rows >= 20 ? rows - 2 : nil
        // Only the tensor's range and a strip have a line to themselves.
        let hasFormula = screen == .tensor || screen == .channels
        let formulaHeight = !hasFormula ? 0 : columns < 120 && rows >= 22 ? 2 : 1
        let below = formulaHeight + 1 + (flagRow == nil ? 0 : 1)
        formula = Rect(row: rows - below, column: 0, height: formulaHeight, width: columns)
        body = Rect(row: 1, column: 0, height: rows - 1 - below, width: columns)
        guard !isTooSmall else { return }
        if isZoomed {
            panels[focus] = body
            return
        }
        if screen == .lab {
            placeLab(focus, hasRegions: hasRegions)
            return
        }
        let right = placeRight(focus: focus, screen: screen)
        var middle = Rect(row: body.row, column: 0, height: body.height, width: columns - right)
        if screen == .model {
            panels[.ranking] = middle
            return
        }
        if columns >= Self.columnsForList || focus == .tensors {
            var width = columns >= 160 ? 40 : columns >= Self.columnsForList ? 26 : 27
            if middle.width - width < 22 { width = middle.width }
            panels[.tensors] = Rect(row: body.row, column: 0, height: body.height, width: width)
            middle = Rect(row: body.row, column: width, height: body.height, width: middle.width - width)
        }
        guard middle.width > 0 else { return }
        switch screen {
        case .channels:
            placeTwo(middle, .strips, .heatMap, lower: max(9, middle.height * 2 / 5), focus: focus)
            return
        case .compare:
            placeTwo(middle, .pins, .pairs, lower: hasOther ? max(8, middle.height / 2) : 6, focus: focus)
            return
        default: break
        }
        var wanted: [PanelID] =
            hasEntries
            ? [.timeline, .objective, .transfer, .errors, .codes, .format]
            : [.transfer, .objective, .errors, .codes, .format, .timeline]
        if wantsFormat {
            wanted = (hasEntries ? [.timeline] : []) + [.format, .objective, .transfer, .errors, .codes]
            if !hasLimits { wanted = [.format, .transfer, .errors, .codes, .objective] }
        }
        placeMiddle(middle, focus: focus, wanted: wanted)
    }

    /// Recipe and metrics, and the statistics where they have room; returns the width.
    private mutating func placeRight(focus: PanelID, screen: ScreenID) -> Int {
        let width = body.width >= 160 ? 40 : body.width >= 76 ? 31 : 28
        let column = body.width - width
        // In a low window the list of settings scrolls, so that the metrics keep some rows.
        let settings = Setting.allCases.count
        let recipeHeight = body.height >= 30 ? settings + 4 : settings
        panels[.recipe] = Rect(row: body.row, column: column, height: recipeHeight, width: width)
        var rest = Rect(
            row: body.row + recipeHeight, column: column, height: body.height - recipeHeight, width: width)
        switch screen {
        case .channels: panels[.metrics] = rest
        case .model: panels[.totals] = rest
        case .compare:
            panels[.recipe] = Rect(row: body.row, column: column, height: body.height, width: width)
        default: break
        }
        guard screen == .tensor else { return width }
        let metricHeight = metricCount + 2
        if rest.height >= metricHeight + 8 {
            panels[.statistics] = Rect(
                row: rest.row + metricHeight, column: column, height: rest.height - metricHeight, width: width)
            rest = Rect(row: rest.row, column: column, height: metricHeight, width: width)
        }
        panels[.metrics] = rest
        return width
    }

    /// Experiments at the left, curves beside them; outcomes, weights and regions where they have room.
    private mutating func placeLab(_ focus: PanelID, hasRegions: Bool) {
        let left = body.width >= 160 ? 46 : body.width >= 110 ? 36 : body.width >= 76 ? 32 : 28
        panels[.experiments] = Rect(row: body.row, column: 0, height: body.height, width: left)
        var rest = Rect(row: body.row, column: left, height: body.height, width: body.width - left)
        if body.width >= 110 {
            let width = body.width >= 160 ? 50 : 36
            panels[.outcomes] = Rect(
                row: body.row, column: body.width - width, height: body.height, width: width)
            rest.width -= width
            placeTwo(
                rest, .labCurves, focus == .regions ? .regions : .labLayer, lower: max(8, rest.height / 3), focus: focus
            )
            guard hasRegions || focus == .regions, rest.width >= 60, rest.height >= 24,
                let lower = panels[.labLayer] ?? panels[.regions]
            else { return }
            let half = lower.width / 2
            panels[.labLayer] = Rect(row: lower.row, column: lower.column, height: lower.height, width: half)
            panels[.regions] = Rect(
                row: lower.row, column: lower.column + half, height: lower.height, width: lower.width - half)
            return
        }
        let lower: PanelID = focus == .labLayer || focus == .regions ? focus : .outcomes
        placeTwo(rest, .labCurves, lower, lower: max(8, rest.height / 2), focus: focus)
    }

    /// Two panels, one above the other; in a low window the one that has the focus, or the upper one.
    private mutating func placeTwo(
        _ middle: Rect, _ upper: PanelID, _ lower: PanelID, lower height: Int, focus: PanelID
    ) {
        guard middle.height >= height + 8 else {
            panels[focus == lower ? lower : upper] = middle
            return
        }
        panels[upper] = Rect(
            row: middle.row, column: middle.column, height: middle.height - height, width: middle.width)
        panels[lower] = Rect(
            row: middle.endRow - height, column: middle.column, height: height, width: middle.width)
    }

    /// The distribution above, smaller plots below it side by side. A focused panel that has no room takes the place.
    private mutating func placeMiddle(_ middle: Rect, focus: PanelID, wanted: [PanelID]) {
        var top = middle
        var others: [PanelID] = []
        if middle.height >= 24, middle.width >= 36 {
            let room = max(1, middle.width / 30)
            others = Array(wanted.prefix(room))
            if room > 5, panels[.statistics] == nil { others.append(.statistics) }
            let isHidden = ![.tensors, .distribution, .recipe, .metrics].contains(focus) && panels[focus] == nil
            if isHidden, !others.contains(focus) { others[others.count - 1] = focus }
            let height = max(10, min(26, middle.height * 2 / 5))
            top = Rect(row: middle.row, column: middle.column, height: middle.height - height, width: middle.width)
            for (index, panel) in others.enumerated() {
                let start = middle.width * index / others.count, end = middle.width * (index + 1) / others.count
                panels[panel] = Rect(
                    row: top.endRow, column: middle.column + start, height: height, width: end - start)
            }
        }
        let isPlaced = focus == .tensors || panels[focus] != nil
        panels[isPlaced ? .distribution : focus] = top
    }

    public subscript(panel: PanelID) -> Rect? { panels[panel] }

    /// The panel at a place.
    func panel(row: Int, column: Int) -> (panel: PanelID, rect: Rect)? {
        panels.first { $0.value.contains(row: row, column: column) }.map { (panel: $0.key, rect: $0.value) }
    }

    /// What lies over the panels, no wider than can be read: all of the body, or as much of it as so many lines take.
    func overlay(lines: Int? = nil) -> Rect {
        let width = min(body.width, 110), height = min(body.height, lines.map { $0 + 2 } ?? body.height)
        return Rect(row: body.row, column: (body.width - width) / 2, height: height, width: width)
    }

    /// What the state needs to know of its layout. Where a plot is not shown its bins stay as they were.
    public static let viewport: ExplorerState.Measure = { state, rows, columns in
        let layout = Layout(state, rows: rows, columns: columns)
        let before = state.viewport
        guard !layout.isTooSmall else {
            return Viewport(
                rows: rows, columns: columns, plotColumns: before.plotColumns, errorColumns: before.errorColumns,
                pageLength: before.pageLength)
        }
        let pageLength = layout.body.height - 2
        return Viewport(
            rows: rows, columns: columns,
            plotColumns: layout[.distribution].map { DistributionPainter.plot(in: $0.inner).width }
                ?? before.plotColumns,
            errorColumns: layout[.errors].map { BarsPainter.plot(in: $0.inner, .errors).width } ?? before.errorColumns,
            objectiveColumns: layout[.objective].map { ObjectivePainter.plot(in: $0.inner).width },
            timelineColumns: layout[.timeline].map { TimelinePainter.plot(in: $0.inner).width },
            formatColumns: layout[.format].map { max(8, min(160, $0.inner.width - FormatPainter.labelWidth)) },
            formatRows: layout[.format].map { max(1, $0.inner.height - FormatPainter.wordRows(in: $0.inner)) } ?? 1,
            heatRows: layout[.heatMap].map { HeatMapPainter.plot(in: $0).height },
            heatColumns: layout[.heatMap].map { HeatMapPainter.plot(in: $0).width }, pageLength: pageLength,
            overlayScrollLimit: PagePainter.lineCount(state, width: layout.overlay().inner.width)
                - layout.overlay().inner.height,
            statisticsScrollLimit: layout[.statistics].map { FactRow.count(of: state) - $0.inner.height } ?? 0)
    }
}

extension Rect {
    func contains(row: Int, column: Int) -> Bool {
        row >= self.row && row < endRow && column >= self.column && column < endColumn
    }
}
