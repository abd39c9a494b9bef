import Foundation
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// Configuration, sessions, recent files, the file browser.
@Suite struct StorageTests {
    private func folder() throws -> String {
        let path = NSTemporaryDirectory() + "qlens-storage-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test func configurationsAreRead() throws {
        let text = """
            # what I want
            theme = light
            glyphs=blocks
              mouse = off

            recipe = clip:mse int4 group:64
            usual bits = 2 4 8
            usual clipping = minmax percentile:99
            """
        let configuration = try Configuration(text, path: "config")
        #expect(configuration.theme == .light && configuration.glyphs == .blocks && configuration.hasMouse == false)
        #expect(configuration.recipe?.description == "int4 sym group:64 clip:mse")
        #expect(configuration.usual == [.bits: ["2", "4", "8"], .clipping: ["minmax", "percentile:99"]])
    }

    /// The example of the documentation is one.
    @Test func theExampleInTheDocumentationIsRight() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(contentsOf: root.appendingPathComponent("docs/configuration.md"), encoding: .utf8)
        let start = try #require(page.range(of: "```\ntheme = ")), rest = page[start.lowerBound...].dropFirst(4)
        let text = try #require(rest.range(of: "```")).lowerBound
        let configuration = try Configuration(String(rest[..<text]), path: "configuration.md")
        #expect(configuration.theme == .dark && configuration.usual[.bits] == ["2", "3", "4", "8"])
        #expect(configuration.recipe?.description == "int4 sym group:128" && configuration.hasMouse == false)
    }

    /// File, line, what was found, what is expected.
    @Test(arguments: [
        ("theme = pink", "config:1: found theme = \"pink\", expected theme = auto, dark, light, mono, high-contrast"),
        ("\n\nmouse", "config:3: found \"mouse\", expected name = value, or # and a comment"),
        ("mouse = on\nmouse = off", "config:2: found \"mouse\" a second time, expected each name once"),
        ("mouse = yes", "config:1: found mouse = \"yes\", expected mouse = on, off"),
        ("recipe = int99", "config:1: found recipe = \"int99\", expected int2 … int16"),
        ("colour = red", "config:1: found \"colour\", expected theme, glyphs, mouse, motion, recipe"),
        ("usual bits = 4 four", "config:1: found usual bits = \"4 four\", expected int2 … int16"),
        ("usual bits =", "config:1: found usual bits = \"\", expected at least one value"),
    ])
    func badConfigurationsSayWhere(text: String, expected: String) throws {
        do {
            _ = try Configuration(text, path: "config")
            Issue.record("accepted: \(text)")
        } catch {
            #expect("\(error)".hasPrefix(expected), "\(error)")
        }
    }

    @Test func usualValuesAreSteppedThrough() throws {
        var state = ExplorerState(
            file: try SampleCatalog.open(), tensorName: "scaled_channels", recipe: try Recipe("int4"),
            usual: [.bits: ["2", "4", "8"], .granularity: ["tensor", "channel:5", "group:8"]])
        var seen: [Int] = []
        for _ in 0..<3 {
            settle(&state, state.reduce(.settingStepped(.bits, forward: true)))
            seen.append(state.recipe.format.bits)
        }
        #expect(seen == [8, 2, 4])
        settle(&state, state.reduce(.settingStepped(.granularity, forward: true)))
        #expect(state.recipe.granularity == .group(size: 8), "what the shape does not allow is passed over")
    }

    // MARK: Sessions

    @Test func sessionsGoThereAndBack() throws {
        var record = SessionRecord(
            file: "/a b/%x\n#.npy", tensor: " odd\tname ", recipe: try Recipe("int4 asym group:8"))
        record.pin = try Recipe("int8")
        record.range = 3
        record.window = DetailQuestion.Window(low: -0.1, high: 1e-7)
        record.cursor = 0.1 + 0.2
        record.coverage = .values
        record.hasLogCounts = false
        #expect(try SessionRecord(record.text, path: "s") == record)
        #expect(SessionRecord.matches(Array(record.text.utf8)))
        let plain = SessionRecord(file: nil, tensor: "gauss", recipe: Recipe())
        #expect(try SessionRecord(plain.text, path: "s") == plain)
    }

    @Test(arguments: [
        ("tensor = x", "no line with a recipe"), ("recipe = int4\nrange = -1", "s:2: found range"),
        ("recipe = int4\nwindow = 3 1", "s:2: found window"), ("recipe = int4\nx = 1", "s:2: found \"x\""),
        ("recipe = int4\ncursor = nan", "s:2: found cursor"),
        ("recipe = int4\nrange = 9223372036854775807", "s:2: found range"),
        ("recipe = int4\nwindow = 0 1e-310", "s:2: found window"),
        ("recipe = int4\nwindow = 1e-300 1e39", "s:2: found window"),
    ])
    func badSessionsSayWhere(text: String, expected: String) {
        #expect { try SessionRecord(text, path: "s") } throws: { "\($0)".contains(expected) }
    }

    /// Names may hold separators of other alphabets.
    @Test(arguments: ["a\u{2028}b", "\u{A0}x\u{A0}", "e\u{301}", "\u{85}", "\u{3000}가", "a # b", "100%", ""])
    func namesComeBackByteForByte(name: String) throws {
        let record = SessionRecord(file: "/tmp/" + name, tensor: name, recipe: Recipe())
        let back = try SessionRecord(record.text, path: "s")
        #expect(
            Array(back.tensor.utf8) == Array(name.utf8) && Array((back.file ?? "").utf8) == Array("/tmp/\(name)".utf8))
    }

    /// Another tensor than the saved one takes nothing of its place; a range beyond the end is brought back.
    @Test func placesBelongToTheirTensor() throws {
        var record = SessionRecord(file: nil, tensor: "gone", recipe: try Recipe("int4 sym channel:0"))
        record.range = 1 << 39
        record.cursor = 9
        var state = try samplesState("scaled_channels")
        state.resume(record)
        #expect(state.chosenRange == nil && state.cursor == nil && state.message?.kind == .warning)
        settle(&state, state.reduce(.started))
        #expect(state.message?.kind == .warning, "what was said before the first picture is still to be read")
        record.tensor = "scaled_channels"
        state.resume(record)
        do { var model = ScreenModel(state); model.show(state.screen.panels, of: state) }
        settle(&state, state.reduce(.started))
        do { var model = ScreenModel(state); model.show(state.screen.panels, of: state) }
        settle(&state, state.reduce(.rangeStepped(forward: true)))
        settle(&state, state.reduce(.rangeStepped(forward: false)))
        #expect((0..<8).contains(state.shownRange))
    }

    @Test func savedAndOpenedAgain() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for sample in SampleCatalog.samples() {
            try AtomicFile.write(sample.bytes, to: folder + "/" + sample.fileName)
        }
        let file = folder + "/shapes.safetensors"
        var state = ExplorerState(file: try FileService.open(file), recipe: try Recipe("int4 sym channel:0"))
        settle(&state, state.reduce(.started))
        settle(&state, state.reduce(.rangeStepped(forward: true)))
        settle(&state, state.reduce(.pinSwitched))
        settle(&state, state.reduce(.settingStepped(.bits, forward: true)))
        settle(&state, state.reduce(.pointed(.distribution, .value(0.25))))
        let place = state.session
        settle(&state, state.reduce(.promptOpened))
        settle(&state, state.reduce(.edited(.insert("save \(folder)/here"))))
        settle(&state, state.reduce(.entered))
        #expect(state.message?.text == Words.saved(folder + "/here.qlens"))

        var other = try samplesState()
        settle(&other, other.reduce(.started))
        settle(&other, other.reduce(.promptOpened))
        settle(&other, other.reduce(.edited(.insert("open \(folder)/here.qlens"))))
        settle(&other, other.reduce(.entered))
        #expect(other.session == place && other.tensor.name == state.tensor.name)
        #expect(other.evaluation?.metrics == state.evaluation?.metrics && other.baseline?.recipe == place.pin)
        #expect(other.shownRange == state.shownRange)
    }

    @Test func whatCannotBeOpenedLeavesEverythingAsItWas() throws {
        var state = try samplesState()
        settle(&state, state.reduce(.started))
        for line in ["open /none.npy", "open /none.qlens", "save /none/of/this/x"] {
            settle(&state, state.reduce(.promptOpened))
            settle(&state, state.reduce(.edited(.insert(line))))
            settle(&state, state.reduce(.entered))
            // Root may make folders anywhere.
            if line.hasPrefix("save"), state.message?.kind == .note { continue }
            #expect(state.message?.kind == .warning && state.message?.text.contains("/none") == true, "\(line)")
            #expect(state.tensor.name == "gauss" && state.evaluation?.isExact == true)
        }
        try? FileManager.default.removeItem(atPath: "/none")
    }

    // MARK: The browser

    @Test func theBrowserListsAndOpens() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for sample in SampleCatalog.samples() {
            try AtomicFile.write(sample.bytes, to: folder + "/sub/" + sample.fileName, makesFolders: true)
        }
        try AtomicFile.write([1, 2, 3], to: folder + "/sub/notes.txt")
        try AtomicFile.write([1, 2, 3], to: folder + "/sub/broken.npy")
        var state = ExplorerState(file: try FileService.open(folder + "/sub/gauss.npy"), recipe: Recipe())
        settle(&state, state.reduce(.filesOpened))
        func rows() -> [String] {
            guard case .files(let files)? = ScreenModel(state).overlay else { return [] }
            return files.rows.map { $0.text }
        }
        #expect(
            rows() == ["../", "broken.npy", "gauss.npy", "laplace.npy", "shapes.safetensors", "toynet.safetensors"])
        for character in "broken" { settle(&state, state.reduce(.edited(.insert(String(character))))) }
        settle(&state, state.reduce(.entered))
        guard case .files(let refused)? = ScreenModel(state).overlay else { return }
        #expect(refused.notice?.contains("broken.npy") == true)
        settle(&state, state.reduce(.edited(.eraseToStart)))
        settle(&state, state.reduce(.edited(.eraseBackward)))
        #expect(rows() == ["../", "sub/"])
        settle(&state, state.reduce(.moved(.last)))
        settle(&state, state.reduce(.entered))
        for character in "toy" { settle(&state, state.reduce(.edited(.insert(String(character))))) }
        settle(&state, state.reduce(.entered))
        #expect(state.overlay == nil && state.file.path == folder + "/sub/toynet.safetensors")
        #expect(state.evaluation?.isExact == true && state.recentFiles.first == folder + "/sub/toynet.safetensors")
        settle(&state, state.reduce(.filesOpened))
        #expect(rows().last == folder + "/sub/toynet.safetensors", "recent files follow the folder")
    }

    @Test func foldersFollowTheSpecification() {
        let both = UserFolders { ["XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "HOME": "/h"][$0] }
        #expect(both.configurationFile == "/c/qlens/config" && both.recentFile == "/s/qlens/recent")
        let home = UserFolders { ["HOME": "/h", "XDG_CONFIG_HOME": "relative"][$0] }
        #expect(
            home.configurationFile == "/h/.config/qlens/config" && home.historyFile == "/h/.local/state/qlens/history")
        #expect(UserFolders { _ in nil }.state == nil)
        #expect(both.sessionFile(of: "/x/a.npy") != both.sessionFile(of: "/y/a.npy"))
    }

    @Test func theCommandLineIsQuoted() throws {
        let values = TensorView(name: "it's; $(rm) \"x\"", values: [1, 2], shape: Shape([2])!)!
        let second = TensorView(name: "b", values: [1, 2], shape: Shape([2])!)!
        let file = TensorFile(path: "/tmp/my model.npy", format: "npy", metadata: [], tensors: [values, second])
        var state = ExplorerState(file: file, tensorName: values.name, recipe: try Recipe("int4"))
        guard case .copy(let line)? = state.reduce(.commandCopied).first else { return }
        #expect(line == "qlens inspect '/tmp/my model.npy' 'it'\\''s; $(rm) \"x\"' --recipe 'int4 sym tensor'")
        guard case .copy(let recipe)? = state.reduce(.recipeCopied).first else { return }
        #expect(recipe == "int4 sym tensor")
    }
}
