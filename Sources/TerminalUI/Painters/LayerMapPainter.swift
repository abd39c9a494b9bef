import Explorer

struct PlanMapPainter: MapOfLayers {
    static let panel = PanelID.planMap
    let painter: ScreenPainter
}

struct ModelMapPainter: MapOfLayers {
    static let panel = PanelID.modelMap
    let painter: ScreenPainter
}

/// A panel that is a map of layers, whose cells can be pointed at.
protocol MapOfLayers: PanelPainter where Content == LayerMapModel {
    var painter: ScreenPainter { get }
}

extension MapOfLayers {
    func paint(_ map: LayerMapModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        LayerMapPainter(painter: painter).paint(map, isFocused: isFocused, rect, &canvas)
    }

    static func target(_ content: LayerMapModel, isFocused: Bool, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        LayerMapPainter.target(content, rect, row: row, column: column)
    }
}

/// Layers down, modules across: a colour each, with digits before it where there are such.
struct LayerMapPainter {
    let painter: ScreenPainter

    static func target(_ content: LayerMapModel, _ rect: Rect, row: Int, column: Int) -> PanelTarget {
        let frame = Frame(content, rect.inner)
        guard content.notice == nil, frame.cells.contains(row: row, column: column) else { return .panel }
        let module = frame.firstModule + (column - frame.cells.column) / frame.width
        return .cell(row: frame.firstLayer + row - frame.cells.row, column: module)
    }

    /// Where the cells are, and which of them are shown.
    private struct Frame {
        let cells: Rect
        let width: Int
        let labelWidth: Int
        let hasHeads: Bool
        let firstLayer: Int
        let firstModule: Int

        init(_ model: LayerMapModel, _ area: Rect) {
            let modules = model.cells.map { $0.count }.max() ?? 1
            labelWidth = (model.layers.map { CharacterWidth.of($0) }.max() ?? 0) + 1
            let room = max(1, area.width - labelWidth), wide = room / max(1, modules)
            // Names over the columns where they can be read.
            hasHeads = wide >= 7 && !model.modules.isEmpty && area.height >= 5
            width = hasHeads ? min(16, wide) : max(2, min(4, wide))
            let heads = hasHeads ? 1 : 0, height = max(0, area.height - 1 - heads)
            let columns = max(1, room / width)
            cells = Rect(
                row: area.row + heads, column: area.column + labelWidth, height: min(height, model.layers.count),
                width: min(columns, modules) * width)
            firstLayer = OverlayPainter.firstRow(
                selection: model.cursor?.layer ?? 0, count: model.layers.count, height: height)
            firstModule = OverlayPainter.firstRow(
                selection: model.cursor?.module ?? 0, count: modules, height: columns)
        }
    }

    func paint(_ model: LayerMapModel, isFocused: Bool, _ rect: Rect, _ canvas: inout Canvas) {
        painter.frame(rect, model.title, isFocused: isFocused, &canvas)
        let area = rect.inner
        if let notice = model.notice {
            painter.notice(notice, area, &canvas)
            return
        }
        let frame = Frame(model, area)
        if frame.hasHeads {
            for place in 0..<frame.cells.width / frame.width {
                let module = frame.firstModule + place
                guard model.modules.indices.contains(module) else { break }
                canvas.put(
                    area.row, frame.cells.column + place * frame.width,
                    TextFit.cutMiddle(model.modules[module], to: frame.width - 1), painter.style(.dim))
            }
        }
        for row in 0..<frame.cells.height {
            let layer = frame.firstLayer + row
            guard model.cells.indices.contains(layer) else { break }
            canvas.put(
                frame.cells.row + row, area.column, model.layers[layer], painter.style(.dim), limit: frame.cells.column)
            for place in 0..<frame.cells.width / frame.width {
                let module = frame.firstModule + place
                guard model.cells[layer].indices.contains(module) else { break }
                let isCursor = model.cursor.map { $0 == (layer, module) } ?? false
                paint(
                    model.cells[layer][module], model.isSigned ? .diverging : .sequential, isCursor: isCursor,
                    frame.cells.row + row,
                    frame.cells.column + place * frame.width, width: frame.width, &canvas)
            }
        }
        guard area.height >= 2 else { return }
        readout(model, area, &canvas)
        painter.place(
            first: frame.firstLayer, shown: frame.cells.height, of: model.layers.count, rect, &canvas)
    }

    /// The number of the cell at the cursor and its name, and what colours stand for where they are alone.
    private func readout(_ model: LayerMapModel, _ area: Rect, _ canvas: inout Canvas) {
        let row = area.endRow - 1
        let column = canvas.put(row, area.column, model.value, painter.style(.value), limit: area.endColumn) + 1
        let hasKey = !model.key.high.isEmpty && area.width >= 44
        let end = hasKey ? max(column + 12, area.endColumn - Self.keyWidth) : area.endColumn
        canvas.put(
            row, column, TextFit.cutName(model.name, to: max(0, end - column - 1)), painter.style(.dim), limit: end)
        guard hasKey else { return }
        ColorKey(
            painter: painter, map: model.isSigned ? .diverging : .sequential, low: model.key.low,
            middle: model.key.middle, high: model.key.high
        ).paint(row, Rect(row: row, column: end, height: 1, width: area.endColumn - end), &canvas)
    }

    private static let keyWidth = 26

    /// Digits where there are such, and the colour.
    private func paint(
        _ cell: LayerMapModel.Cell?, _ map: ColorMap, isCursor: Bool, _ row: Int, _ column: Int, width: Int,
        _ canvas: inout Canvas
    ) {
        guard let cell else {
            canvas.put(row, column, LayerMapModel.noModule, painter.style(.dim))
            return
        }
        let style = painter.style(isCursor ? .cursor : cell.isPinned ? .key : .value)
        let end = canvas.put(row, column, cell.digits, style, limit: column + width)
        let last = column + width - (width > 2 ? 1 : 0)
        for place in end..<max(end, last) {
            canvas.set(row, place, painter.swatch(cell.share, map))
        }
        guard isCursor, cell.digits.isEmpty else { return }
        for place in column..<last {
            var marked = canvas[row, place]
            marked.scalar = 32
            marked.style = painter.style(.cursor)
            canvas.set(row, place, marked)
        }
    }
}

extension ScreenPainter {
    /// A cell in the colour of a number; a shade without colours.
    func swatch(_ number: Double, _ map: ColorMap) -> Cell {
        if PixelPicture.hasHalves(self) {
            guard let color = theme.color(number, map) else { return Cell() }
            return Cell(PixelPicture.whole, style: Style(color))
        }
        let color = theme.color(number, map)
        return Cell(glyphs.shade(of: number).value, style: color.map { Style($0) } ?? Style())
    }
}
