import TerminalUI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Columns of text for a terminal or a file.
enum TextTable {
    /// - Parameters:
    ///   - leading: so many columns begin at their left edge, like the last `trailing` ones; the others end at their right one.
    static func lines(_ heads: [String], _ rows: [[String]], leading: Int, trailing: Int = 0) -> [String] {
        // Widths of characters are those of the text that is written, whatever the locale.
        setlocale(LC_CTYPE, "C.UTF-8")
        let widths = heads.indices.map { column in ([heads] + rows).map { CharacterWidth.of($0[column]) }.max() ?? 0 }
        return ([heads] + rows).map { cells in
            var line = cells.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - CharacterWidth.of(cell))
                return column < leading || column >= heads.count - trailing ? cell + padding : padding + cell
            }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
