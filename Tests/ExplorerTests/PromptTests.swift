import Fixtures
import Foundation
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The line after `:`: what Tab offers, and what hands know from elsewhere.
@Suite struct PromptTests {
    private func tab(_ session: inout ScreenSession, _ line: String) -> Prompt? {
        session.perform(.promptOpened)
        session.perform(.edited(.insert(line)))
        session.perform(.completed(forward: true))
        defer { session.perform(.escaped) }
        if case .prompt(let prompt) = session.state.overlay { return prompt }
        return nil
    }

    /// Tab and Enter by habit do not end the program, and what hands know from vi works.
    @Test func habits() throws {
        var session = try UseTests.session()
        let first = try #require(tab(&session, ""))
        #expect(first.candidates.first?.text == "open" && first.candidates.last?.text == "quit")
        #expect(first.candidates.first?.note == Words.helpOpen)
        let setting = try #require(tab(&session, "ns"))
        #expect(setting.candidates.isEmpty)
        let clips = try #require(tab(&session, "clip:m"))
        #expect(clips.candidates.allSatisfy { !$0.note.isEmpty })
        for line in ["q!", "wq", "x", "q"] {
            var other = try UseTests.session()
            other.type(line)
            #expect(other.state.shouldQuit, "\(line)")
        }
        session.type("goto EIGHT")
        #expect(
            session.state.tensor.name == "a.weight" && session.state.message?.text.hasPrefix("the first of 6") == true)
        session.type("goto d.w")
        #expect(session.state.tensor.name == "d.weight")
        session.perform(.promptOpened)
        session.perform(.edited(.insert("goto nothing")))
        session.perform(.entered)
        guard case .prompt(let prompt) = session.state.overlay else { return #expect(Bool(false)) }
        #expect(prompt.problem?.contains("no such tensor") == true)
    }

    /// What can be done now is shown before a letter is typed, the screen's own first, and narrows while one types.
    @Test func commandsAreOffered() throws {
        var session = try ScreenSession(recipe: "int4 sym tensor")
        func offered(_ line: String = "") -> [Prompt.Candidate] {
            session.perform(.promptOpened)
            if !line.isEmpty { session.perform(.edited(.insert(line))) }
            defer { session.perform(.escaped) }
            guard case .prompt(let prompt) = session.state.overlay, prompt.selected == nil else { return [] }
            return prompt.candidates
        }
        let first = Set(offered().map { $0.text })
        #expect(first.isSuperset(of: ["open", "formats", "int4", "goto"]))
        // Nothing to undo, one range, other screens' commands.
        #expect(first.isDisjoint(with: ["undo", "redo", "range", "budget", "rank"]))
        session.type("int4 sym channel:0")
        #expect(Set(offered().map { $0.text }).isSuperset(of: ["undo", "range"]))
        session.perform(.undone)
        #expect(offered().contains { $0.text == "redo" })
        session.perform(.screenChosen(.plan))
        #expect(offered().prefix(2).map { $0.text } == ["budget", "export"])
        #expect(offered().first?.parameters == "NUMBER" && offered().first?.note == Words.helpBudget)
        // Typed, every command is found, wherever it belongs.
        #expect(offered("ra").prefix(2).map { $0.text } == ["range", "rank"])
        #expect(offered("theme d").map { $0.text } == ["dark"])
        // Enter does what stands there, not what is offered.
        session.type("rang")
        guard case .prompt(let prompt) = session.state.overlay else { return #expect(Bool(false)) }
        #expect(prompt.problem != nil && prompt.editor.string == "rang")
        session.perform(.edited(.insert("e")))
        guard case .prompt(let next) = session.state.overlay else { return #expect(Bool(false)) }
        #expect(next.problem == nil && next.candidates.first?.text == "range")
    }

    @Test func pathsAreCompleted() throws {
        var session = try UseTests.session()
        try TemporaryFolder.with { folder in
            for name in ["model-a.npy", "model-b.npy", "other.npy", "notes.txt"] {
                try AtomicFile.write(NpyWriter.bytes([1, 2], shape: Shape([2])!), to: folder + "/" + name)
            }
            try FileManager.default.createDirectory(atPath: folder + "/more", withIntermediateDirectories: false)
            let prompt = try #require(tab(&session, "open \(folder)/mo"))
            #expect(
                prompt.candidates.map { $0.text } == [
                    folder + "/more/", folder + "/model-a.npy", folder + "/model-b.npy",
                ])
            #expect(prompt.candidates.map { $0.note } == ["folder", "136 B", "136 B"])
            #expect(prompt.editor.string == "open \(folder)/more/")
            let only = try #require(tab(&session, "open \(folder)/oth"))
            #expect(only.editor.string == "open \(folder)/other.npy ")
            // From the folder of the open file.
            session.type("open \(folder)/model-a.npy")
            #expect(session.state.tensor.name == "model-a")
            let beside = try #require(tab(&session, "compare oth"))
            #expect(beside.editor.string.hasSuffix("/other.npy "))
        }
        #expect(Folder.expanded("~/x") == (ProcessInfo.processInfo.environment["HOME"] ?? "~") + "/x")
    }
}
