import Explorer
/// A picture of dots finer than cells, for curves.
struct DotGrid {
    let glyphs: Glyphs
    let width: Int
    let height: Int
    /// Dots in all.
    let columns: Int
    let rows: Int
    private var dots: [UInt8]

    init(_ glyphs: Glyphs, width: Int, height: Int) {
        self.glyphs = glyphs
        self.width = max(0, width)
        self.height = max(0, height)
        let (across, down) = Self.resolution(glyphs)
        columns = self.width * across
        rows = self.height * down
        dots = [UInt8](repeating: 0, count: self.width * self.height)
    }

    private static func resolution(_ glyphs: Glyphs) -> (across: Int, down: Int) {
        switch glyphs.dots {
        case .braille: (2, 4)
        case .quadrants: (2, 2)
        case .ascii: (1, 3)
        }
    }

    /// Sets a dot; row 0 is the lowest. Outside nothing happens.
    mutating func set(_ column: Int, _ row: Int) {
        guard column >= 0, column < columns, row >= 0, row < rows else { return }
        let (across, down) = Self.resolution(glyphs)
        let fromTop = rows - 1 - row
        let cell = fromTop / down * width + column / across
        let x = column % across, y = fromTop % down
        switch glyphs.dots {
        case .braille: dots[cell] |= y == 3 ? (x == 0 ? 0x40 : 0x80) : UInt8(1 << (y + 3 * x))
        case .quadrants: dots[cell] |= UInt8(1 << (2 * y + x))
        case .ascii: dots[cell] |= UInt8(1 << y)
        }
    }

    /// A curve through one height for each column of dots, 0 at the bottom and 1 at the top, steps joined by lines.
    ///
    /// - Parameter dash: of every `dash.of` columns the first `dash.shown` are drawn.
    mutating func draw(dash: (shown: Int, of: Int) = (1, 1), _ heights: (Int) -> Double) {
        guard rows > 0 else { return }
        var before: Int?
        for column in 0..<columns {
            let height = heights(column)
            guard height.isFinite else {
                before = nil
                continue
            }
            let row = Int((max(-0.5, min(1.5, height)) * Double(rows - 1)).rounded())
            defer { before = row }
            guard column % dash.of < dash.shown else { continue }
            set(column, row)
            if let before, abs(row - before) > 1 {
                for step in min(row, before) + 1..<max(row, before) { set(column, step) }
            }
        }
    }

    func paint(_ rect: Rect, _ style: Style, _ canvas: inout Canvas) {
        for row in 0..<height {
            for column in 0..<width {
                let bits = dots[row * width + column]
                guard bits != 0, let scalar = scalar(bits | there(canvas, rect.row + row, rect.column + column)) else {
                    continue
                }
                canvas.set(rect.row + row, rect.column + column, Cell(scalar.value, style: style))
            }
        }
    }

    /// Dots that another curve has set in a cell, so that both are seen.
    private func there(_ canvas: Canvas, _ row: Int, _ column: Int) -> UInt8 {
        guard row >= 0, row < canvas.rows, column >= 0, column < canvas.columns else { return 0 }
        let scalar = canvas[row, column].scalar
        switch glyphs.dots {
        case .braille: return (0x2800...0x28FF).contains(scalar) ? UInt8(scalar - 0x2800) : 0
        case .quadrants:
            guard scalar != 32 else { return 0 }
            return UInt8(Self.quadrants.firstIndex { $0.value == scalar } ?? 0)
        case .ascii: return 0
        }
    }

    private static let quadrants: [Unicode.Scalar] = [
        " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
    ]
    private static let heights: [Unicode.Scalar] = [" ", "'", "-", "|", "_", "|", "|", "|"]

    private func scalar(_ bits: UInt8) -> Unicode.Scalar? {
        switch glyphs.dots {
        case .braille: Unicode.Scalar(0x2800 + UInt32(bits))
        case .quadrants: Self.quadrants[Int(bits)]
        case .ascii: Self.heights[Int(bits)]
        }
    }
}
