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
    /// What was taken hold of.
    private enum Hold {
        case cursor(PanelID, Rect)
        case clip(Action.ClipEdge, PanelID, Rect)
        /// The limit of the objective, or its cursor.
        case limit(Rect)
        case objectiveCursor(Rect)
    }

    private var hold: Hold?

    public init() {}

    public mutating func actions(for event: PointerEvent, in state: ExplorerState) -> [Action] {
        let layout = Layout(state)
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
        let area = rect.inner, row = event.row - area.row
        guard area.contains(row: event.row, column: event.column) else { return [.pointed(panel, .panel)] }
        switch panel {
        case .tensors:
            let model = ScreenModel(state), list = ListPainter.area(model, rect)
            let index = ListPainter.firstRow(model, height: list.height) + event.row - list.row
            guard event.row >= list.row, model.list.indices.contains(index) else { return [.pointed(panel, .panel)] }
            return [.pointed(panel, .row(state.listed[model.listStart + index]))]
        case .recipe:
            let first = RecipePainter.firstRow(ScreenModel(state), height: area.height)
            return [.pointed(panel, .row(first + row))]
        case .metrics:
            let first = MetricsPainter.firstRow(ScreenModel(state), height: area.height)
            return [.pointed(panel, .row(first + row))]
        case .statistics, .errors, .codes, .format, .totals, .labCurves, .outcomes, .labLayer, .regions:
            return [.pointed(panel, .panel)]
        case .strips, .heatMap, .pins, .pairs, .ranking, .experiments:
            return pressOnScreen(event, panel, rect, ScreenModel(state))
        case .objective: return takeObjective(event, ObjectivePainter.plot(in: area), state)
        case .timeline:
            let plot = TimelinePainter.plot(in: area), timeline = state.timeline
            guard let timeline, event.column >= plot.column, event.column < plot.endColumn else {
                return [.pointed(panel, .panel)]
            }
            let column = (event.column - plot.column) * timeline.entries.count / max(1, plot.width)
            return [
                .pointed(panel, .panel), .pointed(panel, .row(timeline.entries[column].entries.lowerBound)),
            ]
        case .distribution: return take(event, panel, DistributionPainter.plot(in: area), state)
        case .transfer: return take(event, panel, TransferPainter.plot(in: area), state)
        default: return []
        }
    }

    /// The screen whose name in the last row was pressed.
    private func tab(_ event: PointerEvent, _ layout: Layout, _ state: ExplorerState) -> Screen? {
        guard event.row == layout.footerRow, ScreenPainter.hasTabs(ScreenModel(state), layout, columns: state.columns)
        else { return nil }
        var column = 0
        for (tab, screen) in zip(ScreenModel(state).tabs, Screen.allCases) {
            column += CharacterWidth.of(tab.text) + 2
            if event.column < column { return screen }
        }
        return nil
    }

    /// In the panels of the other screens: the row, cell or column.
    private func pressOnScreen(
        _ event: PointerEvent, _ panel: PanelID, _ rect: Rect, _ model: ScreenModel
    ) -> [Action] {
        func row(_ list: Rect, first: Int, count: Int) -> Int? {
            guard list.contains(row: event.row, column: event.column) else { return nil }
            let place = first + event.row - list.row
            return place < count ? place : nil
        }
        func table(_ table: TableModel?) -> Int? {
            guard let table, table.notice == nil else { return nil }
            let list = TablePainter.listArea(table, rect)
            return row(list, first: TablePainter.firstRow(table, height: list.height), count: table.rows.count)
                .map { table.start + $0 }
        }
        switch panel {
        case .strips:
            guard let strips = model.strips, strips.notice == nil else { break }
            let list = StripsPainter.listArea(rect)
            if let place = row(
                list, first: StripsPainter.firstRow(strips, height: list.height), count: strips.strips.count)
            {
                return [.pointed(panel, .row(strips.start + place))]
            }
        case .heatMap:
            guard let map = model.heatMap, map.notice == nil else { break }
            let plot = HeatMapPainter.plot(in: rect), size = HeatMapPainter.cellSize(map, plot)
            guard plot.contains(row: event.row, column: event.column) else { break }
            return [
                .pointed(
                    panel,
                    .cell(
                        row: (event.row - plot.row) / size.rows, column: (event.column - plot.column) / size.columns))
            ]
        case .pins:
            guard let pins = model.pins else { break }
            let columns = PinsPainter.columns(pins, rect.inner)
            if let column = columns.first(where: { ($0.rect.column..<$0.rect.endColumn).contains(event.column) }) {
                return [.pointed(panel, .column(column.place))]
            }
        case .pairs: if let place = table(model.pairs) { return [.pointed(panel, .row(place))] }
        case .experiments:
            guard let lab = model.lab?.list else { break }
            let list = LabListPainter.listArea(lab, rect)
            if let place = row(list, first: LabListPainter.firstRow(lab, height: list.height), count: lab.rows.count) {
                return [.pointed(panel, .row(place))]
            }
        case .ranking:
            if let place = table(model.ranking) { return [.pointed(panel, .row(place))] }
            guard let ranking = model.ranking, event.row == rect.inner.row else { break }
            let columns = TablePainter.columns(ranking, rect.inner)
            // A head belongs to the blanks before it too.
            if let column = columns.first(where: { event.column < $0.start + $0.width }) {
                return [.pointed(panel, .column(column.index))]
            }
        default: break
        }
        return [.pointed(panel, .panel)]
    }

    /// In a plot: a clip limit within a column of the pointer, else the cursor.
    private mutating func take(
        _ event: PointerEvent, _ panel: PanelID, _ plot: Rect, _ state: ExplorerState
    ) -> [Action] {
        guard let axis = state.shownAxis, event.column >= plot.column, event.column < plot.endColumn else {
            return [.pointed(panel, .panel)]
        }
        if let range = state.detail?.quantizer.range, !state.hasLogAxis {
            let limits: [(Action.ClipEdge, Float)] = [(.low, range.low), (.high, range.high)]
            for (edge, limit) in limits {
                guard let column = axis.column(of: Double(limit), in: plot.width) else { continue }
                if abs(plot.column + column - event.column) <= 1 {
                    hold = .clip(edge, panel, plot)
                    return [.pointed(panel, .panel)]
                }
            }
        }
        hold = .cursor(panel, plot)
        return [
            .pointed(panel, .panel),
            .pointed(panel, .value(axis.value(ofColumn: event.column - plot.column, in: plot.width))),
        ]
    }

    /// In the objective: its limit within a column of the pointer, else the cursor.
    private mutating func takeObjective(_ event: PointerEvent, _ plot: Rect, _ state: ExplorerState) -> [Action] {
        guard let axis = state.objectiveAxis, plot.contains(row: event.row, column: event.column),
            let range = state.detail?.quantizer.range
        else { return [.pointed(.objective, .panel)] }
        let limit = Double(max(abs(range.low), abs(range.high)))
        if let column = axis.column(of: limit, in: plot.width), abs(plot.column + column - event.column) <= 1 {
            hold = .limit(plot)
            return [.pointed(.objective, .panel)]
        }
        hold = .objectiveCursor(plot)
        let value = axis.value(ofColumn: event.column - plot.column, in: plot.width)
        return [.pointed(.objective, .panel), .pointed(.objective, .value(value))]
    }

    /// The plot of a panel as it stands now.
    private func plot(of panel: PanelID, _ layout: Layout) -> Rect? {
        layout[panel].map { rect in
            switch panel {
            case .distribution: DistributionPainter.plot(in: rect.inner)
            case .objective: ObjectivePainter.plot(in: rect.inner)
            default: TransferPainter.plot(in: rect.inner)
            }
        }
    }

    private mutating func drag(_ event: PointerEvent, _ layout: Layout, _ state: ExplorerState) -> [Action] {
        guard let hold else { return [] }
        switch hold {
        case .limit(let plot), .objectiveCursor(let plot):
            guard self.plot(of: .objective, layout) == plot, let axis = state.objectiveAxis else { return [] }
            let column = max(0, min(plot.width - 1, event.column - plot.column))
            let value = axis.value(ofColumn: column, in: plot.width)
            if case .limit = hold { return [.pointed(.objective, .limit(.high, value))] }
            return [.pointed(.objective, .value(value))]
        case .cursor, .clip: return dragOnAxis(event, hold, layout, state)
        }
    }

    private mutating func dragOnAxis(
        _ event: PointerEvent, _ hold: Hold, _ layout: Layout, _ state: ExplorerState
    ) -> [Action] {
        guard let axis = state.shownAxis else { return [] }
        switch hold {
        case .limit, .objectiveCursor: return []
        case .cursor(let panel, let plot), .clip(_, let panel, let plot):
            // The press may have changed the layout: what was taken hold of is elsewhere now.
            guard self.plot(of: panel, layout) == plot else {
                self.hold = nil
                return []
            }
        }
        switch hold {
        case .limit, .objectiveCursor: return []
        case .cursor(let panel, let plot):
            let column = max(0, min(plot.width - 1, event.column - plot.column))
            return [.pointed(panel, .value(axis.value(ofColumn: column, in: plot.width)))]
        case .clip(let edge, let panel, let plot):
            let column = max(0, min(plot.width - 1, event.column - plot.column))
            return [.pointed(panel, .limit(edge, axis.value(ofColumn: column, in: plot.width)))]
        }
    }

    // MARK: Wheel

    private func wheel(_ event: PointerEvent, _ layout: Layout, _ state: ExplorerState) -> [Action] {
        let isUp = event.kind == .wheelUp
        let motion: Action.Motion = isUp ? .up : .down
        if state.overlay != nil {
            return Array(repeating: .moved(motion), count: state.overlay?.takesText == true ? 1 : 3)
        }
        guard let (panel, rect) = layout.panel(row: event.row, column: event.column) else { return [] }
        switch panel {
        case .tensors, .metrics, .statistics, .format, .strips, .heatMap, .pins, .pairs, .ranking, .totals,
            .experiments,
            .labCurves, .outcomes, .labLayer, .regions:
            return [.movedIn(panel, motion)]
        case .recipe:
            let first = RecipePainter.firstRow(ScreenModel(state), height: rect.inner.height)
            guard let setting = Setting(rawValue: first + event.row - rect.inner.row) else { return [] }
            return [.settingStepped(setting, forward: !isUp)]
        case .objective, .timeline: return [.movedIn(panel, isUp ? .left : .right)]
        case .errors, .codes: return [.axisZoomed(inward: isUp, around: nil)]
        case .distribution, .transfer:
            let plot =
                panel == .distribution ? DistributionPainter.plot(in: rect.inner) : TransferPainter.plot(in: rect.inner)
            let share = (Double(event.column - plot.column) + 0.5) / Double(max(1, plot.width))
            return [.axisZoomed(inward: isUp, around: max(0, min(1, share)))]
        default: return []
        }
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
