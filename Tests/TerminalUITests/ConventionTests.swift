import Explorer
import Foundation
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import TerminalUI

/// Conventions of terminal programs that show without a terminal, a test each; docs/terminal.md lists them.
@Suite struct ScreenConventionTests {
    init() { setlocale(LC_CTYPE, "C.UTF-8") }

    /// hjkl and arrows, gg and G, ^d ^u, ^f ^b, PgUp PgDn, Home and End do the same in every panel and in texts.
    @Test func movingKeysWorkInEveryPanel() throws {
        let pairs: [([Key], [Key])] = [
            ([.character("j")], [.down]), ([.character("k")], [.up]), ([.character("h")], [.left]),
            ([.character("l")], [.right]), ([.character("g"), .character("g")], [.home]), ([.character("G")], [.end]),
            ([.control("f")], [.pageDown]), ([.control("b")], [.pageUp]),
        ]
        for panel in PanelCatalog.ids {
            for (letters, arrows) in pairs {
                var first = try Driver(rows: 24, columns: 80, tensor: "layers.3.conv.weight"), second = first
                for key in [Key.character("+"), .character("+")] {
                    first.key(key)
                    second.key(key)
                }
                for action in [Action.screenChosen(panel.screen), .pointed(panel, .panel)] {
                    first.perform(action)
                    second.perform(action)
                }
                let before = first.canvas
                for key in letters { first.key(key) }
                for key in arrows { second.key(key) }
                let isSame = first.canvas == second.canvas
                #expect(isSame, "\(panel) \(letters)")
                // Every key is heard; at an end there may be nothing further to show.
                let heard = [.tensors, .distribution, .transfer].contains(panel)
                if heard, letters != [.character("h")], letters != [.character("l")] || panel != .tensors {
                    let isHeard = first.canvas != before
                    #expect(isHeard, "\(panel) \(letters)")
                }
            }
        }
        for opening: Character in ["?", "i"] {
            var driver = try Driver(rows: 18, columns: 60)
            driver.key(opening)
            let top = driver.canvas
            for (there, back) in [
                (Key.character("j"), Key.character("k")), (.down, .up), (.control("d"), .control("u")),
                (.control("f"), .control("b")), (.pageDown, .pageUp), (.character("G"), .home), (.end, .home),
            ] {
                driver.key(there)
                #expect(driver.canvas != top, "\(opening) \(there)")
                driver.key(back)
                #expect(driver.canvas == top, "\(opening) \(back)")
            }
        }
    }

    /// Nothing that changes the recipe or ends the program lies among the keys for moving, whatever has the focus but the recipe.
    @Test func nothingDestructiveIsNextToMoving() throws {
        let moving = KeyMap.bindings.filter { $0.section == Words.sectionMoving }.flatMap { $0.keys }
        for panel in PanelCatalog.ids where panel != .recipe {
            var driver = try Driver(rows: 24, columns: 80)
            driver.perform(.screenChosen(panel.screen))
            driver.perform(.pointed(panel, .panel))
            for key in moving where key != .tab && key != .backTab { driver.key(key) }
            #expect(driver.state.recipe.description == "int4 sym tensor" && !driver.state.shouldQuit)
        }
    }

    @Test func theFilterTakes100000Names() throws {
        let tensors = (0..<100_000).map {
            TensorView(name: "model.layers.\($0).weight", values: [1, 2], shape: Shape([2])!)!
        }
        let file = TensorFile(path: "x", format: "test", metadata: [], tensors: tensors)
        var driver = try Driver(rows: 24, columns: 80, tensor: nil, file: file)
        driver.key("/")
        for (character, count) in zip("99999", [40_951, 3_439, 189, 9, 1]) {
            driver.key(character)
            let expected = (0..<100_000).count { String($0).contains(driver.state.filter) }
            #expect(driver.state.listed.count == expected && (count == 1) == (expected == 1))
            #expect(driver.canvas.line(1).contains("Tensors \(expected)/100000"))
        }
        for _ in 0..<5 { driver.key(.backspace) }
        #expect(driver.state.listed.count == 100_000)
    }

    /// A key that can do nothing now says why above the tabs, which stay.
    @Test func aDisabledKeySaysWhy() throws {
        for key: Key in [
            .character("."), .character("a"), .character("u"), .control("r"), .character("-"),
            .other(7),
        ] {
            var driver = try Driver(rows: 24, columns: 80)
            driver.key(key)
            let message = try #require(driver.state.message?.text, "\(key)")
            #expect((20..<23).contains { driver.canvas.line($0).hasPrefix(message.prefix(40)) }, "\(key)")
            #expect(driver.canvas.line(23).hasPrefix(" 1 Tensor"))
        }
    }

    @Test func theHelpIsTheDispatchTable() throws {
        var driver = try Driver(rows: 24, columns: 80)
        // The screen's own keys first, then all of them.
        driver.key("?")
        driver.key("?")
        var text = ""
        for _ in 0..<200 {
            text += (0..<24).map(driver.canvas.line).joined(separator: "\n") + "\n"
            driver.key("j")
        }
        for binding in KeyMap.bindings {
            for key in binding.keys { #expect(text.contains(key.name), "\(key.name)") }
            #expect(text.contains(binding.help.prefix(30)), "\(binding.help)")
        }
        for command in CommandCatalog.commands { #expect(text.contains(":" + command.name)) }
        // And every key of the table does what its line says.
        var map = KeyMap()
        for binding in KeyMap.bindings {
            for key in binding.keys {
                let action = map.action(for: key, in: try Driver(rows: 24, columns: 80).state)
                #expect("\(action!)" == "\(binding.action)")
            }
        }
    }

    /// Better and worse, selected and not, exact and estimated, used and unused levels differ without colour.
    @Test func noMeaningByHueAlone() throws {
        var driver = try Driver(rows: 36, columns: 120)
        driver.key("p")
        driver.key("b")
        let canvas = ScreenPainter(theme: Theme(.mono), glyphs: .braille).paint(driver.state)
        let text = (0..<canvas.rows).map(canvas.line).joined(separator: "\n")
        for mark in ["▲", "▼", "●", "▸", "┴", "┼", "┊", "━"] { #expect(text.contains(mark), "\(mark)") }
        #expect(canvas.cells.contains { $0.style.attributes.contains(.reverse) })
        #expect(canvas.cells.allSatisfy { $0.style.foreground.isOwn && $0.style.background.isOwn })
        for (first, second) in [(Role.better, Role.worse), (.exact, .warning), (.text, .selected), (.text, .cursor)] {
            #expect(Theme(.mono).style(first).attributes != Theme(.mono).style(second).attributes)
        }
    }

    /// Only the high-contrast theme, which is asked for, paints a background.
    @Test func theBackgroundIsTheTerminals() {
        for tier in ColorTier.allCases {
            for theme in Appearance.ThemeName.allCases where theme != .highContrast {
                for role in Role.allCases { #expect(Theme(tier, theme).style(role).background.isOwn) }
            }
        }
    }

    /// Every theme's text stands out from the background that it is meant for: WCAG's contrast of 3 for graphics, 4.5 for the
    /// light and the dark theme, both for the mid-tones.
    @Test func themesAreReadable() {
        let black = RGB(0, 0, 0), white = RGB(255, 255, 255)
        let grounds: [(Appearance.ThemeName, [RGB], Double)] = [
            (.auto, [black, white], 3), (.dark, [black], 4.5), (.light, [white], 4.5), (.highContrast, [black], 7),
        ]
        for (theme, backgrounds, least) in grounds {
            for role in Role.allCases {
                let style = Theme(.palette, theme).style(role)
                guard let index = style.foreground.index, index >= 16, !style.attributes.contains(.reverse) else {
                    continue
                }
                // What is read needs more than what is looked at.
                let needed = Self.words.contains(role) ? max(least, 4.5) : least
                for background in backgrounds {
                    let value = RGB(paletteIndex: index).contrast(to: background)
                    #expect(value >= needed, "\(theme) \(role) \(value)")
                }
            }
        }
    }

    private static let words: [Role] = [
        .text, .dim, .title, .value, .estimate, .key, .exact, .warning, .better, .worse,
    ]

    /// Names, messages and lists of two-column characters keep every frame straight.
    @Test(arguments: [(18, 60), (24, 80), (36, 120), (60, 200)])
    func wideCharactersKeepTheFramesStraight(rows: Int, columns: Int) throws {
        let names = ["모델.레이어.0.가중치", "層.1.重み", "x" + String(repeating: "양", count: 60), "e\u{301}.weight", "a👩‍👩‍👧b"]
        let tensors = names.map {
            TensorView(name: $0, values: (0..<64).map { Float($0) - 31 }, shape: Shape([8, 8])!)!
        }
        let file = TensorFile(path: "/tmp/모델.npy", format: "test", metadata: [], tensors: tensors)
        for name in names {
            var driver = try Driver(rows: rows, columns: columns, tensor: name, file: file)
            driver.perform(.pointed(.tensors, .panel))
            driver.perform(
                .fileOpened(path: "/없음.npy", .failure(FileError(path: "/없음.npy", found: "파일 없음", expected: "파일"))))
            for glyphs in [Glyphs.braille, .ascii] {
                driver.glyphs = glyphs
                let canvas = driver.canvas
                let layout = driver.layout
                for rect in layout.panels.values {
                    for row in rect.row + 1..<rect.endRow - 1 {
                        #expect(canvas[row, rect.column].scalar == glyphs.vertical.value, "\(name) \(row)")
                        #expect(canvas[row, rect.endColumn - 1].scalar == glyphs.vertical.value, "\(name) \(row)")
                    }
                }
                for row in 0..<rows {
                    var column = 0
                    while column < columns {
                        let width = Int(canvas[row, column].width)
                        #expect(width == 1 || width == 2 && canvas[row, column + 1].width == 0)
                        column += max(1, width)
                    }
                    #expect(column == columns)
                }
            }
        }
    }

    /// Everything between a key and a cell has no words of its own: all are in the one table, which panels and screens extend at the end of
    /// their files.
    @Test func wordsAreInOneTable() throws {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Sources")
        let folders = [
            "TerminalUI/Painters", "TerminalUI/Widgets", "TerminalUI/Input", "TerminalUI", "Explorer/Reduce",
            "Explorer/Screens", "Explorer/Panels", "Explorer/Models", "Explorer/Models/FormatPages", "Explorer/State",
            "Explorer/Picker", "Explorer/Commands", "Explorer/Working", "Explorer/Storage", "Explorer/Questions",
            "Explorer/Layout",
        ]
        for folder in folders {
            let path = sources.appendingPathComponent(folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: path.path) where name.hasSuffix(".swift") {
                let whole = try String(contentsOf: path.appendingPathComponent(name), encoding: .utf8)
                let code = whole.components(separatedBy: "extension Words {")[0]
                for line in code.split(separator: "\n") where !line.contains("//") && !line.contains("precondition") {
                    // Without what is put in, the innermost first: the rest of the text is still a text.
                    var text = String(line), before = ""
                    while text != before {
                        before = text
                        text = text.replacing(#/\\\([^()"]*\)/#, with: "").replacing(#/(\\\([^()]*)\([^()]*\)/#) {
                            $0.output.1
                        }
                    }
                    // Parameters of commands, [NAME|VALUE].
                    text = text.replacing(#/"[A-Z\[\]| ]+"/#, with: "")
                    for match in text.matches(of: #/"([^"\\]*)"/#) {
                        // Two words in a row are a text; symbols and single names are not.
                        let isText = match.1.firstMatch(of: #/[A-Za-z]{3,} [A-Za-z]{2,}/#) != nil
                        // The program's own command lines and the first line of a session are no words.
                        let isFixed = match.1.hasPrefix("qlens ") || match.1.hasPrefix("# qlens ")
                        #expect(!isText || isFixed, "\(name): \(match.1)")
                    }
                }
            }
        }
    }

    @Test func everyPanelHasOnePainter() {
        #expect(PainterCatalog.all.map { "\($0.panel)" }.sorted() == PanelCatalog.ids.map { "\($0)" }.sorted())
    }

    /// A pixel is where it was put, in every resolution.
    @Test func curvesGoThroughTheirPoints() {
        for glyphs in [Glyphs.braille, .blocks, .ascii] {
            var grid = DotGrid(glyphs, width: 10, height: 4)
            let last = Double(grid.columns - 1)
            grid.draw { Double($0) / last }
            var canvas = Canvas(rows: 4, columns: 10)
            grid.paint(canvas.bounds, Style(), &canvas)
            #expect(canvas[3, 0].scalar != 32 && canvas[0, 9].scalar != 32 && canvas[0, 0].scalar == 32)
            #expect((0..<10).allSatisfy { column in (0..<4).contains { canvas[$0, column].scalar != 32 } })
        }
        var dot = DotGrid(.braille, width: 1, height: 1)
        dot.set(0, 0)
        dot.set(1, 3)
        var canvas = Canvas(rows: 1, columns: 1)
        dot.paint(canvas.bounds, Style(), &canvas)
        #expect(canvas[0, 0].scalar == 0x2848, "⡈: lower left and upper right")
    }
}
