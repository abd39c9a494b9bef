import Explorer

/// What can be chosen or typed over the panels: the picker, the file browser, the line after `:`.
struct OverlayPainter {
    let painter: ScreenPainter

    func paint(_ model: OverlayModel, _ layout: Layout, _ canvas: inout Canvas) {
        switch model {
        case .page(let page): PagePainter(painter: painter).paint(page, Self.rect(of: model, layout), &canvas)
        case .picker(let picker): paint(picker, Self.rect(of: model, layout), &canvas)
        case .files(let files): paint(files, Self.rect(of: model, layout), &canvas)
        case .formats(let table):
            FormatTablePainter(painter: painter).paint(table, Self.rect(of: model, layout), &canvas)
        case .prompt(let prompt): paint(prompt, layout, &canvas)
        }
    }

    // MARK: Geometry, shared with the pointer

    /// Where an overlay is drawn.
    static func rect(of model: OverlayModel, _ layout: Layout) -> Rect {
        switch model {
        case .page(let page):
            layout.overlay(lines: PagePainter.lineCount(page, width: layout.overlay().inner.width))
        case .picker(let picker): layout.overlay(lines: max(6, picker.choiceCount) + 2 + pickerFooter)
        case .files, .formats: layout.overlay()
        case .prompt(let prompt):
            promptArea(layout, count: prompt.candidates.count, problem: prompt.problem)
        }
    }

    /// The rows of a picker's or browser's list.
    static func listArea(_ rect: Rect, footer: Int) -> Rect {
        let area = rect.inner
        return Rect(row: area.row + 2, column: area.column, height: area.height - 2 - footer, width: area.width)
    }

    static let pickerFooter = 4
    static let filesFooter = 2

    static func firstRow(selection: Int, count: Int, height: Int) -> Int {
        max(0, min(selection - height / 2, count - height))
    }

    /// The candidates above the last line, with lines for what is wrong.
    static func promptArea(_ layout: Layout, count: Int, problem: String?) -> Rect {
        let height = min(count, 10) + problemLines(problem, layout).count
        return Rect(row: layout.footerRow - height, column: 0, height: height, width: layout.body.width)
    }

    private static func problemLines(_ problem: String?, _ layout: Layout) -> [String] {
        problem.map { Array(TextFit.wrapped($0, to: layout.body.width).prefix(4)) } ?? []
    }

    // MARK: Painting

    private func rows(_ rows: [OverlayModel.Row], _ selection: Int, _ area: Rect, _ canvas: inout Canvas) {
        let first = Self.firstRow(selection: selection, count: rows.count, height: area.height)
        let nameWidth = min(
            area.width - 2, max(18, min(area.width / 2, (rows.map { CharacterWidth.of($0.text) }.max() ?? 0) + 2)))
        for (offset, item) in rows.dropFirst(first).prefix(max(0, area.height)).enumerated() {
            let row = area.row + offset, isSelected = first + offset == selection
            let style = painter.style(isSelected ? .selected : .text)
            if isSelected { canvas.fill(Rect(row: row, column: area.column, height: 1, width: area.width), " ", style) }
            canvas.put(row, area.column, isSelected ? "▸" : " ", style)
            canvas.put(
                row, area.column + 1, TextFit.cut(item.text, to: nameWidth - 2),
                isSelected ? style : painter.style(.key))
            let column = area.column + 1 + nameWidth
            canvas.put(
                row, column, TextFit.cut(item.note, to: area.endColumn - column),
                isSelected ? style : painter.style(.dim))
        }
    }

    /// A line that is typed into, its cursor in reverse.
    private func field(
        _ editor: LineEditor, row: Int, column: Int, width: Int, isActive: Bool, _ canvas: inout Canvas
    ) {
        guard width > 1 else { return }
        let style = painter.style(isActive ? .value : .field)
        let shown = TextFit.window(editor, width: width)
        canvas.put(row, column, shown.text, style, limit: column + width)
        guard isActive else { return }
        var cell = shown.cursor < width ? canvas[row, column + shown.cursor] : Cell()
        if cell.width == 0 { cell = Cell() }
        cell.style = painter.style(.cursor)
        canvas.set(row, column + min(shown.cursor, width - 1), cell)
    }

    private func filter(_ editor: LineEditor, isActive: Bool, _ area: Rect, _ canvas: inout Canvas) {
        let end = canvas.put(area.row, area.column + 1, ScreenText.filterPrompt, painter.style(.dim))
        field(editor, row: area.row, column: end, width: area.endColumn - end, isActive: isActive, &canvas)
    }

    private func paint(_ model: OverlayModel.PickerModel, _ rect: Rect, _ canvas: inout Canvas) {
        canvas.fill(rect, " ", painter.style(.text))
        painter.frame(rect, model.title, isFocused: true, &canvas)
        let area = rect.inner
        filter(model.filter, isActive: model.activeField == nil, area, &canvas)
        let list = Self.listArea(rect, footer: Self.pickerFooter)
        if model.rows.isEmpty { painter.notice(Notice(text: model.problem ?? "", kind: .problem), list, &canvas) }
        rows(model.rows, model.selection, list, &canvas)
        var row = list.endRow + 1, column = area.column + 1
        // The numbers of the selected choice.
        for (index, item) in model.fields.enumerated() {
            column = canvas.put(row, column, item.name + " ", painter.style(.title))
            let width = max(8, min(20, item.editor.text.count + 2))
            field(item.editor, row: row, column: column, width: width, isActive: model.activeField == index, &canvas)
            column += width + 2
        }
        canvas.put(row, column, TextFit.cut(model.result, to: area.endColumn - column), painter.style(.key))
        row += 1
        let lines = TextFit.wrapped(model.problem ?? model.explanation, to: area.width - 2)
        for (offset, line) in lines.prefix(2).enumerated() {
            canvas.put(row + offset, area.column + 1, line, painter.style(model.problem == nil ? .dim : .warning))
        }
    }

    private func paint(_ model: OverlayModel.FilesModel, _ rect: Rect, _ canvas: inout Canvas) {
        canvas.fill(rect, " ", painter.style(.text))
        painter.frame(rect, model.title, isFocused: true, &canvas)
        let area = rect.inner
        filter(model.filter, isActive: true, area, &canvas)
        let list = Self.listArea(rect, footer: Self.filesFooter)
        rows(model.rows, model.selection, list, &canvas)
        guard let notice = model.notice else { return }
        if model.rows.isEmpty {
            painter.notice(Notice(text: notice, kind: model.hasProblem ? .problem : .placeholder), list, &canvas)
        } else {
            for (offset, line) in TextFit.wrapped(notice, to: area.width - 2).prefix(2).enumerated() {
                canvas.put(list.endRow + offset, area.column + 1, line, painter.style(.warning))
            }
        }
    }

    private func paint(_ model: OverlayModel.PromptModel, _ layout: Layout, _ canvas: inout Canvas) {
        let area = Self.promptArea(layout, count: model.candidates.count, problem: model.problem)
        canvas.fill(area, " ", painter.style(.text))
        let problem = Self.problemLines(model.problem, layout)
        let listHeight = area.height - problem.count
        let first = Self.firstRow(
            selection: model.selected ?? 0, count: model.candidates.count, height: listHeight)
        /// A name with its parameters, where they leave room for the note.
        func words(_ candidate: OverlayModel.Row) -> (name: String, parameters: String) {
            let parameters = CharacterWidth.of(candidate.parameters) > 20 ? "" : candidate.parameters
            return (candidate.text, parameters.isEmpty ? "" : " " + parameters)
        }
        let names = model.candidates.map { CharacterWidth.of(words($0).name) + CharacterWidth.of(words($0).parameters) }
        let column = 1 + min(area.width / 2, names.max() ?? 0) + 2
        for (offset, candidate) in model.candidates.dropFirst(first).prefix(listHeight).enumerated() {
            let isSelected = first + offset == model.selected, row = area.row + offset, name = words(candidate)
            let end = canvas.put(
                row, 1, TextFit.cut(name.name, to: area.width - 2), painter.style(isSelected ? .selected : .key))
            canvas.put(row, end, TextFit.cut(name.parameters, to: max(0, area.width - end)), painter.style(.text))
            let start = max(column, end + CharacterWidth.of(name.parameters) + 2)
            let room = max(0, area.endColumn - 10 - start), isWhole = CharacterWidth.of(candidate.note) <= room
            canvas.put(
                row, start, isWhole ? candidate.note : TextFit.withEllipsis(candidate.note, to: room),
                painter.style(.dim))
        }
        if model.candidates.count > listHeight, listHeight > 0 {
            let place =
                model.selected.map { " \($0 + 1)/\(model.candidates.count) " }
                ?? ScreenText.moreOffered(model.candidates.count - listHeight)
            canvas.put(
                area.row + listHeight - 1, area.endColumn - CharacterWidth.of(place), place, painter.style(.dim))
        }
        for (offset, line) in problem.enumerated() {
            canvas.put(area.row + listHeight + offset, 0, line, painter.style(.warning))
        }
        canvas.fill(
            Rect(row: layout.footerRow, column: 0, height: 1, width: area.width), " ", painter.style(.text))
        canvas.put(layout.footerRow, 0, ":", painter.style(.key))
        field(model.editor, row: layout.footerRow, column: 1, width: area.width - 1, isActive: true, &canvas)
    }
}
