public import Explorer

/// The dispatch table as text.
public enum HelpText {
    public static let lines: [PageLine] = {
        var lines: [PageLine] = [], section = ""
        for binding in KeyMap.bindings {
            if binding.section != section {
                if !lines.isEmpty { lines.append(.blank) }
                lines.append(.heading(binding.section))
                section = binding.section
            }
            // Keys that are two ways of one thing share a line.
            var keys = binding.keys.map { $0.name }.joined(separator: " ")
            if case .pair(let before, binding.help) = lines.last {
                keys = before + " " + keys
                lines.removeLast()
            }
            lines.append(.pair(keys, binding.help))
        }
        lines += [.blank, .heading(ScreenText.mouseSection)] + ScreenText.mouseHelp.map { .pair($0, $1) }
        lines += [.blank, .heading(ScreenText.commandSection)]
        lines += CommandCatalog.commands.map {
            .pair(":" + $0.name + ($0.parameters.isEmpty ? "" : " " + $0.parameters), $0.help)
        }
        lines.append(.pair(":" + ScreenText.recipeWord, ScreenText.recipeHelp))
        return lines
    }()

    /// Keys and commands whose line holds a text.
    static func lines(with text: String) -> [PageLine] {
        let word = text.lowercased()
        let found = lines.filter { line in
            guard case .pair(let keys, let help) = line else { return false }
            return word.isEmpty || keys.contains(text) || help.lowercased().contains(word)
        }
        return found.isEmpty ? [.text(ScreenText.noKey)] : found
    }
}
