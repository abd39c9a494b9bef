/// Where the parts of a screen are: a function of the window's size, the screen, its focus and the recipe.
public struct Layout: Equatable, Sendable {
    public static let neededRows = 18
    public static let neededColumns = 60

    public let rows: Int
    public let columns: Int
    public let isTooSmall: Bool
    /// By panel; those that have no room are not there.
    public private(set) var panels: [PanelID: Rect] = [:]
    public let formula: Rect
    /// The line of warnings; nil where the last line has to hold them.
    public let flagRow: Int?
    public let footerRow: Int
    public let body: Rect

    init(_ state: ExplorerState, rows: Int, columns: Int) {
        let screen = ScreenCatalog[state.screen]
        self.init(rows: rows, columns: columns, hasFormula: screen.hasFormula)
        guard !isTooSmall else { return }
        let arrangement: Arrangement =
            state.isZoomed
            ? .panel(state.focus) : screen.arrangement(state, Room(height: body.height, width: body.width))
        arrangement.place(in: body, focus: state.focus, &panels)
        if panels[state.focus] == nil,
            let largest = panels.max(by: { $0.value.height * $0.value.width < $1.value.height * $1.value.width })
        {
            panels[largest.key] = nil
            panels[state.focus] = largest.value
        }
    }

    /// Without panels.
    init(rows: Int, columns: Int, hasFormula: Bool) {
        self.rows = rows
        self.columns = columns
        isTooSmall = rows < Self.neededRows || columns < Self.neededColumns
        footerRow = rows - 1
        flagRow = rows >= 20 ? rows - 2 : nil
        let formulaHeight = !hasFormula ? 0 : columns < 120 && rows >= 22 ? 2 : 1
        let below = formulaHeight + 1 + (flagRow == nil ? 0 : 1)
        formula = Rect(row: rows - below, column: 0, height: formulaHeight, width: columns)
        body = Rect(row: 1, column: 0, height: rows - 1 - below, width: columns)
    }

    public subscript(panel: PanelID) -> Rect? { panels[panel] }

    /// Lines that move by a page.
    public var pageLength: Int { max(1, body.height - 2) }

    /// The panel at a position.
    public func panel(row: Int, column: Int) -> (panel: PanelID, rect: Rect)? {
        panels.first { $0.value.contains(row: row, column: column) }.map { (panel: $0.key, rect: $0.value) }
    }

    /// What lies over the panels, no wider than can be read: all of the body, or as much of it as so many lines take.
    public func overlay(lines: Int? = nil) -> Rect {
        let width = min(body.width, 110), height = min(body.height, lines.map { $0 + 2 } ?? body.height)
        return Rect(row: body.row, column: (body.width - width) / 2, height: height, width: width)
    }
}
