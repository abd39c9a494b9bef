import Basics
public import Explorer

/// Paints the whole screen of a state.
public struct ScreenPainter: Sendable {
    public let theme: Theme
    public let glyphs: Glyphs

    public init(theme: Theme, glyphs: Glyphs) {
        self.theme = theme
        self.glyphs = glyphs
    }

    public func paint(_ state: ExplorerState) -> Canvas {
        var canvas = Canvas(rows: state.rows, columns: state.columns, isASCII: glyphs.isASCII)
        if theme.name == .highContrast { canvas.fill(canvas.bounds, " ", style(.text)) }
        let layout = state.layout
        if layout.isTooSmall {
            paintTooSmall(state, &canvas)
            return canvas
        }
        var model = ScreenModel(state)
        paintHeader(model.header, &canvas)
        let isCovered = model.overlay.map { OverlayPainter.rect(of: $0, layout) == layout.body } ?? false
        if !isCovered {
            model.show(layout.panels.keys, of: state)
            for (panel, rect) in layout.panels {
                guard let content = model.panels[panel] else { continue }
                PainterCatalog.paint(panel, content, isFocused: model.focus == panel, rect, self, &canvas)
            }
        }
        paintFormula(model, layout.formula, &canvas)
        paintFooter(model, layout, &canvas)
        if let overlay = model.overlay { OverlayPainter(painter: self).paint(overlay, layout, &canvas) }
        return canvas
    }

    func style(_ role: Role) -> Style { theme.style(role) }

    /// A frame with a title in its upper edge.
    func frame(_ rect: Rect, _ title: String, isFocused: Bool, _ canvas: inout Canvas) {
        guard rect.height >= 2, rect.width >= 2 else { return }
        let style = style(isFocused ? .focusedBorder : .border)
        func cell(_ scalar: Unicode.Scalar) -> Cell { Cell(scalar.value, style: style) }
        let right = rect.endColumn - 1, bottom = rect.endRow - 1
        for column in rect.column + 1..<max(rect.column + 1, right) {
            canvas.set(rect.row, column, cell(glyphs.horizontal))
            canvas.set(bottom, column, cell(glyphs.horizontal))
        }
        for row in rect.row + 1..<max(rect.row + 1, bottom) {
            canvas.set(row, rect.column, cell(glyphs.vertical))
            canvas.set(row, right, cell(glyphs.vertical))
        }
        canvas.set(rect.row, rect.column, cell(glyphs.topLeft))
        canvas.set(rect.row, right, cell(glyphs.topRight))
        canvas.set(bottom, rect.column, cell(glyphs.bottomLeft))
        canvas.set(bottom, right, cell(glyphs.bottomRight))
        let text = " " + TextFit.cut(title, to: rect.width - 4) + " "
        canvas.put(rect.row, rect.column + 1, text, self.style(isFocused ? .focusedBorder : .title), limit: right)
    }

    // MARK: What several painters do

    /// How much of a long work is done.
    func progressBar(_ share: Double, _ row: Int, _ area: Rect, _ canvas: inout Canvas) {
        let full = glyphs.bars[glyphs.bars.count - 1], empty = glyphs.horizontal
        for column in 0..<area.width {
            let isDone = Double(column) < share * Double(area.width)
            canvas.set(
                row, area.column + column,
                Cell((isDone ? full : empty).value, style: style(isDone ? .histogram : .dim)))
        }
    }

    /// The first of some titles that a frame holds.
    func fitting(_ titles: [String], _ rect: Rect) -> String {
        TextFit.longest(of: titles, to: rect.width - 4)
    }

    /// As many parts as the row holds.
    func parts(_ parts: [String], row: Int, _ area: Rect, _ canvas: inout Canvas) {
        var column = area.column
        for part in parts {
            guard column + CharacterWidth.of(part) <= area.endColumn else { return }
            column = canvas.put(row, column, part, style(.dim)) + 2
        }
    }

    /// Parts side by side in as many lines as they need; a part that is too long for a line is left out.
    static func flow(_ parts: [String], width: Int) -> [String] {
        var lines: [String] = []
        for part in parts where CharacterWidth.of(part) <= width {
            if let last = lines.last, CharacterWidth.of(last) + 2 + CharacterWidth.of(part) <= width {
                lines[lines.count - 1] = last + "  " + part
            } else {
                lines.append(part)
            }
        }
        return lines
    }

    /// What a picture shows; nil where it says why there is nothing, which is painted.
    func drawn<Model>(_ picture: Picture<Model>, _ area: Rect, _ canvas: inout Canvas) -> Model? {
        switch picture {
        case .drawn(let model): return model
        case .notice(let text):
            notice(text, area, &canvas)
            return nil
        }
    }

    /// A text in the middle of an area, instead of a picture: that something is not there yet is no warning.
    func notice(_ notice: Notice, _ area: Rect, _ canvas: inout Canvas) {
        let lines = TextFit.wrapped(notice.text, to: area.width - 2)
        for (offset, line) in lines.enumerated() where offset < area.height {
            let row = area.row + max(0, (area.height - lines.count) / 2) + offset
            let column = area.column + max(0, (area.width - CharacterWidth.of(line)) / 2)
            canvas.put(
                row, column, line, style(notice.kind == .problem ? .warning : .placeholder), limit: area.endColumn)
        }
    }

    /// Round numbers along an axis, each in the column that it names.
    func axisLabels(_ axis: Axis, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        let ticks = Ticks(axis, most: max(2, plot.width / 8))
        for (mark, _, column) in ticks.placed(in: plot.width, share: { axis.share(of: $0) }) {
            canvas.put(row, plot.column + column, mark.text, style(.dim))
        }
    }

    /// Which of many lines a panel shows, in its lower edge.
    func place(first: Int, shown: Int, of count: Int, _ rect: Rect, _ canvas: inout Canvas) {
        guard shown < count else { return }
        let text = " \(first + 1)–\(first + shown)/\(count) "
        canvas.put(
            rect.endRow - 1, rect.endColumn - 2 - CharacterWidth.of(text), text, style(.dim),
            limit: rect.endColumn - 1)
    }

    /// The cell under the cursor, in reverse.
    func markCursor(_ value: Double, _ axis: Axis, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        guard let column = axis.column(of: value, in: plot.width) else { return }
        var cell = canvas[row, plot.column + column]
        cell.style = style(.cursor)
        canvas.set(row, plot.column + column, cell)
    }

    private func paintTooSmall(_ state: ExplorerState, _ canvas: inout Canvas) {
        canvas.put(0, 0, ScreenText.program, style(.title))
        let text = ScreenText.tooSmall(
            rows: state.rows, columns: state.columns, neededRows: Layout.neededRows,
            neededColumns: Layout.neededColumns)
        canvas.put(state.rows > 1 ? 1 : 0, state.rows > 1 ? 0 : 6, text, style(.warning))
    }

    /// Program and tensor on the left, state and recipe on the right; the recipe is never cut before the file's name.
    private func paintHeader(_ header: ScreenModel.Header, _ canvas: inout Canvas) {
        let mark: String, role: Role
        switch header.state {
        case .exact: (mark, role) = ("● ", .exact)
        case .estimate: (mark, role) = ("≈ ", .estimate)
        case .waiting, .stopped: (mark, role) = ("… ", .estimate)
        case .problem: (mark, role) = ("! ", .warning)
        }
        let state = mark + ScreenText.state(header.state)
        let hasRecipe = Self.recipeFitsHeader(header, columns: canvas.columns)
        let right = CharacterWidth.of(state) + (hasRecipe ? 2 + CharacterWidth.of(header.recipe) : 0)
        let start = max(0, canvas.columns - right)
        // The program's name is the first to go, then the file's, then the type.
        var column = start < 28 ? 0 : canvas.put(0, 0, ScreenText.program, style(.title)) + 2
        let room = max(0, start - column - 2)
        let withFile = "\(header.file) ▸ \(header.tensor)  \(header.type)"
        let withType = "\(header.tensor)  \(header.type)"
        let best = [withFile, withType, header.tensor].first { CharacterWidth.of($0) <= room } ?? header.tensor
        column = canvas.put(0, column, TextFit.cut(best, to: room), style(.text), limit: start)
        let after = canvas.put(0, start, state, style(role))
        if hasRecipe { canvas.put(0, after + 2, header.recipe, style(.key)) }
    }

    /// A longer recipe is in the last row instead of the hints.
    private static func recipeFitsHeader(_ header: ScreenModel.Header, columns: Int) -> Bool {
        CharacterWidth.of(header.recipe) <= columns - 24
    }

    private func paintFormula(_ model: ScreenModel, _ rect: Rect, _ canvas: inout Canvas) {
        var row = rect.row, column = rect.column
        for part in model.formula {
            let width = CharacterWidth.of(part)
            if column > rect.column, column + width > rect.endColumn {
                row += 1
                column = rect.column
            }
            // What is longer than a row goes on in the next.
            for line in width > rect.width ? TextFit.wrapped(part, to: rect.width) : [part] {
                if column > rect.column, column + CharacterWidth.of(line) > rect.endColumn {
                    row += 1
                    column = rect.column
                }
                if row >= rect.endRow { return }
                column = canvas.put(row, column, line, style(.text), limit: rect.endColumn) + 3
            }
        }
    }

    /// A message in one row or two; what is longer says where the whole of it is.
    private func paintMessage(_ message: LogEntry, _ layout: Layout, _ canvas: inout Canvas) {
        let style = style(message.kind == .warning ? .warning : .value), width = canvas.columns
        var lines = TextFit.wrapped(glyphs.isASCII ? ASCII.text(message.text) : message.text, to: width)
        let room = layout.flagRow == nil ? 1 : 2
        if lines.count > room {
            let hint = " (:log)"
            let rest = lines[(room - 1)...].joined(separator: " ")
            lines = Array(lines[..<(room - 1)]) + [TextFit.cut(rest, to: width - hint.count) + hint]
        }
        for (offset, line) in lines.enumerated() {
            // The tabs stay: the row above them, or two.
            let row = layout.footerRow - lines.count + offset
            canvas.fill(Rect(row: row, column: 0, height: 1, width: width), " ", self.style(.text))
            canvas.put(row, 0, line, style)
        }
    }

    /// As many hints as fit.
    private func hints(_ hints: [String], width: Int) -> String {
        var line = ""
        for hint in hints {
            let longer = line + (line.isEmpty ? "" : "  ") + hint
            guard CharacterWidth.of(glyphs.isASCII ? ASCII.text(longer) : longer) <= width else { break }
            line = longer
        }
        return line
    }

    /// The screens by their keys; returns the column after them.
    private func paintTabs(_ tabs: [(text: String, isChosen: Bool)], _ row: Int, _ canvas: inout Canvas) -> Int {
        var column = 0
        for (text, isChosen) in tabs {
            column = canvas.put(row, column, " \(text) ", style(isChosen ? .selected : .key))
        }
        return column + 1
    }

    /// Warnings in their own row where there is one, else in the last instead of the hints.
    private func paintFooter(_ model: ScreenModel, _ layout: Layout, _ canvas: inout Canvas) {
        let warning = model.flags.first.map { flag in
            "! " + flag.text + (model.flags.count > 1 ? " " + ScreenText.more(model.flags.count - 1) : "")
        }
        if let row = layout.flagRow {
            if let last = model.guidance.last {
                let fitting = model.guidance.first { CharacterWidth.of($0) <= canvas.columns } ?? last
                canvas.put(row, 0, TextFit.cut(fitting, to: canvas.columns), style(.key))
            } else if let warning {
                canvas.put(row, 0, TextFit.cut(warning, to: canvas.columns), style(.warning))
            } else if !model.hidden.isEmpty {
                canvas.put(row, 0, TextFit.cut(ScreenText.hidden(model.hidden), to: canvas.columns), style(.dim))
            }
        }
        if Self.hasTabs(model, layout, columns: canvas.columns) || model.overlay != nil {
            var column = 0
            if model.overlay == nil { column = paintTabs(model.tabs, layout.footerRow, &canvas) }
            let always = hints(model.essentials, width: canvas.columns - column)
            let left = canvas.columns - column - (always.isEmpty ? 0 : CharacterWidth.of(always) + 2)
            let own = hints(model.hints, width: left)
            canvas.put(
                layout.footerRow, column, [own, always].filter { !$0.isEmpty }.joined(separator: "  "), style(.dim))
        } else {
            let isRecipeHere = !Self.recipeFitsHeader(model.header, columns: canvas.columns)
            let text = isRecipeHere ? model.header.recipe : warning ?? ""
            canvas.put(
                layout.footerRow, 0, TextFit.cut(text, to: canvas.columns), style(isRecipeHere ? .key : .warning))
        }
        if let message = model.message { paintMessage(message, layout, &canvas) }
    }

    /// Whether the last row shows the screens: a long recipe, or warnings in a low window, replace them.
    static func hasTabs(_ model: ScreenModel, _ layout: Layout, columns: Int) -> Bool {
        model.overlay == nil && recipeFitsHeader(model.header, columns: columns)
            && !(layout.flagRow == nil && !model.flags.isEmpty)
    }
}
