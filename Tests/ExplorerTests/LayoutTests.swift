import Quantization
import Testing

@testable import Explorer

@Suite struct LayoutTests {
    /// Panels never leave the window or cover each other, at any size, screen, focus and recipe, and the one with the focus is there.
    @Test(arguments: ["int4 sym tensor", "nf4 group:64", "int4 sym tensor range:static:4", "ternary tensor"])
    func layoutsHoldTogether(recipe: String) throws {
        var state = try samplesState(recipe: recipe)
        for rows in stride(from: 18, through: 130, by: 7) {
            for columns in stride(from: 60, through: 410, by: 13) {
                for screen in ScreenCatalog.ids {
                    for focus in screen.panels {
                        for isZoomed in [false, true] {
                            (state.screen, state.focus, state.isZoomed) = (screen, focus, isZoomed)
                            check(Layout(state, rows: rows, columns: columns), focus, isZoomed: isZoomed)
                        }
                    }
                }
            }
        }
    }

    private func check(_ layout: Layout, _ focus: PanelID, isZoomed: Bool) {
        let name = "\(layout.rows)x\(layout.columns) \(focus)", panels = Array(layout.panels.values)
        let parts = panels + [layout.formula]
        #expect(layout[focus] != nil, "\(name): no room")
        #expect(panels.allSatisfy { $0.height >= 3 && $0.width >= 22 }, "\(name)")
        for (number, part) in parts.enumerated() {
            let isInside =
                part.row >= 0 && part.column >= 0 && part.endRow <= layout.rows - 1 && part.endColumn <= layout.columns
            #expect(isInside, "\(name)")
            for other in parts[..<number] {
                let isApart =
                    part.endRow <= other.row || other.endRow <= part.row
                    || part.endColumn <= other.column || other.endColumn <= part.column
                #expect(isApart, "\(name)")
            }
        }
        if isZoomed { #expect(panels.count == 1, "\(name)") }
    }

    /// What has no room goes, the least important first; what has the focus takes the place of what has the rest.
    @Test func partsGoInOrder() {
        let a = PanelID("a"), b = PanelID("b"), c = PanelID("c")
        let arrangement = Arrangement.columns([
            .optional(30, .panel(a)), .rest(least: 20, .panel(b)), .optional(40, .panel(c)),
        ])
        func widths(_ width: Int, focus: PanelID) -> [PanelID: Int] {
            var panels: [PanelID: Rect] = [:]
            arrangement.place(in: Rect(row: 0, column: 0, height: 9, width: width), focus: focus, &panels)
            return panels.mapValues { $0.width }
        }
        #expect(widths(90, focus: b) == [a: 30, b: 20, c: 40])
        #expect(widths(89, focus: b) == [a: 30, b: 59])
        #expect(widths(49, focus: a) == [a: 49])
        #expect(widths(49, focus: b) == [b: 49])
        #expect(widths(89, focus: c) == [a: 30, c: 59])
    }

    /// A shelf shows as many panels as have room, and the one with the focus.
    @Test func aShelfKeepsTheFocus() {
        let ids = (0..<4).map { PanelID("\($0)") }
        var panels: [PanelID: Rect] = [:]
        Arrangement.shelf(ids, each: 30).place(
            in: Rect(row: 2, column: 1, height: 5, width: 61), focus: ids[3], &panels)
        #expect(
            panels == [
                ids[0]: Rect(row: 2, column: 1, height: 5, width: 30),
                ids[3]: Rect(row: 2, column: 31, height: 5, width: 31),
            ])
    }
}
