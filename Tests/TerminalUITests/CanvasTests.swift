import Explorer
import Testing

@testable import TerminalUI

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct CanvasTests {
    init() { setlocale(LC_CTYPE, "C.UTF-8") }

    @Test func textIsCutAtTheEdges() {
        var canvas = Canvas(rows: 2, columns: 5)
        #expect(canvas.put(0, 3, "abc") == 5)
        canvas.put(1, -1, "xyz")
        canvas.put(7, 0, "nowhere")
        #expect(canvas.line(0) == "   ab" && canvas.line(1) == "yz")
    }

    @Test func wideCharactersTakeTwoColumns() {
        var canvas = Canvas(rows: 1, columns: 6)
        #expect(canvas.put(0, 0, "한a") == 3)
        #expect(canvas[0, 1].width == 0 && canvas.line(0) == "한a")
        canvas.put(0, 1, "x")  // over the second half
        #expect(canvas.line(0) == " xa")
        canvas.put(0, 4, "bc한")
        #expect(canvas.line(0) == " xa bc")
    }

    @Test func combiningMarksStayWithTheirLetter() {
        var canvas = Canvas(rows: 1, columns: 4)
        canvas.put(0, 0, "r\u{302}=1")
        #expect(canvas[0, 0].mark == 0x302 && canvas.line(0) == "r\u{302}=1")
    }

    @Test func asciiReplacesEverything() {
        var canvas = Canvas(rows: 1, columns: 40, isASCII: true)
        canvas.put(0, 0, "≈ a ▸ b … −1 × 2 한")
        #expect(canvas.line(0) == "~ a > b .. -1 x 2 ?")
    }

    @Test func noSizeIsTooSmall() {
        for rows in 0...2 {
            for columns in 0...2 {
                var canvas = Canvas(rows: rows, columns: columns)
                canvas.put(0, 0, "text")
                canvas.fill(Rect(row: -1, column: -1, height: 9, width: 9), "x")
                #expect(canvas.cells.count == rows * columns)
            }
        }
    }
}

@Suite struct KeyMapTests {
    @Test func everyKeyHasOneMeaning() {
        let keys = KeyMap.bindings.flatMap { $0.keys }
        #expect(Set(keys).count == keys.count)
    }

    /// Looked for among the keys: what a line says in any case of letters, a key as it is.
    @Test func keysAreFoundByWhatTheyDo() {
        func found(_ text: String) -> [(keys: String, help: String)] {
            HelpText.lines(with: text).compactMap {
                if case .pair(let keys, let help) = $0 { (keys, help) } else { nil }
            }
        }
        for word in ["clip", "CLIP"] {
            #expect(found(word).count > 2)
            #expect(found(word).allSatisfy { $0.help.lowercased().contains("clip") || $0.keys.contains(word) })
        }
        #expect(found(":export").count == 1)
        #expect(found("").count == HelpText.lines.count { if case .pair = $0 { true } else { false } })
        #expect(found("no such thing").isEmpty && HelpText.lines(with: "no such thing").count == 1)
    }
}
