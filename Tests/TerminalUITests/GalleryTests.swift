import Explorer
import Testing

@testable import TerminalUI

/// Every widget alone, with glyphs and styles, on each kind of terminal.
@Suite(.serialized) struct GalleryTests {
    /// What a widget is drawn with.
    private static let terminals: [(name: String, ColorTier, Glyphs)] = [
        ("palette", .palette, .braille), ("direct", .direct, .blocks), ("eight", .eight, .braille),
        ("mono", .mono, .braille), ("ascii", .mono, .ascii),
    ]

    private func check(
        _ name: String, rows: Int, columns: Int, _ paint: (ScreenPainter, Rect, inout Canvas) -> Void
    ) throws {
        Snapshot.knowCharacters()
        for (terminal, tier, glyphs) in Self.terminals {
            var canvas = Canvas(rows: rows, columns: columns, isASCII: glyphs.isASCII)
            paint(ScreenPainter(theme: Theme(tier), glyphs: glyphs), canvas.bounds, &canvas)
            try Snapshot.check("Gallery/\(name)-\(terminal)", canvas, tier)
        }
    }

    @Test func pictures() throws {
        // A hill in the middle, and nothing in a corner.
        try check("picture-sequential", rows: 8, columns: 24) { painter, rect, canvas in
            PixelPicture(painter, .sequential, rows: 16, columns: 24) { row, column in
                if row < 4 && column < 4 { return nil }
                let (y, x) = (Double(row - 8), Double(column - 12))
                return max(0, 1 - y * y / 60 - x * x / 140)
            }.paint(rect, &canvas)
        }
        try check("picture-diverging", rows: 4, columns: 21) { painter, rect, canvas in
            PixelPicture(painter, .diverging, rows: 7, columns: 21) { row, column in
                (Double(column) - 10) / 10 * (row < 4 ? 1 : -1)
            }.paint(rect, &canvas)
        }
    }

    @Test func keys() throws {
        try check("color-key", rows: 2, columns: 40) { painter, rect, canvas in
            ColorKey(painter: painter, map: .sequential, low: "0", high: "1.5", title: "|r|").paint(0, rect, &canvas)
            ColorKey(painter: painter, map: .diverging, low: "-2", middle: "0", high: "2").paint(1, rect, &canvas)
        }
        try check("legend", rows: 3, columns: 40) { painter, rect, canvas in
            let legend = Legend(
                painter: painter,
                entries: [
                    Legend.Entry("█", "original r", "r", style: painter.style(.histogram)),
                    Legend.Entry("━", "reconstruction r̂", "r̂", style: painter.style(.reconstruction)),
                    Legend.Entry("┊", "clip limits", "clip", style: painter.style(.clip)),
                ])
            for (row, width) in [(0, 40), (1, 20), (2, 8)] {
                legend.paint(row, Rect(row: row, column: 0, height: 1, width: width), &canvas)
            }
        }
    }

    @Test func bars() throws {
        try check("bar", rows: 5, columns: 16) { painter, _, canvas in
            for (row, share) in [0, 0.01, 0.4, 0.97, 1].enumerated() {
                Bar(painter: painter).paint(
                    share, row, 0, width: 16, painter.style(.histogram), hasTrack: row % 2 == 0, &canvas)
            }
        }
        try check("thin-bar", rows: 3, columns: 16) { painter, _, canvas in
            for (row, share) in [0.03, 0.4, 1].enumerated() {
                Bar(painter: painter, isThin: true).paint(
                    share, row, 0, width: 16, painter.style(.histogram), &canvas)
            }
        }
        try check("stacked-bar", rows: 2, columns: 40) { painter, rect, canvas in
            let parts = [
                (0.7, painter.style(.histogram)), (0, painter.style(.clip)), (0.25, painter.style(.reconstruction)),
                (0.05, painter.style(.grid)),
            ]
            Bar(painter: painter).stacked(parts.map { (share: $0.0, style: $0.1) }, 0, rect, &canvas)
        }
        try check("sparkline", rows: 2, columns: 20) { painter, _, canvas in
            let hill = (0..<20).map { (place: Int) -> Double in
                let distance = Double(place - 10)
                return 1 - distance * distance / 100
            }
            Sparkline(painter: painter).paint(hill, 0, 0, width: 20, painter.style(.histogram), &canvas)
            Sparkline(painter: painter).paint(hill, 1, 0, width: 7, painter.style(.histogram), &canvas)
        }
        try check("histogram", rows: 6, columns: 24) { painter, rect, canvas in
            let counts = (0..<24).map { (place: Int) -> UInt64 in UInt64(max(0, 100 - (place - 12) * (place - 12))) }
            var levels = [UInt64](repeating: 0, count: 24)
            for place in stride(from: 0, to: 24, by: 4) { levels[place] = 2 * counts[place] }
            BarChart(painter: painter, counts: counts, line: levels, hasLogCounts: false).paint(rect, &canvas)
        }
    }

    @Test func digits() throws {
        try check("large-digits", rows: 6, columns: 48) { painter, _, canvas in
            let digits = LargeDigits(painter: painter), style = painter.style(.value)
            digits.paint("0123456789", 0, 0, style, &canvas)
            let end = digits.paint("≈-4.5e+7", 3, 0, style, &canvas)
            canvas.put(5, end + 1, "dB", style)
        }
    }

    @Test func plots() throws {
        try check("line-plot", rows: 10, columns: 36) { painter, rect, canvas in
            let frame = PlotFrame(
                painter: painter, x: Axis(low: 2, high: 8), y: Axis(low: 0, high: 100), xTitle: "bits",
                yTitle: "accuracy, %")
            frame.paint(rect, &canvas)
            let rising = [(0, 0.1), (0.2, 0.3), (0.4, 0.9), (1, 0.97)].map { (x: $0.0, y: $0.1) }
            let falling = [(0, 0.9), (0.5, 0.2), (1, 0.15)].map { (x: $0.0, y: $0.1) }
            LinePlot(
                painter: painter,
                series: [
                    LinePlot.Series(points: falling, style: painter.style(.errorCurve), letter: "b", dash: (2, 4)),
                    LinePlot.Series(
                        points: rising, style: painter.style(.curve), letter: "a", isFilled: true, mark: "●"),
                ]
            ).paint(frame.plot(in: rect), &canvas)
        }
    }

    /// Round numbers, apart from each other at every width.
    @Test func ticksAreRoundAndApart() {
        #expect(Ticks(low: 0, high: 1, most: 5).marks.map { $0.text } == ["0", "0.2", "0.4", "0.6", "0.8", "1.0"])
        #expect(Ticks(low: -3.7, high: 12.2, most: 4).marks.map { $0.text } == ["0", "5", "10"])
        #expect(Ticks(low: 1e-9, high: 5e-9, most: 4).marks.count >= 2)
        #expect(Ticks(low: 1, high: 1, most: 4).marks.isEmpty)
        #expect(Ticks(low: -.infinity, high: 1, most: 4).marks.isEmpty)
        for (low, high) in [(0.0, 1.0), (-7.43, 7.43), (-1e6, 3e7), (12_345, 12_346.5), (1e-12, 9e-12)] {
            for width in [1, 7, 20, 40, 120] {
                let axis = Axis(low: low, high: high)
                let placed = Ticks(low: low, high: high, most: max(1, width / 8))
                    .placed(in: width, share: { axis.share(of: $0) })
                var end = -1
                for (mark, tick, column) in placed {
                    #expect(column > end, "\(low)…\(high) in \(width)")
                    #expect(column >= 0 && tick < width)
                    end = column + CharacterWidth.of(mark.text)
                    #expect(end <= width)
                }
            }
        }
    }

    /// A line from corner to corner leaves no gap, whatever its slope, and what lies outside is cut where it leaves.
    @Test func linesAreConnected() {
        for (x, y) in [(1.0, 1.0), (1, 0.1), (0.1, 1), (1, 0), (0, 1)] {
            for glyphs in [Glyphs.braille, .blocks] {
                var canvas = Canvas(rows: 8, columns: 16), grid = DotGrid(glyphs, width: 16, height: 8)
                grid.line(from: (0, 0), to: (x, y))
                grid.paint(canvas.bounds, Style(), &canvas)
                let cells = (0..<8).flatMap { row in (0..<16).map { (row, $0) } }.filter {
                    canvas[$0.0, $0.1].scalar != 32
                }
                for (row, column) in cells where !(row == 7 && column == 0) {
                    let isTouched = cells.contains {
                        abs($0.0 - row) <= 1 && abs($0.1 - column) <= 1 && $0 != (row, column)
                    }
                    #expect(isTouched || cells.count == 1)
                }
                #expect(cells.count >= Int(max(x * 15, y * 7)))
            }
        }
        var inside = DotGrid(.braille, width: 8, height: 4), cut = inside
        inside.line(from: (0, 0), to: (1, 1))
        cut.line(from: (-1, -1), to: (2, 2))
        var (first, second) = (Canvas(rows: 4, columns: 8), Canvas(rows: 4, columns: 8))
        inside.paint(first.bounds, Style(), &first)
        cut.paint(second.bounds, Style(), &second)
        #expect(first == second)
        #expect(first.cells.contains { $0.scalar != 32 })
    }
}
