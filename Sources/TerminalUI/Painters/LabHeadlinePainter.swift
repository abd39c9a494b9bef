import Explorer

/// The claim, and under it what was found or what to do.
struct LabHeadlinePainter: PanelPainter {
    static let panel = PanelID.labHeadline
    let painter: ScreenPainter

    func paint(_ model: LabHeadlineModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner
        // The finding is what a run is for: it keeps its rows, the claim what is left.
        let below = TextFit.wrapped(model.finding ?? model.hint, to: area.width)
        let claim = TextFit.wrapped(model.claim, to: area.width)
        let shown = min(below.count, max(1, area.height - min(claim.count, max(1, area.height - below.count))))
        // In few rows the finding stands alone.
        let isAlone = model.finding != nil && area.height <= 3 && below.count >= area.height - 1
        let room = isAlone ? 0 : max(0, area.height - shown)
        for (offset, line) in claim.prefix(room).enumerated() {
            let isCut = offset == room - 1 && claim.count > room
            let text = isCut ? TextFit.withEllipsis(line, to: area.width) : line
            canvas.put(area.row + offset, area.column, text, painter.style(.title), limit: area.endColumn)
        }
        let start = area.row + min(claim.count, room)
        for (offset, line) in below.prefix(area.endRow - start).enumerated() {
            canvas.put(
                start + offset, area.column, line, painter.style(model.finding == nil ? .dim : .key),
                limit: area.endColumn)
        }
    }
}
