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
        let layout = Layout(rows: state.rows, columns: state.columns, focus: state.focus, isZoomed: state.isZoomed)
        if layout.isTooSmall {
            paintTooSmall(state, &canvas)
            return canvas
        }
        let model = ScreenModel(state)
        paintHeader(model.header, &canvas)
        if let scroll = state.helpScroll {
            HelpPainter(painter: self).paint(layout.body, scroll: scroll, &canvas)
        } else {
            if let rect = layout.list { ListPainter(painter: self).paint(model, rect, &canvas) }
            if let rect = layout.distribution { DistributionPainter(painter: self).paint(model, rect, &canvas) }
            if let rect = layout.recipe { RecipePainter(painter: self).paint(model, rect, &canvas) }
            if let rect = layout.error { ErrorPainter(painter: self).paint(model, rect, &canvas) }
            paintFormula(model, layout.formula, &canvas)
        }
        paintFooter(model, layout.footerRow, &canvas)
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
        let text = " " + cut(title, to: rect.width - 4) + " "
        canvas.put(rect.row, rect.column + 1, text, self.style(isFocused ? .focusedBorder : .title), limit: right)
    }

    /// The text, shortened with an ellipsis where it is wider than `width`.
    func cut(_ text: String, to width: Int) -> String {
        guard CharacterWidth.of(text) > width else { return text }
        guard width > 1 else { return width == 1 ? "…" : "" }
        var result = "", used = 0
        let room = width - (glyphs.isASCII ? 2 : 1)
        for character in text {
            let next = CharacterWidth.of(String(character))
            if used + next > room { break }
            result.append(character)
            used += next
        }
        return result + "…"
    }

    /// The text in lines of at most `width` columns, broken at blanks where there are any.
    func wrapped(_ text: String, to width: Int) -> [String] {
        var lines: [String] = [], line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, CharacterWidth.of(line) + 1 + CharacterWidth.of(String(word)) > width {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return (lines + [line]).map { cut($0, to: width) }
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
        case .waiting: (mark, role) = ("… ", .estimate)
        case .problem: (mark, role) = ("! ", .warning)
        }
        let state = mark + ScreenText.state(header.state)
        let hasRecipe = Self.recipeFitsHeader(header, columns: canvas.columns)
        let right = CharacterWidth.of(state) + (hasRecipe ? 2 + CharacterWidth.of(header.recipe) : 0)
        let start = max(8, canvas.columns - right)
        var column = canvas.put(0, 0, ScreenText.program, style(.title)) + 2
        let room = start - column - 2
        let withFile = "\(header.file) ▸ \(header.tensor)  \(header.type)"
        let withType = "\(header.tensor)  \(header.type)"
        let best = [withFile, withType, header.tensor].first { CharacterWidth.of($0) <= room } ?? header.tensor
        column = canvas.put(0, column, cut(best, to: room), style(.text), limit: start)
        let after = canvas.put(0, start, state, style(role))
        if hasRecipe { canvas.put(0, after + 2, header.recipe, style(.key)) }
    }

    /// A longer recipe stands in the last row instead of the hints.
    private static func recipeFitsHeader(_ header: ScreenModel.Header, columns: Int) -> Bool {
        CharacterWidth.of(header.recipe) <= columns - 34
    }

    private func paintFormula(_ model: ScreenModel, _ rect: Rect, _ canvas: inout Canvas) {
        var row = rect.row, column = rect.column
        for part in model.formula {
            let width = CharacterWidth.of(part)
            if column > rect.column, column + width > rect.endColumn {
                row += 1
                column = rect.column
            }
            if row >= rect.endRow { return }
            column = canvas.put(row, column, cut(part, to: rect.endColumn - column), style(.text)) + 3
        }
    }

    private func paintFooter(_ model: ScreenModel, _ row: Int, _ canvas: inout Canvas) {
        if let message = model.message {
            canvas.put(row, 0, cut(message, to: canvas.columns), style(.warning))
            return
        }
        if !Self.recipeFitsHeader(model.header, columns: canvas.columns) {
            canvas.put(row, 0, cut(model.header.recipe, to: canvas.columns), style(.key))
            return
        }
        canvas.put(row, 0, cut(model.hints, to: canvas.columns), style(.dim))
    }
}
