import Basics
import Quantization
import Tensors

/// The report as one page: no file beside it, no network, no script needed to read it.
extension ReportContent {
    public var html: String {
        var page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        page +=
            "<link rel=\"icon\" href=\"data:,\"><title>\(HTML.text(title))</title>\n<style>\n\(HTML.style)\n</style></head><body>\n"
        page += "<h1>\(HTML.text(title))</h1>\n<p>Made by</p><pre><code>\(HTML.text(command))</code></pre>\n"
        page += HTML.table(["", ""], facts.map { [.init($0.label), .init($0.value)] }, caption: "Settings and totals")
        let marked = rows.filter { !$0.badges.isEmpty }
        if !marked.isEmpty {
            page += "<h2>To look at</h2>\n<ul>\n"
            for row in marked {
                let badges = row.badges.map { "<span class=\"badge\">\(HTML.text($0))</span>" }.joined(separator: " ")
                page += "<li><code>\(HTML.text(row.name))</code> \(badges)</li>\n"
            }
            page += "</ul>\n"
        }
        if !frontier.isEmpty { page += "<h2>What sizes buy</h2>\n" + FrontierPicture.svg(self) }
        let maps = [MetricID.sqnr, .bitsPerWeight].map { MapPicture.svg(self, MetricCatalog[$0]) }.filter {
            !$0.isEmpty
        }
        if !maps.isEmpty { page += "<h2>Layers and modules</h2>\n" + maps.joined() }
        if !pictures.isEmpty {
            page += "<h2>The worst</h2>\n<div class=\"grid\">\n" + pictures.map { $0.svg }.joined() + "</div>\n"
        }
        page += "<h2>All tensors</h2>\n" + HTML.table(heads, rows.map { cells($0) }, caption: "Click a head to sort")
        if !kept.isEmpty {
            page +=
                "<h2>Left out</h2>\n"
                + HTML.table(
                    ["tensor", "reason"], kept.map { [.init($0.name), .init($0.reason)] }, caption: "As they are stored"
                )
        }
        return page + "<script>\n\(HTML.script)\n</script>\n</body></html>\n"
    }

    private var hasNotes: Bool { rows.contains { !$0.note.isEmpty } }

    var heads: [String] {
        ["tensor", "shape", "recipe", "SQNR dB", "MSE", "max |e|", "bits/weight", "bytes"] + (hasNotes ? ["note"] : [])
    }

    func cells(_ row: Row) -> [HTML.Cell] {
        func number(_ value: Double?, _ text: (Double) -> String) -> HTML.Cell {
            HTML.Cell(value.map(text) ?? "–", value ?? .nan)
        }
        let metrics = row.metrics
        let sqnr =
            metrics.map { metrics in
                metrics.sqnr == nil && metrics.mse == 0
                    ? HTML.Cell("exact", 1e9) : number(metrics.sqnr) { NumberText.fixed($0, places: 2) }
            } ?? HTML.Cell("–", .nan)
        return [
            HTML.Cell(row.name), HTML.Cell(row.shape.description), HTML.Cell(row.recipe), sqnr,
            number(metrics?.mse) { NumberText.significant($0) },
            number(metrics?.maxAbsError) { NumberText.significant($0) },
            number(metrics?.size.bitsPerWeight) { NumberText.fixed($0, places: 3) },
            number(metrics?.size.bytes) { NumberText.grouped(Int($0)) },
        ] + (hasNotes ? [HTML.Cell(row.note)] : [])
    }
}

/// The same tables as text.
extension ReportContent {
    public var markdown: String {
        func line(_ cells: [String]) -> String {
            "| "
                + cells.map {
                    Printable.text($0).split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
                }.joined(separator: " | ") + " |"
        }
        var lines = ["# \(Printable.text(title))", "", "`\(Printable.text(command))`", ""]
        lines += facts.map { "* \($0.label): \(Printable.text($0.value))" }
        lines += ["", line(heads), line(heads.map { _ in "---" })] + rows.map { line(cells($0).map { $0.text }) }
        if !kept.isEmpty {
            lines +=
                ["", "Left out:", ""] + kept.map { "* `\(Printable.text($0.name))`: \(Printable.text($0.reason))" }
        }
        return lines.joined(separator: "\n")
    }

    public var csv: String {
        func quoted(_ text: String) -> String {
            let text = Printable.text(text)
            return text.contains { ",\"\n".contains($0) }
                ? "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
                : text
        }
        let rows = self.rows.map { row in
            cells(row).map { cell in
                cell.number.map { $0.isNaN ? "" : cell.text == "exact" ? "" : JSONValue.number($0).text }
                    ?? quoted(cell.text)
            }.joined(separator: ",")
        }
        return ([heads.map(quoted).joined(separator: ",")] + rows).joined(separator: "\n")
    }
}
