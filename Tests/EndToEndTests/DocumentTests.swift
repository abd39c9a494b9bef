import Foundation
import Testing

/// The documentation: commands are made from their definitions (`QLENS_RECORD=1 swift test --filter DocumentTests`), links lead somewhere.
@Suite struct DocumentTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func read(_ name: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(name), encoding: .utf8)
    }

    /// What the program says of itself, command by command.
    private static func commands() throws -> String {
        func help(_ arguments: [String]) throws -> String {
            let output = try Program.run(arguments, environment: ["COLUMNS": "100"])
            #expect(output.status == 0 && !output.out.isEmpty)
            return "```\n" + output.out.trimmingCharacters(in: .newlines) + "\n```\n"
        }
        let whole = try help(["--help"])
        // Names begin after two blanks; what follows them on other lines is indented.
        let list = try #require(whole.components(separatedBy: "SUBCOMMANDS:\n").last)
        let names = list.split(separator: "\n").filter {
            $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  See")
        }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names.count >= 10 && names.contains("scan"), "\(names)")
        var text =
            "# Commands\n\nMade from the program's own help: `QLENS_RECORD=1 swift test --filter DocumentTests`.\n\n"
            + whole
        for name in names { text += "\n## \(name)\n\n" + (try help(["help", name])) }
        return text
    }

    @Test func commandsAreThoseOfTheProgram() throws {
        let text = try Self.commands()
        if ProcessInfo.processInfo.environment["QLENS_RECORD"] == "1" {
            try text.write(to: Self.root.appendingPathComponent("docs/commands.md"), atomically: true, encoding: .utf8)
        }
        #expect(try Self.read("docs/commands.md") == text)
    }

    /// A file in `Subcommands` is a line of the program's list, and the other way round.
    @Test func everySubcommandHasItsFile() throws {
        let folder = Self.root.appendingPathComponent("Sources/qlens/Subcommands").path
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).map { $0.dropLast(6) }
        let listed = try Self.read("Sources/qlens/Qlens.swift").matches(of: #/(\w+Command)\.self/#).map { $0.1 }
        #expect(Set(files) == Set(listed) && files.count > 10)
    }

    /// Files that Markdown links to are there.
    @Test func linksLeadSomewhere() throws {
        let docs = try FileManager.default.contentsOfDirectory(atPath: Self.root.path + "/docs").map { "docs/" + $0 }
        var count = 0
        for name in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"] + docs where name.hasSuffix(".md") {
            let folder = Self.root.appendingPathComponent(name).deletingLastPathComponent()
            for link in try Self.read(name).matches(of: #/\]\(([^)#]+)[^)]*\)/#) where !link.1.contains("://") {
                count += 1
                #expect(
                    FileManager.default.fileExists(atPath: folder.appendingPathComponent(String(link.1)).path),
                    "\(name): \(link.1)")
            }
        }
        #expect(count > 15)
        // Every page is reached from the first one.
        let readme = try Self.read("README.md")
        for name in docs where name.hasSuffix(".md") { #expect(readme.contains("(\(name))"), "\(name)") }
        #expect(readme.split(separator: "\n", omittingEmptySubsequences: false).count <= 150)
    }

    /// Tests that the documentation names are there.
    @Test func testsThatArePromisedExist() throws {
        let tests = Self.root.appendingPathComponent("Tests")
        var sources = ""
        for file in FileManager.default.enumerator(atPath: tests.path)?.compactMap({ $0 as? String }) ?? []
        where file.hasSuffix(".swift") {
            sources += try String(contentsOf: tests.appendingPathComponent(file), encoding: .utf8)
        }
        let table = try Self.read("docs/terminal.md").split(separator: "\n").filter { $0.hasPrefix("| ") }
        var count = 0
        for line in table {
            guard let last = line.dropLast(2).components(separatedBy: " | ").last else { continue }
            for name in last.matches(of: #/`([A-Za-z0-9]+)`/#) {
                count += 1
                let isThere = sources.contains("func \(name.1)(") || sources.contains("struct \(name.1) ")
                #expect(isThere, "\(name.1)")
            }
        }
        #expect(count > 25)
    }
}
