import Explorer
import Foundation
import Lab
import Testing

@testable import TerminalUI

/// Every panel alone: as it stands in a small and in a usual window, and in a large window of its own.
@Suite(.serialized) struct PanelSnapshotTests {
    private struct Case {
        var name = ""
        var tensor = "outlier_columns"
        var recipe = "int4 sym tensor"
        var actions: [Action] = []
    }

    /// What a panel is looked at with, where the usual tensor shows too little of it.
    private static func cases(_ panel: PanelID) throws -> [Case] {
        switch panel {
        case .format:
            let formats: [(String, String, String, Int)] = [
                ("float", "gauss", "fp8-e4m3", 0), ("float-levels", "gauss", "fp4-e2m1", 1),
                ("blocks", "one_outlier", "mxfp4", 0), ("blocks-nvfp4", "unequal_channels", "nvfp4", 0),
                ("nf4", "gauss", "nf4 group:64", 0), ("kmeans", "laplace", "kmeans3", 0),
                ("planes", "gauss", "bcq3", 0), ("ternary", "gauss", "ternary", 0),
                ("binary", "laplace", "binary", 0), ("pairs", "unequal_channels", "pq2x16", 0),
                ("powers", "laplace", "pow2-4", 0),
            ]
            return formats.map { name, tensor, recipe, page in
                Case(
                    name: name, tensor: tensor, recipe: recipe,
                    actions: [Action](repeating: .movedIn(.format, .right), count: page))
            }
        case .objective:
            let up = Action.movedIn(.objective, .up)
            return [
                Case(name: "entropy", tensor: "laplace", recipe: "int4 sym tensor clip:entropy", actions: [up, up]),
                Case(name: "asym", tensor: "laplace", recipe: "int3 asym tensor clip:mse"),
            ]
        case .timeline:
            return [
                Case(
                    name: "static", tensor: "relu_batch", recipe: "int4 asym tensor range:static:4",
                    actions: [.movedIn(.timeline, .right)]),
                Case(name: "ema", tensor: "relu_batch", recipe: "int4 sym channel:1 range:ema:4:0.1"),
            ]
        case .distribution:
            return [
                Case(
                    name: "zoomed", tensor: "laplace", recipe: "int4 asym tensor",
                    actions: [
                        .pointed(.distribution, .value(1)), .axisZoomed(inward: true, around: nil),
                        .axisZoomed(inward: true, around: nil),
                    ]),
                Case(name: "logarithmic", tensor: "laplace", actions: [.axisScaleSwitched]),
                Case(
                    name: "linear-counts", tensor: "scaled_channels", recipe: "int4 sym channel:0",
                    actions: [.coverageSwitched, .countScaleSwitched]),
            ]
        case .tried:
            let tries: [Action] = [
                .settingStepped(.bits, forward: true), .settingStepped(.granularity, forward: true),
                .settingStepped(.bits, forward: false), .pinSwitched, .settingStepped(.bits, forward: false),
                .settingStepped(.mapping, forward: true), .movedIn(.tried, .left),
            ]
            return [Case(name: "one"), Case(name: "several", tensor: "laplace", actions: tries)]
        case .strips: return [Case(tensor: "unequal_channels", actions: [.movedIn(.strips, .down)])]
        case .heatMap:
            let zoom = [Action](repeating: .axisZoomed(inward: true, around: nil), count: 8)
            return [
                Case(recipe: "int4 sym channel:0", actions: [.countScaleSwitched, .movedIn(.heatMap, .down)]),
                Case(name: "elements", tensor: "scaled_channels", recipe: "int4 sym channel:0", actions: zoom),
            ]
        case .twoDistributions:
            let pin: [Action] = [
                .screenChosen(.tensor), .pinSwitched, .settingStepped(.bits, forward: true), .screenChosen(.compare),
                .pointed(.twoDistributions, .panel), .pointed(.twoDistributions, .value(1)),
            ]
            let mark: [Action] = [.tensorMarked, .matchStepped(forward: true), .axisLockSwitched, .countScaleSwitched]
            return [
                Case(name: "nothing"), Case(name: "recipes", tensor: "laplace", actions: pin),
                Case(name: "tensors", tensor: "laplace", actions: mark),
            ]
        case .pins:
            let pins: [Action] = [
                .screenChosen(.tensor), .pinSwitched, .settingStepped(.bits, forward: true), .pinSwitched,
                .settingStepped(.clipping, forward: true), .screenChosen(.compare),
            ]
            return [Case(tensor: "laplace", actions: pins)]
        case .experiments, .labCurves, .outcomes, .labLayer, .regions:
            let failure = LabReport.State.failed(
                "int4 sym channel:3 does not fit fc.weight: channel:3 names axis 3, but of shape [10,256] its axes are 0 to 1"
            )
            return [
                Case(name: "idle"),
                Case(name: "running", actions: [.labReported(number: 0, try LabReport.sample(.running))]),
                Case(name: "finished", actions: [.labReported(number: 0, try LabReport.sample())]),
                Case(name: "failed", actions: [.labReported(number: 0, try LabReport.sample(failure))]),
            ]
        case .sweepPlot, .sweepTable, .sweepGrid:
            return [
                Case(tensor: "laplace"),
                Case(
                    name: "pinned", tensor: "laplace", recipe: "int3 sym group:64",
                    actions: [
                        .movedIn(.sweepPlot, .right), .pinSwitched, .recipeCopied, .movedIn(.sweepTable, .right),
                        .movedIn(.sweepPlot, .right), .movedIn(.sweepGrid, .down),
                    ]),
            ]
        case .planFrontier, .planTable, .planFacts, .planMap:
            let machine = Action.settingStepped(.range, forward: true)
            return [
                Case(),
                Case(name: "machine", actions: [machine, .recipeCopied, .recipeCopied, .pinSwitched, .moved(.down)]),
            ]
        default: return [Case()]
        }
    }

    @Test(arguments: PanelCatalog.ids) func panel(_ panel: PanelID) throws {
        for (number, example) in try Self.cases(panel).enumerated() {
            let name = "Panels/\(panel)" + (example.name.isEmpty ? "" : "-\(example.name)")
            var session = try Snapshot.Session(example.tensor, example.recipe, rows: 36, columns: 120)
            for action in [.screenChosen(panel.screen), .pointed(panel, .panel)] + example.actions {
                session.perform(action)
            }
            let sizes = [("small", 18, 60, false), ("usual", 36, 120, false), ("large", 60, 200, true)]
            for (size, rows, columns, isZoomed) in sizes {
                session.perform(.resized(rows: rows, columns: columns))
                if isZoomed { session.perform(.zoomSwitched) }
                let state = session.state
                let rect = try #require(state.layout[panel], "\(name) \(size)")
                // What is drawn is the panel alone, whatever else the screen shows.
                func paint(_ tier: ColorTier, _ glyphs: Glyphs) -> Canvas {
                    let painter = ScreenPainter(theme: Theme(tier), glyphs: glyphs)
                    var canvas = Canvas(rows: rows, columns: columns, isASCII: glyphs.isASCII)
                    PainterCatalog.paint(
                        panel, PanelCatalog.content(of: panel, state), isFocused: true, rect, painter, &canvas)
                    return canvas
                }
                try Snapshot.check("\(name)-\(size)", paint(.palette, .braille), part: rect)
                if size == "usual", number == 0 {
                    try Snapshot.check("\(name)-\(size)-ascii", paint(.mono, .ascii), part: rect, .mono)
                }
            }
        }
    }
}
