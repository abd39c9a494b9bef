import Basics

/// Pieces of a page. Names come from files: every text is escaped, and what cannot be printed is shown as such.
enum HTML {
    static func text(_ text: String) -> String {
        Printable.text(text).map { character in
            switch character {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: String(character)
            }
        }.joined()
    }

    /// A table whose columns sort by a click on their heads, where scripts run; it reads as well without.
    ///
    /// - Parameters:
    ///   - rows: cells with the number that they are sorted by; nil sorts by the text, to the left.
    static func table(_ heads: [String], _ rows: [[Cell]], caption: String) -> String {
        var html = "<div class=\"wide\"><table><caption>\(text(caption))</caption><thead><tr>"
        for head in heads { html += "<th scope=\"col\">\(text(head))</th>" }
        html += "</tr></thead><tbody>\n"
        for row in rows {
            html += "<tr>"
            for (place, cell) in row.enumerated() {
                let sort = cell.number.map { " data-sort=\"\(JSONValue.number($0).text)\"" } ?? ""
                let kind = cell.number == nil ? "" : " class=\"number\""
                html +=
                    place == 0
                    ? "<th scope=\"row\">\(text(cell.text))</th>" : "<td\(kind)\(sort)>\(text(cell.text))</td>"
            }
            html += "</tr>\n"
        }
        return html + "</tbody></table></div>\n"
    }

    struct Cell {
        let text: String
        let number: Double?

        init(_ text: String, _ number: Double? = nil) { (self.text, self.number) = (text, number) }
    }

    /// A picture with its title and description, as wide as there is room.
    static func picture(_ title: String, _ description: String, width: Int, height: Int, _ body: String) -> String {
        // A window narrower than the picture moves it rather than making its words too small.
        "<figure class=\"wide\"><svg viewBox=\"0 0 \(width) \(height)\" style=\"max-width: \(width * 3 / 2)px; min-width: \(min(width, 480) * 3 / 4)px\" role=\"img\"><title>\(text(title))</title>"
            + "<desc>\(text(description))</desc>\(body)</svg><figcaption>\(text(title))</figcaption></figure>\n"
    }

    /// A coordinate with a digit after the point.
    static func number(_ value: Double) -> String { NumberText.fixed(value, places: 1) }

    static let style = """
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #57606a; --line: #d0d7de; --paper: #ffffff; --blue: #0969da;
          --warm: #bc4c00; --band: #f6f8fa }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --paper: #0d1117;
          --blue: #58a6ff; --warm: #f0883e; --band: #161b22 } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 0 auto; max-width: 1200px;
          padding: 1rem; overflow-wrap: anywhere }
        h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2rem } code { background: var(--band); padding: .1em .3em }
        pre { background: var(--band); padding: .6rem; overflow-x: auto; white-space: pre-wrap }
        .wide { overflow-x: auto } table { border-collapse: collapse; width: 100% } caption { text-align: left; color: var(--soft) }
        th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal }
        thead th { font-weight: 600; cursor: pointer; white-space: nowrap } .number { text-align: right; font-variant-numeric: tabular-nums }
        figure { margin: 1rem 0 } svg { width: 100%; height: auto; font: 11px system-ui, sans-serif } figcaption { color: var(--soft) }
        .badge { display: inline-block; border: 1px solid var(--warm); color: var(--warm); border-radius: 1em; padding: 0 .6em; margin: .1em }
        .grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 22rem), 1fr)) }
        svg text { fill: var(--soft) } .ink { fill: var(--ink) } .bar { fill: var(--blue); opacity: .55 } .over { stroke: var(--warm);
          fill: none; stroke-width: 1.5 } .error { fill: var(--warm); opacity: .6 } .axis { stroke: var(--line); stroke-width: 1; fill: none }
          .point { fill: var(--warm) } .mark { fill: var(--blue) } .curve { stroke: var(--blue); fill: none; stroke-width: 1.5 }
        """

    /// Sorts the table of a head that is clicked: by numbers where cells have them.
    static let script = """
        document.querySelectorAll('thead th').forEach(function (head) { head.addEventListener('click', function () {
          var place = head.cellIndex, body = head.closest('table').tBodies[0], down = head.dataset.down !== '1';
          head.dataset.down = down ? '1' : '0';
          var key = function (row) { var cell = row.cells[place], sort = cell.dataset.sort;
            return sort === undefined ? cell.textContent : sort === 'null' ? -Infinity : Number(sort); };
          Array.from(body.rows).sort(function (a, b) { var x = key(a), y = key(b);
            return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1); }).forEach(function (row) { body.appendChild(row); });
        }); });
        """
}
