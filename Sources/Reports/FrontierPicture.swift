import Basics
import Platform

/// Total error at each size, on a logarithmic axis, with the plan and single recipes as points.
enum FrontierPicture {
    static func svg(_ content: ReportContent) -> String {
        let all = content.frontier.map { ($0.bits, $0.error) } + content.marks.map { ($0.bits, $0.error) }
        let errors = all.map { $0.1 }.filter { $0 > 0 }, bits = all.map { $0.0 }
        guard let least = errors.min(), let most = errors.max(), let low = bits.min(), let high = bits.max(), low < high
        else { return "" }
        let width = 560.0, height = 240.0, left = 52.0, bottom = 30.0, span = max(log(most / least), 1e-9)
        func x(_ bits: Double) -> Double { left + (bits - low) / (high - low) * (width - left - 20) }
        func y(_ error: Double) -> Double {
            guard error > 0 else { return height - bottom }
            return 15 + (1 - log(error / least) / span) * (height - bottom - 25)
        }
        let path = content.frontier.enumerated().map { place, corner in
            let end = "\(HTML.number(x(corner.bits))) \(HTML.number(y(corner.error)))"
            // What is best stays so until the next corner.
            return place == 0 ? "M\(end)" : "H\(HTML.number(x(corner.bits)))L\(end)"
        }
        var body = "<path class=\"curve\" d=\"\(path.joined())\"/>"
        body +=
            "<path class=\"axis\" d=\"M\(HTML.number(left)) 10V\(HTML.number(height - bottom))H\(HTML.number(width - 10))\"/>"
        for mark in content.marks {
            let kind = mark.isPlan ? "point" : "mark"
            let (cx, cy) = (HTML.number(x(mark.bits)), HTML.number(y(mark.error)))
            body += "<circle class=\"\(kind)\" cx=\"\(cx)\" cy=\"\(cy)\" r=\"\(mark.isPlan ? 6 : 4)\"><title>"
            body += HTML.text(
                "\(mark.name): \(NumberText.fixed(mark.bits, places: 3)) bits a weight, error \(NumberText.significant(mark.error))"
            )
            body += "</title></circle>"
            let name = mark.isPlan ? "plan" : mark.name.split(separator: " ").first.map(String.init) ?? ""
            // The plan's name is below it, as single recipes' are above, and at the right edge names end at their points.
            let isAtEdge = x(mark.bits) > width - 50
            let place = (
                x: x(mark.bits) + (isAtEdge || mark.isPlan ? -7 : 7),
                y: y(mark.error) + (mark.isPlan ? 16 : isAtEdge ? -12 : -6)
            )
            body += "<text class=\"ink\" x=\"\(HTML.number(place.x))\" y=\"\(HTML.number(place.y))\""
            body += "\(isAtEdge || mark.isPlan ? " text-anchor=\"end\"" : "")>\(HTML.text(name))</text>"
        }
        for step in stride(from: low.rounded(.up), through: high, by: max(1, ((high - low) / 10).rounded(.up)))
        where x(step) < width - 90 {
            body +=
                "<text x=\"\(HTML.number(x(step)))\" y=\"\(HTML.number(height - 12))\" text-anchor=\"middle\">\(Int(step))</text>"
        }
        body +=
            "<text x=\"\(HTML.number(width - 10))\" y=\"\(HTML.number(height - 12))\" text-anchor=\"end\">bits a weight</text>"
        for (error, place) in [(most, 15.0), (least, height - bottom - 10)] {
            body +=
                "<text x=\"\(HTML.number(left - 6))\" y=\"\(HTML.number(place + 4))\" text-anchor=\"end\">\(NumberText.significant(error, digits: 3))</text>"
        }
        return HTML.picture(
            "Total error at each size",
            "The line is the best that each size allows; points are the plan and single recipes on all weights.",
            width: Int(width), height: Int(height), body)
    }
}
