import ArgumentParser
import Explorer
import Quantization
import TerminalUI

/// `qlens manual`
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual", abstract: "Print the manual page (troff), made from the program's own tables.",
        discussion: "qlens manual > qlens.1 && man ./qlens.1")

    func run() throws { Console.printLine(Self.page) }

    /// Keys from the dispatch table, recipes from the catalogues, options from the command line's own description.
    static var page: String {
        var lines = [".TH QLENS 1 \"\" \"qlens \(Qlens.configuration.version)\" \"User Commands\""]
        func section(_ title: String) { lines.append(".SH " + title.uppercased()) }
        func text(_ text: String) { lines += text.split(separator: "\n").map { escaped(String($0)) } }
        func entry(_ name: String, _ text: String) { lines += [".TP", ".B " + escaped(name), escaped(text)] }
        func verbatim(_ text: String) {
            lines.append(".nf")
            lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }
            lines.append(".fi")
        }

        section("Name")
        lines.append("qlens \\- a lens on neural\\-network quantization in the terminal")
        section("Synopsis")
        for command in commands { lines += [".HP", escaped(usage(of: command))] }
        section("Description")
        text(Qlens.configuration.discussion)
        section("Commands and options")
        for command in commands {
            lines.append(".SS qlens " + escaped(command._commandName))
            verbatim(options(of: command))
        }
        section("Recipes")
        text(
            "FORMAT [MAPPING] [GRANULARITY] [clip:...] [round:...] [range:...] [scale:...] [convention:...], words in any order."
        )
        for setting in Setting.allCases where setting != .bits {
            for (word, meaning) in setting.catalogue { entry(word, meaning) }
        }
        section("Keys")
        for line in HelpText.lines {
            switch line {
            case .heading(let title): lines.append(".SS " + escaped(title))
            case .pair(let keys, let help): entry(keys, help)
            case .text(let words), .warning(let words): text(words)
            case .columns(let cells, _): text(cells.joined(separator: "  "))
            case .blank: break
            }
        }
        section("Configuration")
        text("Lines of the form name = value; # begins a comment.")
        for name in Configuration.names { entry(name, Configuration.help(of: name)) }
        section("Files")
        entry("$XDG_CONFIG_HOME/qlens/config", "the configuration; ~/.config without the variable")
        entry("$XDG_STATE_HOME/qlens/", "last states, recent files and history; ~/.local/state without the variable")
        section("Environment")
        entry("NO_COLOR", "not empty: no colours")
        entry("QLENS_KERNELS", "baseline or v3: slower loops than the processor allows, the same results")
        section("Exit status")
        entry("0", "success")
        entry("1", "a file, or a value in it, is bad")
        entry("64", "wrong usage, a bad recipe included")
        return lines.joined(separator: "\n")
    }

    private static var commands: [any ParsableCommand.Type] { Qlens.configuration.subcommands }

    /// The help of a command without its title and usage, which are elsewhere.
    private static func options(of command: any ParsableCommand.Type) -> String {
        Qlens.helpMessage(for: command, columns: 78).split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("OVERVIEW: ") ? $0.dropFirst("OVERVIEW: ".count) : $0 }
            .filter { !$0.hasPrefix("USAGE: ") }.joined(separator: "\n")
    }

    private static func usage(of command: any ParsableCommand.Type) -> String {
        let help = Qlens.helpMessage(for: command, columns: 200)
        let line = help.split(separator: "\n").first { $0.hasPrefix("USAGE: ") } ?? ""
        return String(line.dropFirst("USAGE: ".count))
    }

    /// Text that troff takes as it is.
    private static func escaped(_ text: String) -> String {
        var result = text.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\e")
        result = result.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "\\-")
        return result.hasPrefix(".") || result.hasPrefix("'") ? "\\&" + result : result
    }
}
