/// Text from files, made safe for a terminal and short enough for a line.
public enum Printable {
    /// Control characters become `\u{…}`; everything else stays.
    public static func text(_ text: String) -> String {
        // Most names are plain.
        guard !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return text }
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if isUnprintable(scalar) {
                result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }

    /// The same of several lines.
    public static func lines(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x0A }) else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { Self.text(String($0)) }
            .joined(separator: "\n")
    }

    /// What a terminal may take for a command, what turns the direction of text, and what has no picture.
    static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: true
        default: false
        }
    }

    /// The text in quotation marks, cut after 80 characters.
    public static func quoted(_ whole: String) -> String {
        let cut = whole.count > 80 ? whole.prefix(79) + "…" : whole[...]
        return "\"" + text(String(cut)) + "\""
    }
}
