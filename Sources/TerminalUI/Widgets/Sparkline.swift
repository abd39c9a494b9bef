import Explorer

/// Numbers as one row of bars.
struct Sparkline {
    let painter: ScreenPainter

    /// - Parameter shares: from 0 to 1, equally wide; the largest of those that meet in a column is shown.
    func paint(_ shares: [Double], _ row: Int, _ column: Int, width: Int, _ style: Style, _ canvas: inout Canvas) {
        guard !shares.isEmpty, width > 0 else { return }
        let bars = painter.glyphs.bars, steps = Double(bars.count - 1)
        for place in 0..<width {
            let start = place * shares.count / width, end = max(start + 1, (place + 1) * shares.count / width)
            let most = shares[start..<end].filter { $0.isFinite }.max() ?? 0
            guard most > 0 else { continue }
            let step = max(1, min(bars.count - 1, Int((most * steps).rounded())))
            canvas.set(row, column + place, Cell(bars[step].value, style: style))
        }
    }
}
