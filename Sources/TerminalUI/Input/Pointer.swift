public import Explorer
import Quantization

/// What the mouse did, in cells from 0.
public struct PointerEvent: Equatable, Sendable {
    public enum Kind: Equatable, Sendable { case press, drag, release, wheelUp, wheelDown }

    public let kind: Kind
    public let row: Int
    public let column: Int

    public init(_ kind: Kind, row: Int, column: Int) {
        self.kind = kind
        self.row = row
        self.column = column
    }
}

/// Turns what the mouse does into actions, by what is drawn where.
public struct PointerMap: Sendable {
    /// What was taken hold of: the cursor of a plot, or one of its limits.
    private struct Hold {
        let panel: PanelID
        let area: Rect
        let limit: Action.ClipEdge?
    }

    private var hold: Hold?

    public init() {}

    public mutating func actions(for event: PointerEvent, in state: ExplorerState) -> [Action] {
        let layout = state.layout
        guard !layout.isTooSmall else { return [] }
        switch event.kind {
        case .release:
            hold = nil
            return []
        case .drag: return drag(event, layout, state)
        case .press:
            hold = nil
            return state.overlay == nil ? press(event, layout, state) : pressOverlay(event, layout, state)
        case .wheelUp, .wheelDown: return wheel(event, layout, state)
        }
    }

    // MARK: Panels

    private mutating func press(_ event: PointerEvent, _ layout: Layout, _ state: ExplorerState) -> [Action] {
        if let screen = tab(event, layout, state) { return [.screenChosen(screen)] }
        guard let (panel, rect) = layout.panel(row: event.row, column: event.column) else { return [] }
        guard rect.inner.contains(row: event.row, column: event.column) else { return [.pointed(panel, .panel)] }
        if let area = PanelCatalog.axisArea(of: panel, in: rect) { return take(event, panel, area, state) }
        return [.pointed(panel, PainterCatalog.target(panel, state, rect, row: event.row, column: event.column))]
    }

    /// The screen whose name in the last row was pressed.
    private func tab(_ event: PointerEvent, _ layout: Layout, _ state: ExplorerState) -> ScreenID? {
        guard event.row == layout.footerRow, ScreenPainter.hasTabs(ScreenModel(state), layout, columns: state.columns)
        else { return nil }
        var column = 0
        for (tab, screen) in zip(ScreenModel(state).tabs, ScreenCatalog.ids) {
            column += CharacterWidth.of(tab.text) + 2
            if event.column < column { return screen }
        }
        return nil
    }

    /// In a plot: a clip limit within a column of the pointer, else the cursor.
    private mutating func take(
        _ event: PointerEvent, _ panel: PanelID, _ area: Rect, _ state: ExplorerState
    ) -> [Action] {
        guard let plot = PanelCatalog.plotAxis(of: panel, state), area.contains(row: event.row, column: event.column)
        else { return [.pointed(panel, .panel)] }
        for (edge, limit) in plot.limits {
            guard let column = plot.axis.column(of: limit, in: area.width) else { continue }
            if abs(area.column + column - event.column) <= 1 {
                hold = Hold(panel: panel, area: area, limit: edge)
                return [.pointed(panel, .panel)]
            }
        }
        hold = Hold(panel: panel, area: area, limit: nil)
        let value = plot.axis.value(ofColumn: event.column - area.column, in: area.width)
        return [.pointed(panel, .panel), .pointed(panel, .value(value))]
    }

    private mutating func drag(_ event: PointerEvent, _ layout: Layout, _ state: ExplorerState) -> [Action] {
        guard let hold, let plot = PanelCatalog.plotAxis(of: hold.panel, state) else { return [] }
        // The press may have changed the layout: what was taken hold of is elsewhere now.
        guard layout[hold.panel].flatMap({ PanelCatalog.axisArea(of: hold.panel, in: $0) }) == hold.area else {
            self.hold = nil
            return []
        }
        let column = max(0, min(hold.area.width - 1, event.column - hold.area.column))
        let value = plot.axis.value(ofColumn: column, in: hold.area.width)
        return [.pointed(hold.panel, hold.limit.map { .limit($0, value) } ?? .value(value))]
    }

    // MARK: Wheel

    private func wheel(_ event: PointerEvent, _ layout: Layout, _ state: ExplorerState) -> [Action] {
        let isUp = event.kind == .wheelUp
        let motion: Action.Motion = isUp ? .up : .down
        if state.overlay != nil {
            return Array(repeating: .moved(motion), count: state.overlay?.takesText == true ? 1 : 3)
        }
        guard let (panel, rect) = layout.panel(row: event.row, column: event.column) else { return [] }
        let target = PainterCatalog.target(panel, state, rect, row: event.row, column: event.column)
        return PanelCatalog.wheel(panel, isUp: isUp, at: target)
    }

    // MARK: Overlays

    private func pressOverlay(_ event: PointerEvent, _ layout: Layout, _ state: ExplorerState) -> [Action] {
        guard let model = ScreenModel(state).overlay else { return [] }
        let rect: Rect, list: Rect, count: Int, selection: Int
        var start = 0
        switch model {
        case .page:
            let isInside = OverlayPainter.rect(of: model, layout).contains(row: event.row, column: event.column)
            return isInside ? [] : [.escaped]
        case .picker(let picker):
            rect = OverlayPainter.rect(of: model, layout)
            list = OverlayPainter.listArea(rect, footer: OverlayPainter.pickerFooter)
            (count, selection) = (picker.rows.count, picker.selection)
        case .files(let files):
            rect = OverlayPainter.rect(of: model, layout)
            list = OverlayPainter.listArea(rect, footer: OverlayPainter.filesFooter)
            (count, selection, start) = (files.rows.count, files.selection, files.start)
        case .formats(let table):
            rect = OverlayPainter.rect(of: model, layout)
            list = FormatTablePainter.listArea(rect)
            (count, selection) = (table.rows.count, table.selection)
        case .prompt(let prompt):
            list = OverlayPainter.promptArea(layout, count: prompt.candidates.count, problem: prompt.problem)
            rect = Rect(row: list.row, column: 0, height: list.height + 1, width: layout.body.width)
            (count, selection) = (prompt.candidates.count, prompt.selected ?? 0)
        }
        guard rect.contains(row: event.row, column: event.column) else { return [.escaped] }
        guard list.contains(row: event.row, column: event.column) else { return [] }
        let index =
            OverlayPainter.firstRow(selection: selection, count: count, height: list.height) + event.row - list.row
        return index < count ? [.overlayRowPointed(start + index)] : []
    }
}
