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
    mutating func draw(_ heights: (Int) -> Double) {
        guard rows > 0 else { return }
        var before: Int?
        for column in 0..<columns {
            let height = heights(column)
            guard height.isFinite else {
                before = nil
                continue
            }
            let row = Int((max(-0.5, min(1.5, height)) * Double(rows - 1)).rounded())
            set(column, row)
            if let before, abs(row - before) > 1 {
                for step in min(row, before) + 1..<max(row, before) { set(column, step) }
            }
            before = row
        }
    }

    func paint(_ rect: Rect, _ style: Style, _ canvas: inout Canvas) {
        for row in 0..<height {
            for column in 0..<width {
                let bits = dots[row * width + column]
                guard bits != 0, let scalar = scalar(bits) else { continue }
                canvas.set(rect.row + row, rect.column + column, Cell(scalar.value, style: style))
            }
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
