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

    /// A straight line from one place to another, both in shares of the picture from its lower left corner.
    ///
    /// - Parameter dash: of every `dash.of` dots along the line the first `dash.shown` are drawn.
    mutating func line(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), dash: (shown: Int, of: Int) = (1, 1)
    ) {
        guard rows > 0, columns > 0, [start.x, start.y, end.x, end.y].allSatisfy({ $0.isFinite }) else { return }
        // Far outside nothing is drawn: clipped there, lines keep their slopes.
        guard let (start, end) = Self.clipped(start, end) else { return }
        let across = Double(columns - 1), down = Double(rows - 1)
        let (x, y) = (start.x * across, start.y * down)
        let (dx, dy) = (end.x * across - x, end.y * down - y)
        let steps = max(1, Int(max(abs(dx), abs(dy)).rounded(.up)))
        for step in 0...steps where step % dash.of < dash.shown {
            let share = Double(step) / Double(steps)
            set(Int((x + share * dx).rounded()), Int((y + share * dy).rounded()))
        }
    }

    /// The part of a line within the picture (Liang and Barsky 1984); nil where there is none.
    private static func clipped(
        _ start: (x: Double, y: Double), _ end: (x: Double, y: Double)
    ) -> (start: (x: Double, y: Double), end: (x: Double, y: Double))? {
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        var (first, last) = (0.0, 1.0)
        for (step, room) in [(-dx, start.x), (dx, 1 - start.x), (-dy, start.y), (dy, 1 - start.y)] {
            if step == 0 {
                guard room >= 0 else { return nil }
            } else if step < 0 {
                first = max(first, room / step)
            } else {
                last = min(last, room / step)
            }
        }
        guard first <= last else { return nil }
        return (
            (start.x + first * dx, start.y + first * dy), (start.x + last * dx, start.y + last * dy)
        )
    }

    /// Every second dot below a height, for each column of dots.
    mutating func fillBelow(_ heights: (Int) -> Double) {
        for column in 0..<columns {
            let height = heights(column)
            guard height.isFinite else { continue }
            for row in 0..<max(0, min(rows, Int((height * Double(rows - 1)).rounded()))) where (row + column) % 2 == 0 {
                set(column, row)
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
