import ArgumentParser
import Curses
import Explorer
import Quantization
import TensorFiles
import TerminalUI

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// `qlens [FILE]`: the explorer.
struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Open the explorer (what qlens does without a sub-command).")

    @Argument(help: "A tensor file, a folder of them, or an index of shards; the built-in samples without it.")
    var file: String?

    @Argument(help: "The tensor to begin with.")
    var tensor: String?

    @Option(help: ArgumentHelp("The setting to begin with.", valueName: "recipe"))
    var recipe: String = "int4 sym tensor"

    @Flag(help: "Draw with ASCII characters alone.")
    var ascii = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        try Console.run {
            let recipe = try Recipe(recipe)
            let opened = try file.map { try FileFormatCatalog.open(path: $0) } ?? SampleCatalog.open()
            guard !opened.tensors.isEmpty else {
                throw FileError(path: opened.path, found: "no tensor", expected: "at least one")
            }
            if let tensor { _ = try opened.tensor(named: tensor) }
            let terminal: Terminal
            do throws(TerminalError) {
                terminal = try Terminal(noColor: Self.wantsNoColor)
            } catch {
                throw CommandFailure(usage: error.description)
            }
            var session = ExplorerSession(
                terminal: terminal,
                state: ExplorerState(
                    file: opened, tensorName: tensor ?? (file == nil ? SampleCatalog.first : nil), recipe: recipe),
                glyphs: ascii || !terminal.isUnicode ? .ascii : .blocks,
                threads: common.threads ?? WorkContext.processors)
            session.run()
        }
    }

    /// NO_COLOR, set and not empty.
    private static var wantsNoColor: Bool { getenv("NO_COLOR").map { $0.pointee != 0 } ?? false }
}
