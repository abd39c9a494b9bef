import Explorer
import Foundation
import Lab
import Quantization
import TensorFiles
import Testing

@testable import TerminalUI

/// Whole screens, a dozen of them: what panels have between and around them. Panels and overlays have snapshots of their own.
@Suite(.serialized) struct SnapshotTests {
    private func check(
        _ name: String, _ state: ExplorerState, _ tier: ColorTier = .palette, _ glyphs: Glyphs = .braille,
        theme: Appearance.ThemeName = .auto
    ) throws {
        try Snapshot.check(
            name, ScreenPainter(theme: Theme(tier, theme), glyphs: glyphs).paint(state), tier)
    }

    @Test(arguments: [(18, 60), (24, 80), (36, 120), (60, 200)])
    func sizes(rows: Int, columns: Int) throws {
        let state = try Snapshot.state(
            "unequal_channels", "int4 sym channel:0 clip:mse", rows: rows, columns: columns,
            [.pinSwitched, .settingStepped(.bits, forward: true)])
        try check("tensor-\(columns)x\(rows)", state)
        guard rows == 24 else { return }
        try check("tensor-\(columns)x\(rows)-ascii-mono", state, .mono, .ascii)
        try check("tensor-\(columns)x\(rows)-eight", state, .eight)
        for theme in [Appearance.ThemeName.light, .dark, .highContrast] {
            try check("tensor-\(columns)x\(rows)-\(theme.rawValue)", state, theme: theme)
        }
    }

    @Test(arguments: ScreenCatalog.ids.dropFirst()) func screens(screen: ScreenID) throws {
        let state = try Snapshot.state("outlier_columns", rows: 36, columns: 120, [.screenChosen(screen)])
        try check("screen-\(screen.number)-120x36", state)
    }

    /// What the rows around the panels say.
    @Test func heads() throws {
        let filter = try Snapshot.state(rows: 24, columns: 80, [.filterOpened, .edited(.insert("cha"))])
        try check("filter-80x24", filter)
        try check("problem-80x24", try Snapshot.state("gauss", "int4 sym channel:1", rows: 24, columns: 80))
        let long = "int4 symfull channels:4@0 clip:manual:-1.2345678,2.3456789 round:stochastic:12345 scale:bf16"
        try check("long-recipe-80x24", try Snapshot.state("relu_batch", long, rows: 24, columns: 80))
    }

    /// What lies over the panels, without what it lies over.
    @Test(arguments: [(18, 60), (24, 80), (60, 200)])
    func overlays(rows: Int, columns: Int) throws {
        func typed(_ text: String) -> Action { .edited(.insert(text)) }
        let all: [(String, [Action])] = [
            ("help", [.helpSwitched]),
            ("explain-setting", [.pointed(.recipe, .row(Setting.clipping.rawValue)), .explanationAsked]),
            ("explain-metric", [.pointed(.metrics, .row(0)), .explanationAsked]),
            ("explain-panel", [.pointed(.statistics, .panel), .explanationAsked, .moved(.last)]),
            (
                "picker",
                [
                    .pointed(.recipe, .row(Setting.granularity.rawValue)), .entered, .moved(.down),
                    .completed(forward: true),
                ]
            ),
            (
                "picker-problem",
                [.pointed(.recipe, .row(Setting.clipping.rawValue)), .entered, typed("clip:percentile:101")]
            ),
            ("prompt", [.promptOpened, typed("clip:"), .completed(forward: true)]),
            ("prompt-problem", [.promptOpened, typed("int4 sym chanel:0"), .entered]),
            ("log", [.undone, .unknownKey("é"), .promptOpened, typed("log"), .entered]),
            ("conventions", [.conventionsCompared, .moved(.down), .moved(.right)]),
            ("formats", [.formatsCompared]),
        ]
        for (name, actions) in all {
            let state = try Snapshot.state("one_outlier", rows: rows, columns: columns, actions)
            let canvas = ScreenPainter(theme: Theme(.palette), glyphs: .braille).paint(state)
            let overlay = try #require(ScreenModel(state).overlay)
            try Snapshot.check(
                "Overlays/\(name)-\(columns)x\(rows)", canvas, part: OverlayPainter.rect(of: overlay, state.layout))
        }
    }

    @Test(arguments: [(1, 1), (1, 40), (5, 30), (17, 60), (18, 59)])
    func tooSmall(rows: Int, columns: Int) throws {
        let state = try Snapshot.state(rows: rows, columns: columns)
        let canvas = ScreenPainter(theme: Theme(.palette), glyphs: .braille).paint(state)
        #expect(canvas.rows == rows && canvas.columns == columns)
        let words = (0..<rows).map(canvas.line).joined(separator: " ")
        #expect(columns < 30 || words.contains("\(Layout.neededColumns)x\(Layout.neededRows)"), "\(words)")
    }
}
