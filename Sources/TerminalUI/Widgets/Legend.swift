import Explorer

/// What the parts of a picture are, each with its mark, in one row; those that have no room are left out, shorter names first.
struct Legend {
    struct Entry {
        let mark: String
        /// From the longest on.
        let names: [String]
        let style: Style

        init(_ mark: String, _ names: String..., style: Style) {
            (self.mark, self.names, self.style) = (mark, names, style)
        }
    }

    let painter: ScreenPainter
    let entries: [Entry]

    /// Returns the column after it.
    @discardableResult
    func paint(_ row: Int, _ area: Rect, _ canvas: inout Canvas) -> Int {
        let most = entries.map { $0.names.count }.max() ?? 0
        for length in 0..<max(1, most) {
            let texts = entries.map { $0.names[min(length, $0.names.count - 1)] }
            let width = zip(entries, texts).reduce(-2) {
                $0 + CharacterWidth.of($1.0.mark) + 1 + CharacterWidth.of($1.1) + 2
            }
            if width <= area.width { return put(Array(zip(entries, texts)), row, area, &canvas) }
        }
        // As many as there is room for.
        return put(entries.map { ($0, $0.names.last ?? "") }, row, area, &canvas)
    }

    private func put(_ shown: [(Entry, String)], _ row: Int, _ area: Rect, _ canvas: inout Canvas) -> Int {
        var column = area.column
        for (entry, text) in shown {
            let width = CharacterWidth.of(entry.mark) + 1 + CharacterWidth.of(text)
            guard column + width <= area.endColumn else { break }
            column = canvas.put(row, column, entry.mark, entry.style)
            column = canvas.put(row, column + 1, text, painter.style(.dim)) + 2
        }
        return column
    }
}
