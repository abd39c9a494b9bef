/// Characters that stand for areas and lines rather than for text, as parts of a cell.
enum CellShape {
    /// Rectangles in shares of the cell from its upper left corner.
    case areas([(x: Double, y: Double, width: Double, height: Double)])
    /// The whole cell, so much of it covered.
    case shade(Double)
    /// From the cell's middle to its edges.
    case lines(up: Double, down: Double, left: Double, right: Double, isDashed: Bool)
    /// Two columns of four dots.
    case dots(UInt8)

    init?(_ scalar: UInt32) {
        switch scalar {
        // From the lower eighth to the whole cell.
        case 0x2581...0x2588:
            let share = Double(scalar - 0x2580) / 8
            self = .areas([(0, 1 - share, 1, share)])
        // From the left seven eighths to the left one.
        case 0x2589...0x258F: self = .areas([(0, 0, Double(0x2590 - scalar) / 8, 1)])
        case 0x2580: self = .areas([(0, 0, 1, 0.5)])
        case 0x2590: self = .areas([(0.5, 0, 0.5, 1)])
        case 0x2591...0x2593: self = .shade(Double(scalar - 0x2590) / 4)
        case 0x2596...0x259F:
            // Upper left, upper right, lower left, lower right.
            let bits: [UInt8] = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14]
            let quarters = bits[Int(scalar - 0x2596)]
            var areas: [(x: Double, y: Double, width: Double, height: Double)] = []
            for quarter in 0..<4 where quarters >> quarter & 1 == 1 {
                areas.append((Double(quarter % 2) / 2, Double(quarter / 2) / 2, 0.5, 0.5))
            }
            self = .areas(areas)
        case 0x2800...0x28FF: self = .dots(UInt8(scalar - 0x2800))
        default:
            guard let line = Self.lines[scalar] else { return nil }
            self = line
        }
    }

    private static func line(_ up: Double, _ down: Double, _ left: Double, _ right: Double, dashed: Bool = false)
        -> CellShape
    {
        .lines(up: up, down: down, left: left, right: right, isDashed: dashed)
    }

    /// Widths of the four halves: 0 none, 1 light, 2 heavy.
    private static let lines: [UInt32: CellShape] = {
        let shapes: [Unicode.Scalar: CellShape] = [
            "─": line(0, 0, 1, 1), "│": line(1, 1, 0, 0), "╭": line(0, 1, 0, 1), "╮": line(0, 1, 1, 0),
            "╰": line(1, 0, 0, 1), "╯": line(1, 0, 1, 0), "├": line(1, 1, 0, 1), "┤": line(1, 1, 1, 0),
            "┬": line(0, 1, 1, 1), "┴": line(1, 0, 1, 1), "┼": line(1, 1, 1, 1), "╷": line(0, 1, 1, 1),
            "━": line(0, 0, 2, 2), "╸": line(0, 0, 2, 0), "┃": line(2, 2, 0, 0), "└": line(1, 0, 0, 1),
            "┊": line(1, 1, 0, 0, dashed: true), "╎": line(1, 1, 0, 0, dashed: true),
            "┆": line(1, 1, 0, 0, dashed: true), "╌": line(0, 0, 1, 1, dashed: true),
        ]
        return Dictionary(uniqueKeysWithValues: shapes.map { ($0.key.value, $0.value) })
    }()
}
