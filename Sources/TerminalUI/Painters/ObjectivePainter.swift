import Basics
import Explorer

/// Error curves over the clip limit, calibrators' choices by their names under the axis, and what they and theory reach.
struct ObjectivePainter: PanelPainter {
    static let panel = PanelID.objective
    let painter: ScreenPainter

    func paint(_ picture: Picture<ObjectiveModel>, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        let titles = if case .drawn(let model) = picture { model.titles } else { [ScreenText.title(of: .objective)] }
        painter.frame(rect, painter.fitting(titles, rect), isFocused: isFocused, &canvas)
        let area = rect.inner
        guard let objective = painter.drawn(picture, area, &canvas) else { return }
        let parts = ObjectivePanel.parts(in: area)
        readout(objective, parts.readout, &canvas)
        curves(objective, parts.plot, &canvas)
        legend(objective, parts.plot, &canvas)
        marks(objective, parts, &canvas)
        painter.axisLabels(objective.axis, row: parts.labels, parts.plot, &canvas)
        if parts.list.height >= 6 { list(objective, parts.list, &canvas) }
    }

    /// Numbers at the cursor, in as many rows as there are.
    private func readout(_ model: ObjectiveModel, _ rect: Rect, _ canvas: inout Canvas) {
        var row = rect.row, column = rect.column
        for part in model.readout {
            let width = CharacterWidth.of(part)
            if column > rect.column, column + width > rect.endColumn {
                row += 1
                column = rect.column
            }
            guard row < rect.endRow, column + width <= rect.endColumn else { continue }
            column = canvas.put(row, column, part, painter.style(model.isEstimate ? .estimate : .value)) + 2
        }
    }

    private func style(of curve: ObjectiveModel.Curve) -> Style {
        switch curve {
        case .mse: painter.style(.reconstruction)
        case .clipping: painter.style(.clip)
        case .rounding: painter.style(.grid)
        case .mae: painter.style(.errorCurve)
        case .divergence: painter.style(.dim)
        }
    }

    /// Which of a curve's columns are drawn: curves are distinguished without colours.
    private static func dash(of curve: ObjectiveModel.Curve) -> (shown: Int, of: Int) {
        switch curve {
        case .mse: (1, 1)
        case .clipping: (4, 6)
        case .rounding: (1, 2)
        case .mae: (2, 5)
        case .divergence: (1, 4)
        }
    }

    private func curves(_ model: ObjectiveModel, _ plot: Rect, _ canvas: inout Canvas) {
        vertical(model.current, painter.glyphs.clip, .clip, plot, &canvas)
        if model.cursor != model.current {
            vertical(model.cursor, painter.glyphs.cursorLine, .dim, plot, &canvas)
        }
        LinePlot(
            painter: painter,
            series: ObjectiveModel.Curve.allCases.reversed().flatMap { curve in
                pieces(of: curve, model, columns: 2 * plot.width).map { points in
                    LinePlot.Series(
                        points: points, style: style(of: curve), letter: Character(sample(of: curve)),
                        dash: Self.dash(of: curve))
                }
            }
        ).paint(plot, &canvas)
        guard plot.column > 0, plot.height > 1 else { return }
        label(NumberText.fixed(model.worstSQNR, places: 1), row: plot.row, plot, &canvas)
        label(NumberText.fixed(model.bestSQNR, places: 1), row: plot.endRow - 1, plot, &canvas)
        if plot.height >= 4 {
            label("SQNR", row: plot.row + (plot.height - 1) / 2, plot, &canvas)
            label("dB", row: plot.row + (plot.height - 1) / 2 + 1, plot, &canvas)
        }
    }

    /// The parts of a curve within the picture: what leaves it is not drawn along its edge.
    private func pieces(
        of curve: ObjectiveModel.Curve, _ model: ObjectiveModel, columns: Int
    ) -> [[(x: Double, y: Double)]] {
        var pieces: [[(x: Double, y: Double)]] = [[]]
        for column in 0..<columns {
            let x = (Double(column) + 0.5) / Double(columns)
            if let y = model.height(of: curve, at: x), (-0.02...1.02).contains(y) {
                pieces[pieces.count - 1].append((x, y))
            } else if pieces.last?.isEmpty == false {
                pieces.append([])
            }
        }
        return pieces.filter { !$0.isEmpty }
    }

    /// How a curve looks, for the legend; where dots are too coarse for dashes, a letter.
    private func sample(of curve: ObjectiveModel.Curve) -> String {
        let isASCII = painter.glyphs.isASCII
        return switch curve {
        case .mse: isASCII ? "#" : "━"
        case .clipping: isASCII ? "c" : "╌"
        case .rounding: isASCII ? "r" : "┈"
        case .mae: isASCII ? "a" : "╴"
        case .divergence: isASCII ? "k" : "·"
        }
    }

    private func label(_ text: String, row: Int, _ plot: Rect, _ canvas: inout Canvas) {
        let width = CharacterWidth.of(text)
        guard width < ObjectivePanel.labelWidth, plot.column >= width + 1 else { return }
        canvas.put(row, plot.column - 1 - width, text, painter.style(.dim))
    }

    private func vertical(
        _ share: Double?, _ glyph: Unicode.Scalar, _ role: Role, _ plot: Rect, _ canvas: inout Canvas
    ) {
        guard let column = column(share, plot) else { return }
        for row in plot.row..<plot.endRow {
            canvas.set(row, column, Cell(glyph.value, style: painter.style(role)))
        }
    }

    private func column(_ share: Double?, _ plot: Rect) -> Int? {
        guard let share, share >= 0, share <= 1 else { return nil }
        return plot.column + min(plot.width - 1, Int(share * Double(plot.width)))
    }

    /// Names of the curves in their colours, in the upper right corner where errors are large on both sides of the valley.
    private func legend(_ model: ObjectiveModel, _ plot: Rect, _ canvas: inout Canvas) {
        let names = ObjectiveModel.Curve.allCases.map { ($0, sample(of: $0) + ScreenText.name(of: $0)) }
        let width = names.reduce(-1) { $0 + $1.1.count + 1 }
        guard plot.height >= 4, width <= plot.width - 2 else { return }
        var column = plot.column + (plot.width - width) / 2
        for (curve, name) in names {
            column = canvas.put(plot.row, column, name, style(of: curve), limit: plot.endColumn) + 1
        }
    }

    /// Ticks on the axis, and under them the calibrators' names, each at the end of its leader.
    private func marks(_ model: ObjectiveModel, _ parts: ObjectivePanel.Parts, _ canvas: inout Canvas) {
        let rect = parts.marks, glyphs = painter.glyphs
        for column in rect.column..<rect.endColumn {
            canvas.set(rect.row, column, Cell(glyphs.axis.value, style: painter.style(.dim)))
        }
        let marks = model.marks.compactMap { mark in
            column(mark.share, parts.plot).map {
                Leader(column: $0, text: Self.name(mark), role: Self.role(mark), rank: Self.rank(mark))
            }
        }
        for mark in marks.sorted(by: { $0.rank > $1.rank }) {
            canvas.set(rect.row, mark.column, Cell(glyphs.threshold.value, style: painter.style(mark.role)))
        }
        let room = Rect(row: rect.row + 1, column: rect.column, height: rect.height - 1, width: rect.width)
        leaders(marks, room, &canvas)
        if let column = column(model.cursor, parts.plot) {
            var cell = canvas[rect.row, column]
            cell.style = painter.style(.cursor)
            canvas.set(rect.row, column, cell)
        }
    }

    private struct Leader {
        let column: Int
        let text: String
        let role: Role
        /// The most wanted has the least.
        let rank: Int
    }

    private static func name(_ mark: ObjectiveModel.Mark) -> String { mark.name + (mark.isBest ? "★" : "") }

    private static func role(_ mark: ObjectiveModel.Mark) -> Role {
        mark.isAtCursor ? .cursor : mark.isInUse ? .key : mark.isBest ? .better : .dim
    }

    private static func rank(_ mark: ObjectiveModel.Mark) -> Int {
        mark.isAtCursor ? 0 : mark.isInUse ? 1 : mark.isBest ? 2 : 3
    }

    /// The wanted ones first, each in the lowest row where neither its name nor its leader meets another: a name bars the way for leaders
    /// that would pass through it.
    private func leaders(_ marks: [Leader], _ room: Rect, _ canvas: inout Canvas) {
        guard room.height > 0 else { return }
        var taken = Set<[Int]>()
        func isFree(_ row: Int, _ columns: Range<Int>) -> Bool {
            columns.allSatisfy { !taken.contains([row, $0]) }
        }
        let lines = painter.glyphs.steps
        let order = marks.enumerated().sorted {
            ($0.element.rank, -$0.element.column) < ($1.element.rank, -$1.element.column)
        }
        for (_, mark) in order {
            let width = CharacterWidth.of(mark.text)
            search: for row in (0..<room.height).reversed() {
                for side in [1, -1] {
                    let start = side == 1 ? mark.column + 1 : mark.column - width
                    guard start >= room.column, start + width <= room.endColumn else { continue }
                    // A blank apart from the neighbours.
                    let text = min(start, mark.column) - 1..<max(start + width, mark.column + 1) + 1
                    let isLeaderFree = (0..<row).allSatisfy { isFree($0, mark.column..<mark.column + 1) }
                    guard isLeaderFree, isFree(row, text) else { continue }
                    for above in 0..<row {
                        taken.insert([above, mark.column])
                        canvas.set(
                            room.row + above, mark.column,
                            Cell(lines.vertical.value, style: painter.style(mark.role == .cursor ? .key : mark.role)))
                    }
                    for column in text.dropFirst().dropLast() { taken.insert([row, column]) }
                    let corner = side == 1 ? lines.startFalling : lines.endRising
                    canvas.set(
                        room.row + row, mark.column,
                        Cell(corner.value, style: painter.style(mark.role == .cursor ? .key : mark.role)))
                    canvas.put(room.row + row, start, mark.text, painter.style(mark.role))
                    break search
                }
            }
        }
    }

    private func list(_ model: ObjectiveModel, _ rect: Rect, _ canvas: inout Canvas) {
        // Theory keeps its rows; of the choices the best ones stay, in the order of their limits.
        let theory = model.theory.flatMap { TextFit.wrapped($0, to: rect.width) }
        let room = max(3, rect.height - theory.count - 1)
        let kept = Set(
            model.marks.indices.sorted { first, second in
                func rank(_ mark: ObjectiveModel.Mark) -> Double {
                    mark.isInUse || mark.isAtCursor ? -1 : mark.height ?? -1
                }
                return rank(model.marks[first]) < rank(model.marks[second])
            }.prefix(room))
        let marks = model.marks.indices.filter { kept.contains($0) }.map { model.marks[$0] }
        var row = rect.row
        if rect.height > marks.count + theory.count + 1 {
            let heads = ScreenText.choiceHeads, style = painter.style(.dim)
            canvas.put(row, rect.column + 2, heads.0, style)
            put(heads.1, endingAt: rect.column + min(25, rect.width - 8), row, style, &canvas)
            put(heads.2, endingAt: rect.endColumn, row, style, &canvas)
            row += 1
        }
        for mark in marks where row < rect.endRow {
            let style = painter.style(mark.isAtCursor ? .selected : mark.isInUse ? .key : mark.isBest ? .better : .text)
            if mark.isAtCursor {
                canvas.fill(Rect(row: row, column: rect.column, height: 1, width: rect.width), " ", style)
            }
            canvas.put(row, rect.column, mark.isInUse ? "▸" : " ", style)
            let limitStart = rect.column + min(25, rect.width - 8) - CharacterWidth.of(mark.limit)
            canvas.put(
                row, rect.column + 2, TextFit.cut(mark.name, to: limitStart - rect.column - 3), style,
                limit: rect.column + 18)
            put(mark.limit, endingAt: rect.column + min(25, rect.width - 8), row, style, &canvas)
            put(mark.sqnr, endingAt: rect.column + rect.width - (rect.width >= 33 ? 2 : 0), row, style, &canvas)
            if mark.isBest, rect.width >= 33 { canvas.put(row, rect.endColumn - 1, "★", painter.style(.better)) }
            row += 1
        }
        row += row + theory.count < rect.endRow ? 1 : 0
        for line in theory where row < rect.endRow {
            canvas.put(row, rect.column, line, painter.style(.dim), limit: rect.endColumn)
            row += 1
        }
    }

    private func put(_ text: String, endingAt column: Int, _ row: Int, _ style: Style, _ canvas: inout Canvas) {
        canvas.put(row, column - CharacterWidth.of(text), text, style)
    }
}
