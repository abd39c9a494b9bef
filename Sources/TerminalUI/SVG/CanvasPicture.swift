public import Explorer
import Tensors

/// A canvas, or a part of it, as an SVG: text as text, blocks, lines and dots as shapes, so that every viewer shows the same.
public struct CanvasPicture: Sendable {
    private static let width = 9.0, height = 18.0, fontSize = 15.0

    private let canvas: Canvas
    private let part: Rect
    private let ground: ColorMap.Ground
    private var own: (text: RGB, ground: RGB) {
        ground == .dark
            ? (RGB(hexadecimal: 0xD7DAE0), RGB(hexadecimal: 0x16181D))
            : (RGB(hexadecimal: 0x1F2328), RGB(255, 255, 255))
    }

    public init(_ canvas: Canvas, part: Rect? = nil, on ground: ColorMap.Ground) {
        self.canvas = canvas
        self.part = part ?? Rect(row: 0, column: 0, height: canvas.rows, width: canvas.columns)
        self.ground = ground
    }

    /// - Parameter title: what the picture shows, for those who hear it.
    public func svg(title: String) -> String {
        let (width, height) = (Double(part.width) * Self.width, Double(part.height) * Self.height)
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) \(number(height))\" "
                + "width=\"\(number(width))\" height=\"\(number(height))\" role=\"img\">",
            "<title>\(escaped(title))</title>",
            "<style>text{font:\(number(Self.fontSize))px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;"
                + "white-space:pre}</style>",
            "<rect width=\"100%\" height=\"100%\" fill=\"\(name(own.ground))\"/>",
        ]
        for row in part.row..<part.endRow { lines += self.row(row) }
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Rows

    private struct Look: Equatable {
        var text: RGB
        var ground: RGB?
        var isBold: Bool, isDim: Bool, isUnderlined: Bool
    }

    private func look(_ style: Style) -> Look {
        func mixture(_ color: Color) -> RGB? { color.mixture ?? color.index.map { RGB(paletteIndex: $0) } }
        var text = mixture(style.foreground) ?? own.text, ground = mixture(style.background)
        if style.attributes.contains(.reverse) { (text, ground) = (ground ?? own.ground, text) }
        return Look(
            text: text, ground: ground, isBold: style.attributes.contains(.bold),
            isDim: style.attributes.contains(.dim), isUnderlined: style.attributes.contains(.underline))
    }

    /// Grounds first, then shapes, then runs of text in one style.
    private func row(_ row: Int) -> [String] {
        let y = Double(row - part.row) * Self.height
        let cells = (part.column..<part.endColumn).map { canvas[row, $0] }, looks = cells.map { look($0.style) }
        var lines: [String] = []
        forEachRun(of: looks.map { $0.ground }) { start, count, ground in
            if let ground { lines.append(rectangle(Double(start), 0, Double(count), 1, y, name(ground))) }
        }
        // Neighbours that are the same area are one.
        var column = 0
        while column < cells.count {
            guard let shape = CellShape(cells[column].scalar) else {
                column += 1
                continue
            }
            var count = 1
            if case .areas(let areas) = shape, areas.allSatisfy({ $0.x == 0 && $0.width == 1 }) {
                while column + count < cells.count, cells[column + count].scalar == cells[column].scalar,
                    looks[column + count] == looks[column]
                {
                    count += 1
                }
            }
            lines += self.shape(shape, Double(column), Double(count), y, looks[column])
            column += count
        }
        lines += text(cells, looks, y)
        return lines
    }

    private func forEachRun<Value: Equatable>(of values: [Value], _ body: (Int, Int, Value) -> Void) {
        var start = 0
        while start < values.count {
            var end = start + 1
            while end < values.count, values[end] == values[start] { end += 1 }
            body(start, end - start, values[start])
            start = end
        }
    }

    private func text(_ cells: [Cell], _ looks: [Look], _ y: Double) -> [String] {
        var lines: [String] = [], start = 0
        func isText(_ place: Int) -> Bool { CellShape(cells[place].scalar) == nil }
        while start < cells.count {
            guard isText(start), cells[start].scalar != 32, cells[start].width > 0 else {
                start += 1
                continue
            }
            var end = start, last = start, run = String.UnicodeScalarView()
            var content = String.UnicodeScalarView()
            while end < cells.count, isText(end), looks[end] == looks[start] || cells[end].scalar == 32 {
                if cells[end].width > 0 {
                    run.append(Unicode.Scalar(cells[end].scalar) ?? " ")
                    if cells[end].mark != 0, let mark = Unicode.Scalar(cells[end].mark) { run.append(mark) }
                }
                // Two blanks end a run: they stand where columns do.
                if cells[end].scalar != 32 || cells[end].width == 0 {
                    last = end
                    content = run
                } else if end > last + 1 {
                    break
                }
                end += 1
            }
            let look = looks[start], length = Double(last - start + 1) * Self.width
            let attributes =
                (look.isBold ? " font-weight=\"bold\"" : "") + (look.isDim ? " opacity=\".6\"" : "")
                + (look.isUnderlined ? " text-decoration=\"underline\"" : "")
            lines.append(
                "<text x=\"\(number(Double(start) * Self.width))\" y=\"\(number(y + 0.75 * Self.height))\" "
                    + "textLength=\"\(number(length))\" lengthAdjust=\"spacingAndGlyphs\" "
                    + "fill=\"\(name(look.text))\"\(attributes)>\(escaped(String(content)))</text>")
            start = last + 1
        }
        return lines
    }

    private func shape(_ shape: CellShape, _ column: Double, _ count: Double, _ y: Double, _ look: Look) -> [String] {
        let color = name(look.text), x = column * Self.width
        switch shape {
        case .areas(let areas):
            return areas.map { rectangle(column + $0.x, $0.y, count * $0.width, $0.height, y, color) }
        case .shade(let share): return [rectangle(column, 0, count, 1, y, color, opacity: share)]
        case .dots(let bits):
            return (0..<8).filter { bits >> $0 & 1 == 1 }.map { bit in
                let (across, down) = bit < 6 ? (bit / 3, bit % 3) : (bit - 6, 3)
                let (cx, cy) = (x + (Double(across) + 0.5) * Self.width / 2, y + (Double(down) + 0.5) * Self.height / 4)
                return "<circle cx=\"\(number(cx))\" cy=\"\(number(cy))\" r=\"1.5\" fill=\"\(color)\"/>"
            }
        case .lines(let up, let down, let left, let right, let isDashed):
            let (cx, cy) = (x + Self.width / 2, y + Self.height / 2)
            let ends: [(width: Double, x: Double, y: Double)] = [
                (up, cx, y), (down, cx, y + Self.height), (left, x, cy), (right, x + Self.width, cy),
            ]
            let dashes = isDashed ? " stroke-dasharray=\"2 3\"" : ""
            return ends.filter { $0.width > 0 }.map { end in
                "<path d=\"M\(number(cx)) \(number(cy))L\(number(end.x)) \(number(end.y))\" stroke=\"\(color)\" "
                    + "stroke-width=\"\(number(end.width + 0.2))\"\(dashes)/>"
            }
        }
    }

    private func rectangle(
        _ column: Double, _ top: Double, _ columns: Double, _ rows: Double, _ y: Double, _ color: String,
        opacity: Double = 1
    ) -> String {
        // Half a unit more hides the seams between neighbours.
        "<rect x=\"\(number(column * Self.width))\" y=\"\(number(y + top * Self.height))\" "
            + "width=\"\(number(columns * Self.width + 0.3))\" height=\"\(number(rows * Self.height + 0.3))\" "
            + "fill=\"\(color)\"" + (opacity < 1 ? " opacity=\"\(number(opacity))\"" : "") + "/>"
    }

    private func name(_ color: RGB) -> String {
        let digits = String(color.hexadecimal, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    private func number(_ value: Double) -> String {
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

extension ScreenPainter {
    /// The screen of a state as an SVG, or one of its panels where it is shown.
    public func svg(_ state: ExplorerState, panel: PanelID? = nil) -> String {
        CanvasPicture(paint(state), part: panel.flatMap { state.layout[$0] }, on: theme.ground)
            .svg(title: "qlens: \(state.tensor.name), \(state.recipe)")
    }
}
