import Checkpoints
import Fixtures
import Foundation
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer
@testable import TerminalUI

/// The mouse on the other screens: rows, cells, columns and the names of screens.
@Suite struct ScreenPointerTests {
    init() { setlocale(LC_CTYPE, "C.UTF-8") }

    private func driver(_ rows: Int, _ columns: Int, recipe: String = "int4 sym tensor") throws -> Driver {
        let file = try FileFormatCatalog.open(path: Fixture.path("Llama/original.safetensors"))
        return try Driver(
            rows: rows, columns: columns, tensor: "model.layers.0.self_attn.q_proj.weight", recipe: recipe, file: file)
    }

    /// Where a text stands on the screen.
    private func place(of text: String, _ driver: Driver) throws -> (row: Int, column: Int) {
        for row in 0..<driver.rows {
            let line = driver.canvas.line(row)
            if let range = line.range(of: text) {
                return (row, line.distance(from: line.startIndex, to: range.lowerBound))
            }
        }
        throw Missing(text: text)
    }
    private struct Missing: Error { let text: String }

    @Test(arguments: [(24, 80), (36, 120), (60, 200)])
    func namesOfScreens(rows: Int, columns: Int) throws {
        var driver = try driver(rows, columns, recipe: "int4 sym channel:0")
        for (name, screen) in [
            ("5 Model", ScreenID.model), ("4 Compare", .compare), ("2 Channels", .channels), ("1 Tensor", .tensor),
        ] {
            // Narrow windows have shorter names on the first screen, and numbers on the others.
            let text =
                columns >= 110 ? name : driver.state.screen == .tensor ? String(name.prefix(6)) : " \(name.prefix(1)) "
            let line = driver.canvas.line(rows - 1), range = try #require(line.range(of: text))
            driver.pointer(.press, rows - 1, line.distance(from: line.startIndex, to: range.lowerBound) + 1)
            #expect(driver.state.screen == screen)
        }
    }

    @Test(arguments: [(24, 80), (60, 200)])
    func rowsOfTheRanking(rows: Int, columns: Int) throws {
        var driver = try driver(rows, columns)
        driver.key("5")
        let third = driver.state.model.sorted[2], name = driver.state.file.tensors[third].name
        let rect = try #require(driver.layout[.ranking])
        driver.pointer(.press, rect.row + 4, rect.column + 5)
        #expect(driver.state.model.tensor == third)
        // Once more opens it.
        driver.pointer(.press, rect.row + 4, rect.column + 5)
        #expect(driver.state.screen == .tensor && driver.state.tensor.name == name)
        driver.key("5")
        let head = try place(of: "MSE", driver)
        driver.pointer(.press, head.row, head.column + 2)
        #expect(driver.state.model.order == .value(.metric(.mse)))
        driver.pointer(.press, head.row, head.column + 2)
        #expect(driver.state.model.isReversed)
        driver.pointer(.wheelDown, rect.row + 4, rect.column + 5)
        #expect(driver.state.rankCursor != 2)
    }

    @Test(arguments: [(24, 80), (60, 200)])
    func stripsAndCells(rows: Int, columns: Int) throws {
        var driver = try driver(rows, columns)
        driver.key("2")
        let rect = try #require(driver.layout[.strips])
        driver.pointer(.press, rect.row + 4, rect.column + 20)
        #expect(driver.state.stripCursor == 2)
        driver.pointer(.wheelDown, rect.row + 4, rect.column + 20)
        #expect(driver.state.stripCursor == 3)
        if let map = driver.layout[.heatMap] {
            driver.pointer(.press, map.row + 3, map.column + 9)
            #expect(driver.state.focus == .heatMap && driver.state.channels.cell == Self.cell(driver, map))
        } else {
            driver.key(.tab)
            let map = try #require(driver.layout[.heatMap])
            driver.pointer(.press, map.row + 3, map.column + 9)
            #expect(driver.state.channels.cell == Self.cell(driver, map))
        }
    }

    /// The pixel under the third row and the ninth column of the picture.
    private static func cell(_ driver: Driver, _ rect: Rect) -> (Int, Int) {
        let size = HeatMapPainter.pixelSize(HeatMapModel(driver.state), HeatMapPanel.plot(in: rect))
        return (2 * 2 / size.rows, 8 / size.columns)
    }

    @Test func pinsAndPairs() throws {
        var driver = try driver(60, 200)
        driver.key("p")
        driver.key("b")
        driver.key("p")
        driver.key("4")
        #expect(driver.state.comparedRecipes.count == 2)
        let head = try place(of: "pin 1", driver)
        driver.pointer(.press, head.row, head.column)
        #expect(driver.state.comparison.column == 0)
        driver.pointer(.press, head.row, head.column)
        #expect(driver.state.recipe.description == "int4 sym tensor")
        driver.key(":")
        for character in "compare " + Fixture.path("Llama/model-q8_0.gguf") { driver.key(character) }
        driver.key(.enter)
        let pairs = try #require(driver.layout[.pairs])
        driver.pointer(.press, pairs.row + 4, pairs.column + 10)
        #expect(driver.state.comparison.other?.cursor == 2)
    }
}
