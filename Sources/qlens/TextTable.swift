import Platform
import TerminalUI

/// Columns of text for a terminal or a file.
enum TextTable {
    /// The lines of a table, each made when it is asked for.
    ///
    /// - Parameters:
    ///   - rows: gone through twice, so that those of very many lines may be made when they are asked for.
    ///   - leading: so many columns begin at their left edge, like the last `trailing` ones; the others end at their right one.
    static func lines(
        _ heads: [String], _ rows: some Sequence<[String]>, leading: Int, trailing: Int = 0
    ) -> some Sequence<String> {
        // Widths of characters are those of the text that is written, whatever the locale.
        setlocale(LC_CTYPE, "C.UTF-8")
        var widths = heads.map { CharacterWidth.of($0) }
        for cells in rows {
            for (column, cell) in cells.enumerated() { widths[column] = max(widths[column], CharacterWidth.of(cell)) }
        }
        func line(_ cells: [String]) -> String {
            var line = cells.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - CharacterWidth.of(cell))
                return column < leading || column >= heads.count - trailing ? cell + padding : padding + cell
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
        return [AnySequence([heads]), AnySequence(rows)].lazy.joined().map(line)
    }
}
