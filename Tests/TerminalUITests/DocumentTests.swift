import Foundation
import Testing

@testable import Explorer
@testable import TerminalUI

/// The list of keys in the documentation is made from the tables that dispatch them: `QLENS_RECORD=1 swift test --filter DocumentTests`.
@Suite struct KeyDocumentTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/keys.md")

    private static func cell(_ text: String) -> String { text.replacingOccurrences(of: "|", with: "\\|") }

    private static var text: String {
        var lines = [
            "# Keys", "", "Made from the tables of the program: `QLENS_RECORD=1 swift test --filter DocumentTests`.",
        ]
        for line in HelpText.lines {
            switch line {
            case .heading(let title): lines += ["", "## \(title)", "", "| | |", "|---|---|"]
            case .pair(let name, let text): lines.append("| `\(cell(name))` | \(cell(text)) |")
            case .text, .warning, .columns, .blank: break
            }
        }
        lines += [
            "", "## What screens take", "",
            "Other keys mean the same on all screens. `own` is the screen's own meaning.", "",
        ]
        lines.append(
            "| keys | " + ScreenCatalog.all.map { "\($0.id.number) \($0.title)" }.joined(separator: " | ") + " |")
        lines.append("|---|" + String(repeating: "---|", count: ScreenCatalog.all.count))
        for kind in ScreenAction.allCases {
            let keys = KeyMap.bindings.filter { ScreenAction($0.action) == kind }.flatMap { $0.keys }
            let cells = ScreenCatalog.all.map { screen in
                switch screen.actions[kind] {
                case .usual: "yes"
                case .own: "own"
                case nil: ""
                }
            }
            let names = keys.map { "`\(cell($0.name))`" }.joined(separator: " ")
            lines.append("| \(names) | \(cells.joined(separator: " | ")) |")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test func keysAreThoseOfTheTables() throws {
        if ProcessInfo.processInfo.environment["QLENS_RECORD"] == "1" {
            try Self.text.write(to: Self.file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.file, encoding: .utf8) == Self.text)
        #expect(Self.text.count > 3_000)
    }
}
