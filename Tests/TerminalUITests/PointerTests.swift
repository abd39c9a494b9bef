import Explorer
import Foundation
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import TerminalUI

/// What the mouse does, by where things are drawn.
@Suite struct PointerTests {
    init() { setlocale(LC_CTYPE, "C.UTF-8") }

    /// A place on the screen at which a text is drawn.
    private func find(_ text: String, in driver: Driver) throws -> (row: Int, column: Int) {
        let canvas = driver.canvas
        for row in 0..<canvas.rows {
            guard let range = canvas.line(row).range(of: text) else { continue }
            return (row, CharacterWidth.of(String(canvas.line(row)[..<range.lowerBound])))
        }
        throw Missing(text: text)
    }

    private struct Missing: Error { let text: String }

    @Test func clicksSelectAndOpen() throws {
        var driver = try Driver(rows: 36, columns: 120)
        let place = try find("laplace", in: driver)
        driver.pointer(.press, place.row, place.column)
        #expect(driver.state.tensor.name == "laplace" && driver.state.focus == .tensors)
        let rounding = try find("r rounding", in: driver)
        driver.pointer(.press, rounding.row, rounding.column + 3)
        #expect(driver.state.settingCursor == .rounding && driver.state.focus == .recipe && driver.state.overlay == nil)
        driver.pointer(.press, rounding.row, rounding.column + 3)
        guard case .picker = driver.state.overlay else {
            Issue.record("a second click opens the catalogue")
            return
        }
        let floor = try find("round:down", in: driver)
        driver.pointer(.press, floor.row, floor.column)
        driver.pointer(.press, floor.row, floor.column)
        #expect(driver.state.recipe.rounding == .down && driver.state.overlay == nil)
        let metric = try find("MAE", in: driver)
        driver.pointer(.press, metric.row, metric.column)
        #expect(
            driver.state.focus == .metrics && MetricsModel(driver.state).rows[driver.state.metricCursor].id == .mae)
    }

    @Test func theLimitOfTheObjectiveIsDragged() throws {
        var driver = try Driver(rows: 36, columns: 120)
        driver.perform(.pointed(.objective, .panel))
        func plot() -> Rect { ObjectivePanel.parts(in: driver.layout[.objective]!.inner).plot }
        func column(_ limit: Double) -> Int {
            plot().column + (driver.state.objectiveAxis?.column(of: limit, in: plot().width) ?? 0)
        }
        let row = plot().row + 1, start = column(3.668)
        driver.pointer(.press, row, start)
        driver.pointer(.drag, row, start - 6)
        let first = driver.state.recipe
        #expect(first.clipping.name == "manual" && first.clipping.numbers[1] < 3)
        driver.pointer(.drag, row, start - 9)
        driver.pointer(.release, row, start - 9)
        #expect(driver.state.recipe.clipping.numbers[1] < first.clipping.numbers[1])
        driver.key("u")
        #expect(driver.state.recipe.description == "int4 sym tensor", "a drag is one step")
        // Elsewhere the cursor comes.
        driver.pointer(.press, row, plot().column + 3)
        let placed = try #require(driver.state.objectiveCursor)
        #expect(abs(column(placed) - plot().column - 3) <= 1 && driver.state.recipe.description == "int4 sym tensor")
        driver.pointer(.wheelDown, row, plot().column + 3)
        #expect(try #require(driver.state.objectiveCursor) > placed)
    }

    @Test func anEntryOfTheTimelineIsPointedAt() throws {
        var driver = try Driver(rows: 36, columns: 120, tensor: "relu_batch", recipe: "int4 asym tensor range:static:4")
        driver.perform(.pointed(.timeline, .panel))
        let plot = TimelinePanel.plot(in: driver.layout[.timeline]!.inner)
        driver.pointer(.press, plot.row + 1, plot.endColumn - 1)
        #expect(driver.state.timelineCursor == 15)
        driver.pointer(.press, plot.row + 1, plot.column)
        #expect(driver.state.timelineCursor == 0)
        driver.pointer(.wheelDown, plot.row + 1, plot.column)
        #expect(driver.state.timelineCursor == 1)
    }

    @Test func aClickBesideAnOverlayClosesIt() throws {
        var driver = try Driver(rows: 60, columns: 200)
        driver.key("i")
        #expect(driver.state.overlay != nil)
        driver.pointer(.press, 30, 100)
        driver.pointer(.press, 0, 0)
        #expect(driver.state.overlay == nil)
    }

    @Test func theWheelScrollsStepsAndZooms() throws {
        var driver = try Driver(rows: 36, columns: 120)
        driver.pointer(.wheelDown, 10, 5)
        #expect(driver.state.tensor.name == "head.bias" && driver.state.focus == .recipe, "the focus stays")
        driver.pointer(.wheelUp, 10, 5)
        let bits = try find("b bits", in: driver)
        driver.pointer(.wheelDown, bits.row, bits.column)
        #expect(driver.state.recipe.format.bits == 5)
        let whole = try #require(driver.state.axis)
        let plot = DistributionPanel.plot(in: driver.layout[.distribution]!.inner)
        driver.pointer(.wheelUp, plot.row + 2, plot.endColumn - 1)
        let zoomed = try #require(driver.state.axis)
        #expect(zoomed.high > whole.high * 0.97 && zoomed.high - zoomed.low < 0.51 * (whole.high - whole.low))
        driver.pointer(.wheelDown, plot.row + 2, plot.endColumn - 1)
        #expect(driver.state.window == nil)
        driver.key("?")
        driver.key("?")
        driver.pointer(.wheelDown, 10, 60)
        guard case .help(let scroll) = driver.state.overlay else { return }
        #expect(scroll == 3)
    }

    @Test(arguments: [PanelID.distribution, .transfer])
    func draggingMovesCursorAndLimits(panel: PanelID) throws {
        var driver = try Driver(rows: 36, columns: 120)
        let area = driver.layout[panel]!.inner
        let plot = panel == .distribution ? DistributionPanel.plot(in: area) : TransferPanel.plot(in: area)
        // The staircase shows the levels around the cursor, which moves them: each event has its own axis.
        func axis() throws -> Axis { try #require(PanelCatalog.plotAxis(of: panel, driver.state)?.axis) }
        let first = try axis().value(ofColumn: 10, in: plot.width)
        driver.pointer(.press, plot.row + 1, plot.column + 10)
        #expect(driver.state.cursor == first && driver.state.focus == panel)
        let second = try axis().value(ofColumn: 12, in: plot.width)
        driver.pointer(.drag, plot.row + 1, plot.column + 12)
        #expect(driver.state.cursor == second)
        driver.pointer(.release, plot.row + 1, plot.column + 12)
        driver.pointer(.drag, plot.row + 1, plot.column + 15)
        #expect(driver.state.cursor == second, "nothing is held any more")
        guard panel == .distribution else { return }

        driver.pointer(.press, plot.row + 1, plot.endColumn - 1)
        for column in stride(from: plot.endColumn - 2, through: plot.endColumn - 6, by: -1) {
            driver.pointer(.drag, plot.row + 1, column)
        }
        driver.pointer(.release, plot.row + 1, plot.endColumn - 6)
        #expect(driver.state.recipe.clipping.name == "manual")
        let high = Double(try #require(driver.state.detail?.quantizer.range.high))
        let whole = try #require(driver.state.axis), wanted = whole.value(ofColumn: plot.width - 6, in: plot.width)
        #expect(abs(high - wanted) < (whole.high - whole.low) / Double(plot.width))
        driver.key("u")
        #expect(driver.state.recipe.description == "int4 sym tensor", "a drag is one step to undo")
    }

    /// Anywhere, anything: no event leads outside of the screen or of a list.
    @Test func everyPlaceTakesEveryEvent() throws {
        for (rows, columns) in [(18, 60), (24, 80), (36, 120), (5, 20)] {
            for opening in ["", "?", "o", ":", "i", "z", "/"] {
                var driver = try Driver(rows: rows, columns: columns)
                if !opening.isEmpty { driver.key(Character(opening)) }
                for row in stride(from: 0, through: rows + 1, by: 3) {
                    for column in stride(from: 0, through: columns + 3, by: 11) {
                        for kind in [PointerEvent.Kind.press, .drag, .release, .wheelUp, .wheelDown] {
                            driver.pointer(kind, row, column, settles: false)
                        }
                    }
                }
                _ = driver.canvas
            }
        }
    }
}
