public import Explorer

/// Pages of text over the panels: help, explanations, the log.
struct PagePainter {
    let painter: ScreenPainter

    func paint(_ page: OverlayModel.PageModel, _ rect: Rect, _ canvas: inout Canvas) {
        // Beside the page nothing is half covered.
        canvas.fill(
            Rect(row: rect.row, column: 0, height: rect.height, width: canvas.columns), " ", painter.style(.text))
        painter.frame(rect, page.title, isFocused: true, &canvas)
        var area = rect.inner
        if let search = page.search {
            let end = canvas.put(area.row, area.column + 1, ScreenText.filterPrompt, painter.style(.dim))
            canvas.put(area.row, end, search.string + "_", painter.style(.key), limit: area.endColumn)
            area = Rect(row: area.row + 1, column: area.column, height: area.height - 1, width: area.width)
        }
        let lines = Self.wrapped(Self.lines(page), width: area.width)
        let first = max(0, min(page.scroll, lines.count - area.height))
        for (offset, line) in lines.dropFirst(first).prefix(max(0, area.height)).enumerated() {
            let row = area.row + offset
            var column = area.column + line.indent
            for (text, role) in line.parts {
                column = canvas.put(row, column, text, painter.style(role), limit: area.endColumn)
            }
        }
        painter.place(first: first, shown: min(area.height, lines.count), of: lines.count, rect, &canvas)
    }

    private static func lines(_ page: OverlayModel.PageModel) -> [PageLine] {
        page.lines ?? page.search.map { HelpText.lines(with: $0.string) } ?? HelpText.lines
    }

    /// Lines of a page in a width.
    static func lineCount(_ page: OverlayModel.PageModel, width: Int) -> Int {
        wrapped(lines(page), width: width).count + (page.search == nil ? 0 : 1)
    }

    /// Lines of the page that is open; 0 where none is.
    static func openLineCount(_ state: ExplorerState, width: Int) -> Int {
        switch state.overlay {
        case .keys, .help, .explanation, .log, .file, .stored, .conventions:
            if case .page(let page)? = OverlayModel(state) { lineCount(page, width: width) } else { 0 }
        default: 0
        }
    }

    private struct Line {
        var indent = 1
        var parts: [(String, Role)] = []
    }

    /// Where explanations of names begin.
    private static let nameWidth = 17

    private static func wrapped(_ lines: [PageLine], width: Int) -> [Line] {
        var result: [Line] = []
        for line in lines {
            switch line {
            case .blank: result.append(Line())
            case .heading(let text): result.append(Line(parts: [(text, .title)]))
            case .text(let text):
                result += TextFit.wrapped(text, to: width - 4).map { Line(indent: 3, parts: [($0, .text)]) }
            case .warning(let text):
                for (index, part) in TextFit.wrapped(text, to: width - 6).enumerated() {
                    result.append(
                        Line(indent: index == 0 ? 3 : 5, parts: [((index == 0 ? "! " : "") + part, .warning)]))
                }
            case .columns(let cells, let isMarked):
                // The first one is a name; the others share what is left.
                let first = cells.count == 1 ? width - 4 : min(22, width / 3),
                    rest = max(8, (width - first - 3) / max(1, cells.count - 1))
                var parts: [(String, Role)] = []
                for (index, cell) in cells.enumerated() {
                    let room = index == 0 ? first : rest
                    let text = TextFit.cut(cell, to: room - 1)
                    let gap = String(repeating: " ", count: max(0, room - CharacterWidth.of(text)))
                    parts.append((text + gap, isMarked ? (index == 0 ? .key : .value) : .dim))
                }
                result.append(Line(indent: 2, parts: parts))
            case .pair(let name, let text):
                let pieces = TextFit.wrapped(text, to: max(8, width - nameWidth - 4))
                let isLong = CharacterWidth.of(name) >= nameWidth
                if isLong { result.append(Line(indent: 3, parts: [(name, .key)])) }
                for (index, piece) in pieces.enumerated() {
                    let lead = index == 0 && !isLong ? name : ""
                    let gap = String(repeating: " ", count: nameWidth - CharacterWidth.of(lead))
                    result.append(Line(indent: 3, parts: [(lead, .key), (gap, .text), (piece, .text)]))
                }
            }
        }
        return result
    }
}

/// What the explorer needs to know of how text is drawn.
public enum PageLength {
    /// Lines of the page that is open over the panels, in so many columns; 0 where none is.
    public static let lines: ExplorerState.PageLength = { state, width in
        PagePainter.openLineCount(state, width: width)
    }
}
