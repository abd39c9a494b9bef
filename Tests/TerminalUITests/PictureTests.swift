import Explorer
import Foundation
import Lab
import Quantization
import Testing

@testable import TerminalUI

/// The pictures of the documentation are the program's own: `docs/make-pictures` draws them anew.
@Suite(.serialized) struct PictureTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("docs/pictures")

    private struct Scene {
        let name: String
        var tensor = "gauss"
        var recipe = "int4 sym tensor"
        var theme = Appearance.ThemeName.dark
        var actions: [Action] = []
    }

    private static func scenes() throws -> [Scene] {
        [
            Scene(
                name: "tensor", tensor: "unequal_channels", recipe: "int4 sym channel:0 clip:mse",
                actions: [.pinSwitched, .settingStepped(.bits, forward: true)]),
            Scene(name: "tensor-light", tensor: "laplace", recipe: "int4 sym tensor clip:mse", theme: .light),
            Scene(name: "channels", tensor: "outlier_columns", actions: [.screenChosen(.channels)]),
            Scene(
                name: "sweep", tensor: "laplace", actions: [.screenChosen(.sweep)]),
            Scene(
                name: "compare", tensor: "laplace",
                actions: [.pinSwitched, .settingStepped(.bits, forward: true), .screenChosen(.compare)]),
            Scene(name: "model", tensor: "layers.3.conv.weight", actions: [.screenChosen(.model)]),
            Scene(
                name: "lab",
                actions: [.screenChosen(.lab), .labReported(number: 0, try LabReport.sample())]),
            Scene(name: "plan", tensor: "layers.3.conv.weight", actions: [.screenChosen(.plan)]),
        ]
    }

    @Test func picturesAreWhatTheProgramDraws() throws {
        let isRecording = ProcessInfo.processInfo.environment["QLENS_RECORD"] == "1"
        for scene in try Self.scenes() {
            let state = try Snapshot.state(scene.tensor, scene.recipe, rows: 36, columns: 120, scene.actions)
            let svg = ScreenPainter(theme: Theme(.direct, scene.theme), glyphs: .braille).svg(state)
            let file = Self.folder.appendingPathComponent(scene.name + ".svg")
            if isRecording {
                try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
                try svg.write(to: file, atomically: true, encoding: .utf8)
            }
            let isSame = try String(contentsOf: file, encoding: .utf8) == svg
            #expect(isSame, "docs/pictures/\(scene.name).svg is not what the program draws: run docs/make-pictures")
        }
    }

    /// Every character of the screen is in the picture, as text or as a shape, and the XML is whole.
    @Test func aPictureHoldsAllOfTheScreen() throws {
        let state = try Snapshot.state("laplace", rows: 36, columns: 120)
        let painter = ScreenPainter(theme: Theme(.palette, .dark), glyphs: .braille)
        let svg = painter.svg(state), parser = XMLDocumentText()
        let text = try #require(parser.text(of: svg))
        for word in ["Distribution", "granularity", "SQNR", "bits/weight", "Transfer r → r̂"] {
            #expect(text.contains(word), "\(word)")
        }
        #expect(svg.contains("<circle") && svg.contains("<path") && svg.contains("<rect"))
        let panel = painter.svg(state, panel: .metrics)
        #expect(try #require(parser.text(of: panel)).contains("clipping") && !panel.contains("Transfer"))
        #expect(panel.count < svg.count / 2)
    }

    @Test func commandAsksForAPicture() throws {
        var state = try Snapshot.state(rows: 24, columns: 80)
        func typed(_ line: String) -> [Request] {
            for action in [Action.promptOpened, .edited(.insert(line))] { _ = state.reduce(action) }
            return state.reduce(.entered)
        }
        func asked(_ line: String) -> (path: String, panel: PanelID?)? {
            if case .picture(let path, let panel)? = typed(line).first { (path, panel) } else { nil }
        }
        let screen = try #require(asked("picture a b.svg")), panel = try #require(asked("picture panel b.svg"))
        #expect(screen == ("a b.svg", nil) && panel == ("b.svg", .recipe))
        #expect(typed("picture b.png").isEmpty)
    }
}

/// The text of an XML document; nil where it is not well formed.
private final class XMLDocumentText: NSObject {
    func text(of document: String) -> String? {
        // Tags by a stack: the documents have no comments, sections or declarations.
        var open: [Substring] = [], text = "", rest = document[...]
        while let start = rest.firstIndex(of: "<") {
            text += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ">") else { return nil }
            let tag = rest[rest.index(after: start)..<end]
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { return nil }
            } else if !tag.hasSuffix("/") {
                open.append(tag.prefix { $0 != " " })
            }
            rest = rest[rest.index(after: end)...]
        }
        guard open.isEmpty else { return nil }
        return text.replacingOccurrences(of: "&lt;", with: "<").replacingOccurrences(of: "&gt;", with: ">")
            .replacingOccurrences(of: "&amp;", with: "&")
    }
}
