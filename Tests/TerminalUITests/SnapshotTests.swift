import Explorer
import Foundation
import Lab
import Quantization
import TensorFiles
import Testing

@testable import TerminalUI

/// Whole screens with glyphs and styles, compared with files under `Tests/Snapshots`.
///
/// `QLENS_RECORD=1 swift test --filter SnapshotTests` writes them anew; read the difference before committing it.
@Suite(.serialized) struct SnapshotTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Snapshots")

    init() { setlocale(LC_CTYPE, "C.UTF-8") }

    private func state(
        _ tensor: String, _ recipe: String, rows: Int, columns: Int, _ actions: [Action] = []
    ) throws -> ExplorerState {
        var state = ExplorerState(
            file: try SampleCatalog.open(), tensorName: tensor, recipe: try Recipe(recipe),
            pageLength: PageLength.lines)
        let worker = OfflineWorker()
        func answer(_ requests: [Request]) {
            for request in requests {
                for action in worker.answers(to: request) { answer(state.reduce(action)) }
            }
        }
        func perform(_ action: Action) { answer(state.reduce(action)) }
        perform(.resized(rows: rows, columns: columns))
        perform(.started)
        for action in actions { perform(action) }
        return state
    }

    private func check(
        _ name: String, _ state: ExplorerState, _ tier: ColorTier = .palette, _ glyphs: Glyphs = .braille,
        theme: Appearance.ThemeName = .auto
    ) throws {
        let canvas = ScreenPainter(theme: Theme(tier, theme), glyphs: glyphs).paint(state)
        let text = Self.text(of: canvas), file = Self.folder.appendingPathComponent(name + ".txt")
        if ProcessInfo.processInfo.environment["QLENS_RECORD"] == "1" {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "\(name): the screen differs from its snapshot")
        if glyphs.isASCII { #expect(canvas.cells.allSatisfy { $0.scalar < 0x80 }) }
        if tier == .mono {
            #expect(canvas.cells.allSatisfy { $0.style.foreground < 0 && !$0.style.attributes.contains(.dim) })
        }
    }

    /// The glyphs, then for every cell a letter for its style, then what the letters mean.
    private static func text(of canvas: Canvas) -> String {
        var letters: [Style: Character] = [:], legend: [String] = [], styles: [String] = []
        for row in 0..<canvas.rows {
            var line = ""
            for column in 0..<canvas.columns {
                let style = canvas[row, column].style
                if letters[style] == nil {
                    let letter = Character(Unicode.Scalar(UInt8(97 + letters.count)))
                    letters[style] = letter
                    legend.append(
                        "\(letter) = colour \(style.foreground) on \(style.background), attributes \(style.attributes.rawValue)"
                    )
                }
                line.append(letters[style]!)
            }
            styles.append(line)
        }
        return ((0..<canvas.rows).map(canvas.line) + [""] + styles + [""] + legend).joined(separator: "\n") + "\n"
    }

    @Test(arguments: [(18, 60), (24, 80), (36, 120), (60, 200), (120, 400)])
    func sizes(rows: Int, columns: Int) throws {
        let state = try state(
            "unequal_channels", "int4 sym channel:0 clip:mse", rows: rows, columns: columns,
            [.pinSwitched, .settingStepped(.bits, forward: true)])
        for (theme, name) in [(Appearance.ThemeName.auto, "colour"), (.mono, "mono"), (.light, "light")] {
            for (glyphs, glyphName) in [(Glyphs.braille, "utf8"), (.ascii, "ascii")] {
                try check("tensor-\(columns)x\(rows)-\(glyphName)-\(name)", state, .palette, glyphs, theme: theme)
            }
        }
    }

    /// The pages that explain each format, at the smallest and at a large size.
    @Test(arguments: [
        ("float", "gauss", "fp8-e4m3", 0), ("float-levels", "gauss", "fp4-e2m1", 1),
        ("blocks", "one_outlier", "mxfp4", 0),
        ("blocks-nvfp4", "unequal_channels", "nvfp4", 0), ("nf4", "gauss", "nf4 group:64", 0),
        ("kmeans", "laplace", "kmeans3", 0), ("planes", "gauss", "bcq3", 0), ("ternary", "gauss", "ternary", 0),
        ("binary", "laplace", "binary", 0), ("pairs", "unequal_channels", "pq2x16", 0),
        ("powers", "laplace", "pow2-4", 0),
    ])
    func formats(name: String, tensor: String, recipe: String, page: Int) throws {
        let pages = [Action](repeating: .moved(.right), count: page)
        let small = try state(
            tensor, recipe, rows: 24, columns: 80, [.pointed(.format, .panel), .zoomSwitched] + pages)
        try check("format-\(name)-80x24", small)
        try check("format-\(name)-80x24-ascii", small, .mono, .ascii)
        let large = try state(tensor, recipe, rows: 60, columns: 200, [.pointed(.format, .panel)] + pages)
        try check("format-\(name)-200x60", large)
    }

    @Test(arguments: [(24, 80), (60, 200)])
    func formatTable(rows: Int, columns: Int) throws {
        let table = try state("laplace", "int4 sym tensor", rows: rows, columns: columns, [.formatsCompared])
        try check("formats-\(columns)x\(rows)", table)
    }

    @Test func eightColours() throws {
        try check(
            "tensor-80x24-utf8-eight", try state("gauss", "int4 asym tensor", rows: 24, columns: 80), .eight, .braille)
    }

    @Test func views() throws {
        let filter = try state(
            "gauss", "int4", rows: 24, columns: 80,
            [.filterOpened, .edited(.insert("cha"))])
        try check("filter-80x24", filter, .palette, .braille)
        let zoom = try state(
            "laplace", "int3 sym clip:mse", rows: 24, columns: 80, [.pointed(.distribution, .panel), .zoomSwitched])
        try check("zoom-80x24", zoom, .palette, .braille)
        let all = try state(
            "scaled_channels", "int4 sym channel:0", rows: 36, columns: 120, [.coverageSwitched, .countScaleSwitched])
        try check("all-elements-linear-120x36", all, .palette, .braille)
        let zoomed = try state(
            "laplace", "int4 asym tensor", rows: 36, columns: 120,
            [
                .pointed(.transfer, .panel), .pointed(.distribution, .value(1)), .axisZoomed(inward: true, around: nil),
                .axisZoomed(inward: true, around: nil), .pointed(.distribution, .limit(.high, 1.5)),
            ])
        try check("zoomed-axis-120x36", zoomed)
        try check("zoomed-axis-120x36-blocks", zoomed, .palette, .blocks)
        try check("high-contrast-120x36", zoomed, .palette, .braille, theme: .highContrast)
        try check("dark-120x36", zoomed, .palette, .braille, theme: .dark)
        let logarithmic = try state("laplace", "int4 sym tensor", rows: 24, columns: 80, [.axisScaleSwitched])
        try check("log-axis-80x24", logarithmic)
        let sorted = try state("gauss", "int4 sym tensor", rows: 24, columns: 80, [.orderSwitched, .moved(.first)])
        try check("outliers-80x24", sorted)
        let problem = try state("gauss", "int4 sym channel:1", rows: 24, columns: 80)
        try check("problem-80x24", problem, .palette, .braille)
        let dirty = try state("with_nan", "int8 asym tensor", rows: 24, columns: 80)
        try check("not-finite-80x24", dirty, .palette, .braille)
        let long = try state(
            "relu_batch",
            "int4 symfull channels:4@0 clip:manual:-1.2345678,2.3456789 round:stochastic:12345 scale:bf16",
            rows: 24, columns: 80)
        try check("long-recipe-80x24", long, .palette, .braille)
    }

    /// The objective and the ranges over entries at every size, focused and in the whole window.
    @Test(arguments: [(18, 60), (24, 80), (36, 120), (60, 200)])
    func calibration(rows: Int, columns: Int) throws {
        func check(_ name: String, _ tensor: String, _ recipe: String, _ actions: [Action]) throws {
            let state = try state(tensor, recipe, rows: rows, columns: columns, actions)
            try self.check("\(name)-\(columns)x\(rows)", state)
            try self.check("\(name)-\(columns)x\(rows)-ascii", state, .mono, .ascii)
        }
        let focus = Action.pointed(.objective, .panel)
        try check("objective", "laplace", "int4 sym tensor clip:entropy", [focus, .moved(.up), .moved(.up)])
        try check("objective-zoomed", "laplace", "int3 asym tensor clip:mse", [focus, .zoomSwitched, .moved(.left)])
        try check(
            "entries", "relu_batch", "int4 asym tensor range:static:4",
            [.pointed(.timeline, .panel), .moved(.right), .moved(.right)])
        try check(
            "entries-zoomed", "relu_batch", "int4 sym channel:1 range:ema:4:0.1",
            [.pointed(.timeline, .panel), .zoomSwitched, .moved(.last)])
        try check(
            "conventions", "gauss", "int8 sym tensor", [.conventionsCompared, .moved(.down), .moved(.right)])
    }

    /// The other screens at every size.
    @Test(arguments: [(18, 60), (24, 80), (36, 120), (60, 200)])
    func screens(rows: Int, columns: Int) throws {
        func check(_ name: String, _ tensor: String, _ recipe: String, _ actions: [Action]) throws {
            let state = try state(tensor, recipe, rows: rows, columns: columns, actions)
            try self.check("\(name)-\(columns)x\(rows)", state)
            try self.check("\(name)-\(columns)x\(rows)-ascii", state, .mono, .ascii)
        }
        try check("channels", "unequal_channels", "int4 sym tensor", [.screenChosen(.channels), .moved(.down)])
        try check(
            "channels-picture", "outlier_columns", "int4 sym channel:0",
            [.screenChosen(.channels), .pointed(.heatMap, .panel), .countScaleSwitched, .moved(.down), .moved(.right)])
        try check(
            "compare", "laplace", "int4 sym tensor",
            [
                .pinSwitched, .settingStepped(.bits, forward: true), .pinSwitched,
                .settingStepped(.clipping, forward: true), .screenChosen(.compare), .moved(.right),
            ])
        try check("model", "gauss", "int4 sym group:32", [.screenChosen(.model), .moved(.down), .moved(.down)])
    }

    /// The Lab screen at every size: before a run, in the middle of one, after it.
    @Test(arguments: [(18, 60), (24, 80), (36, 120), (60, 200)])
    func lab(rows: Int, columns: Int) throws {
        func check(_ name: String, _ actions: [Action]) throws {
            let state = try state("gauss", "int4 sym tensor", rows: rows, columns: columns, actions)
            try self.check("lab-\(name)-\(columns)x\(rows)", state)
            try self.check("lab-\(name)-\(columns)x\(rows)-ascii", state, .mono, .ascii)
        }
        let begun = [Action.screenChosen(.lab), .moved(.down), .moved(.down)]
        try check("idle", begun)
        try check("running", begun + [.labReported(number: 0, try LabReport.sample(.running))])
        try check(
            "finished",
            begun + [
                .labReported(number: 0, try LabReport.sample()), .focusMoved(forward: true),
                .rangeStepped(forward: true),
                .coverageSwitched,
            ])
        try check(
            "regions", begun + [.labReported(number: 0, try LabReport.sample()), .pointed(.regions, .panel)])
        try check(
            "failed",
            begun + [
                .labReported(
                    number: 0,
                    try LabReport.sample(
                        .failed(
                            "int4 sym channel:3 does not fit fc.weight: channel:3 names axis 3, but of shape [10,256] its axes are 0 to 1"
                        )))
            ])
    }

    /// Every panel in the whole window.
    @Test(arguments: PanelCatalog.ids)
    func zoomedPanels(panel: PanelID) throws {
        let state = try state(
            "outlier_columns", "int4 sym tensor", rows: 24, columns: 80,
            [.screenChosen(panel.screen), .pointed(panel, .panel), .zoomSwitched])
        try check("zoomed-\(panel)-80x24", state)
        try check("zoomed-\(panel)-80x24-ascii", state, .mono, .ascii)
    }

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
        ]
        for (name, actions) in all {
            let state = try state("one_outlier", "int4 sym tensor", rows: rows, columns: columns, actions)
            try check("\(name)-\(columns)x\(rows)", state)
        }
    }

    @Test(arguments: [(1, 1), (1, 40), (5, 30), (17, 60), (18, 59)])
    func tooSmall(rows: Int, columns: Int) throws {
        try check(
            "small-\(columns)x\(rows)", try state("gauss", "int4", rows: rows, columns: columns), .palette, .braille)
    }
}
