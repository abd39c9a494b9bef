import Basics
import Checkpoints
import Quantization

/// Layers down, modules across: a metric as shades and numbers.
enum MapPicture {
    static func svg(_ content: ReportContent, _ metric: Metric) -> String {
        var layers: [String] = [], modules: [String] = [], cells: [String: [Double]] = [:]
        for row in content.rows {
            guard let place = LayerPlace(row.name), let metrics = row.metrics, let value = metric.value(metrics) else {
                continue
            }
            if !layers.contains(place.layer) { layers.append(place.layer) }
            if !modules.contains(place.module) { modules.append(place.module) }
            cells["\(place.layer)\n\(place.module)", default: []].append(value)
        }
        let values = cells.values.flatMap { $0 }
        guard !layers.isEmpty, let least = values.min(), let most = values.max() else { return "" }
        let cellWidth = 64.0, cellHeight = 20.0, left = 40.0, top = 18.0
        let width = left + cellWidth * Double(modules.count), legend = Double(modules.count) * 14 + 8
        let height = top + cellHeight * Double(layers.count) + legend
        var body = ""
        for (column, _) in modules.enumerated() {
            body += text(left + cellWidth * (Double(column) + 0.5), top - 5, "middle", "\(column + 1)")
        }
        for (row, layer) in layers.enumerated() {
            let y = top + cellHeight * Double(row)
            body += text(left - 6, y + 14, "end", layer)
            for (column, module) in modules.enumerated() {
                guard let own = cells["\(layer)\n\(module)"] else { continue }
                let value = own.reduce(0, +) / Double(own.count)
                let share = most > least ? (value - least) / (most - least) : 1
                // What is worse is stronger.
                let strength = 0.1 + 0.6 * (metric.better == .higher ? 1 - share : share)
                let x = left + cellWidth * Double(column)
                body +=
                    "<rect class=\"point\" opacity=\"\(NumberText.fixed(strength, places: 2))\" x=\"\(HTML.number(x))\" y=\"\(HTML.number(y))\" "
                body += "width=\"\(HTML.number(cellWidth - 2))\" height=\"\(HTML.number(cellHeight - 2))\"><title>"
                body += HTML.text("layer \(layer), \(module): \(NumberText.significant(value))") + "</title></rect>"
                body += text(x + cellWidth / 2, y + 14, "middle", NumberText.significant(value, digits: 3), kind: "ink")
            }
        }
        for (column, module) in modules.enumerated() {
            body += text(
                left, top + cellHeight * Double(layers.count) + 16 + 14 * Double(column), "start",
                "\(column + 1)  \(module)")
        }
        return HTML.picture(
            "\(metric.label)\(metric.unit.isEmpty ? "" : ", " + metric.unit) by layer and module",
            "From \(NumberText.significant(least)) to \(NumberText.significant(most)); the stronger the colour, the worse.",
            width: Int(width.rounded(.up)), height: Int(height.rounded(.up)), body)
    }

    private static func text(_ x: Double, _ y: Double, _ anchor: String, _ words: String, kind: String? = nil) -> String
    {
        "<text\(kind.map { " class=\"\($0)\"" } ?? "") x=\"\(HTML.number(x))\" y=\"\(HTML.number(y))\" text-anchor=\"\(anchor)\">\(HTML.text(words))</text>"
    }
}
