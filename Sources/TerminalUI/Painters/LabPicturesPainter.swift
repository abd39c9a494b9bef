import Explorer

/// Images side by side, two rows of pixels in a row of cells: the upper half of a cell by its colour, the lower by its ground.
struct LabPicturesPainter: PanelPainter {
    static let panel = PanelID.labPictures
    let painter: ScreenPainter

    func paint(_ model: LabPicturesModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        // Large images are shown by every second or third pixel.
        let step = max(
            1, (model.columns + area.width - 1) / max(1, area.width),
            (model.rows + 2 * area.height - 1) / max(1, 2 * area.height))
        let width = (model.columns + step - 1) / step, height = ((model.rows + step - 1) / step + 1) / 2
        let across = max(1, (area.width + 1) / (width + 1)), down = max(1, (area.height + 1) / (height + 1))
        for (place, image) in model.images.prefix(across * down).enumerated() {
            let top = area.row + place / across * (height + 1), left = area.column + place % across * (width + 1)
            func pixel(_ row: Int, _ column: Int) -> Double? {
                let (y, x) = (row * step, column * step)
                return y < model.rows && x < model.columns ? image[y * model.columns + x] : nil
            }
            let rect = Rect(
                row: top, column: left, height: min(height, area.endRow - top), width: min(width, area.endColumn - left)
            )
            PixelPicture(painter, .sequential, rows: 2 * height, columns: width) { pixel($0, $1) ?? 0 }
                .paint(rect, &canvas)
        }
    }
}
