public import Explorer

/// Where the parts of the tensor screen stand. The less important ones go as the window shrinks.
public struct Layout: Equatable, Sendable {
    public static let neededRows = 18
    public static let neededColumns = 60
    /// From this width on the list stands beside the distribution; below it comes with the focus.
    static let columnsForList = 92

    public let isTooSmall: Bool
    public private(set) var list: Rect?
    public private(set) var distribution: Rect?
    public private(set) var recipe: Rect?
    public private(set) var error: Rect?
    public private(set) var formula: Rect
    public let footerRow: Int
    public let body: Rect

    public init(rows: Int, columns: Int, focus: Panel, isZoomed: Bool) {
        isTooSmall = rows < Self.neededRows || columns < Self.neededColumns
        footerRow = rows - 1
        let formulaHeight = columns < 120 && rows >= 22 ? 2 : 1
        formula = Rect(row: rows - 1 - formulaHeight, column: 0, height: formulaHeight, width: columns)
        body = Rect(row: 1, column: 0, height: rows - 2 - formulaHeight, width: columns)
        guard !isTooSmall else { return }
        if isZoomed {
            switch focus {
            case .tensors: list = body
            case .distribution: distribution = body
            case .recipe: recipe = body
            case .error: error = body
            }
            return
        }
        let rightWidth = columns >= 76 ? 31 : 28
        var left = body.column, middleWidth = columns - rightWidth
        if columns >= Self.columnsForList || focus == .tensors {
            var listWidth = columns >= 160 ? 40 : columns >= Self.columnsForList ? 26 : 24
            if middleWidth - listWidth < 24 { listWidth = middleWidth }
            list = Rect(row: body.row, column: left, height: body.height, width: listWidth)
            left += listWidth
            middleWidth -= listWidth
        }
        if middleWidth > 0 {
            distribution = Rect(row: body.row, column: left, height: body.height, width: middleWidth)
        }
        let recipeHeight = body.height >= 30 ? 12 : 9
        recipe = Rect(row: body.row, column: columns - rightWidth, height: recipeHeight, width: rightWidth)
        error = Rect(
            row: body.row + recipeHeight, column: columns - rightWidth, height: body.height - recipeHeight,
            width: rightWidth)
    }

    /// What the state needs to know of the layout. Where no histogram is shown its bins stay as they were.
    public func viewport(rows: Int, columns: Int, before: Viewport) -> Viewport {
        Viewport(
            rows: rows, columns: columns,
            plotColumns: isTooSmall
                ? before.plotColumns
                : distribution.map { DistributionPainter.plot(in: $0.inner).width } ?? before.plotColumns,
            pageLength: body.height - 2, helpScrollLimit: HelpPainter.lineCount - body.inner.height,
            metricScrollLimit: error.map { MetricRow.count - $0.inner.height } ?? 0)
    }
}
