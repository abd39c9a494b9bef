import Explorer

/// A share as a bar in eighths of a cell.
struct Bar {
    let painter: ScreenPainter
    /// A line in the middle of the row, so that bars under each other stay apart.
    var isThin = false

    private static let eighths: [Unicode.Scalar] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"]

    /// - Parameters:
    ///   - share: from 0 to 1.
    ///   - hasTrack: what the bar could fill is dotted.
    func paint(
        _ share: Double, _ row: Int, _ column: Int, width: Int, _ style: Style, hasTrack: Bool = false,
        _ canvas: inout Canvas
    ) {
        guard width > 0 else { return }
        let steps = painter.glyphs.isASCII ? 1 : isThin ? 2 : 8
        let share = share.isFinite ? max(0, min(1, share)) : 0
        // What is there at all is seen.
        let filled = max(share > 0 ? 1 : 0, Int((share * Double(width * steps)).rounded()))
        for place in 0..<width {
            let rest = filled - place * steps
            if rest > 0 {
                let glyph: Unicode.Scalar =
                    painter.glyphs.isASCII ? "#" : isThin ? (rest == 1 ? "╸" : "━") : Self.eighths[min(8, rest)]
                canvas.set(row, column + place, Cell(glyph.value, style: style))
            } else if hasTrack {
                let track: Unicode.Scalar = painter.glyphs.isASCII ? "." : "·"
                canvas.set(row, column + place, Cell(track.value, style: painter.style(.dim)))
            }
        }
    }

    /// What parts of a stacked bar are filled with: neighbours differ without colours.
    static func fillings(_ painter: ScreenPainter) -> [Unicode.Scalar] {
        painter.glyphs.shades.dropFirst(2).reversed()
    }

    /// Parts of a whole side by side, each in its style and filling; those without a share are left out.
    func stacked(_ parts: [(share: Double, style: Style)], _ row: Int, _ area: Rect, _ canvas: inout Canvas) {
        let whole = parts.reduce(0) { $0 + max(0, $1.share) }, fillings = Self.fillings(painter)
        guard whole > 0 else { return }
        var start = 0, sum = 0.0
        for (place, part) in parts.filter({ $0.share > 0 }).enumerated() where start < area.width {
            sum += part.share
            // What is there at all is seen.
            let end = min(area.width, max(start + 1, Int((sum / whole * Double(area.width)).rounded())))
            let filling = fillings[place % fillings.count]
            for column in start..<end { canvas.set(row, area.column + column, Cell(filling.value, style: part.style)) }
            start = end
        }
    }
}
