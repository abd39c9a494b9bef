import Explorer

/// The dispatch table as text.
struct HelpPainter {
    let painter: ScreenPainter

    func paint(_ rect: Rect, scroll: Int, _ canvas: inout Canvas) {
        painter.frame(rect, ScreenText.help, isFocused: true, &canvas)
        let area = rect.inner
        let lines = Self.lines
        let first = max(0, min(scroll, lines.count - area.height))
        for (offset, line) in lines.dropFirst(first).prefix(max(0, area.height)).enumerated() {
            let row = area.row + offset
            switch line {
            case .section(let name):
                canvas.put(row, area.column + 1, name, painter.style(.title), limit: area.endColumn)
            case .blank: break
            case .binding(let keys, let help):
                canvas.put(row, area.column + 3, keys, painter.style(.key), limit: area.endColumn)
                canvas.put(row, area.column + 18, painter.cut(help, to: area.width - 18), painter.style(.text))
            }
        }
    }

    static var lineCount: Int { lines.count }

    private enum Line {
        case section(String), blank
        case binding(keys: String, help: String)
    }

    private static let lines: [Line] = {
        var lines: [Line] = []
        var section = ""
        for binding in KeyMap.bindings {
            if binding.section != section {
                if !lines.isEmpty { lines.append(.blank) }
                lines.append(.section(binding.section))
                section = binding.section
            }
            lines.append(.binding(keys: binding.keys.map { $0.name }.joined(separator: " "), help: binding.help))
        }
        return lines
    }()
}
