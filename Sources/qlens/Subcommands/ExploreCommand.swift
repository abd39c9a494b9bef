import Basics
import ArgumentParser
import Checkpoints
import Curses
import Explorer
import Platform
import Quantization
import TensorFiles
import TerminalUI

/// `qlens [FILE]`: the explorer.
struct ExploreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explore", abstract: "Open the explorer (what qlens does without a sub-command).")

    @Argument(
        help:
            "A tensor file, a folder of them, an index of shards, or what :save wrote; the built-in samples without it.",
        completion: .file())
    var file: String?

    @Argument(help: "The tensor to begin with.")
    var tensor: String?

    @Option(help: ArgumentHelp("The setting to begin with.", valueName: "recipe"), completion: .recipe)
    var recipe: String?

    @Option(
        help: ArgumentHelp("What columns count, as for inspect.", valueName: "file"), completion: .file())
    var importance: String?

    @Option(
        help: ArgumentHelp("Measured inputs of layers, as for inspect.", valueName: "file"), completion: .file())
    var activations: String?

    @Flag(help: "Go on where the file was left.")
    var resume = false

    @Option(
        help: ArgumentHelp("Colours: \(Appearance.ThemeName.list).", valueName: "theme"),
        completion: .list(Appearance.ThemeName.allCases.map { $0.rawValue }))
    var theme: String?

    @Option(
        help: ArgumentHelp("Characters of the pictures: \(Appearance.GlyphLevel.list).", valueName: "glyphs"),
        completion: .list(Appearance.GlyphLevel.allCases.map { $0.rawValue }))
    var glyphs: String?

    @Flag(help: "Draw with ASCII characters alone; the same as --glyphs ascii.")
    var ascii = false

    @Flag(inversion: .prefixedNo, help: "Take the mouse, or leave it to the terminal's own selection.")
    var mouse: Bool?

    @Flag(inversion: .prefixedNo, help: "Let numbers that changed be bright for a moment.")
    var motion: Bool?

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if let theme, Appearance.ThemeName(rawValue: theme) == nil {
            throw ValidationError("--theme: found \(theme), expected \(Appearance.ThemeName.list)")
        }
        if let glyphs, Appearance.GlyphLevel(rawValue: glyphs) == nil {
            throw ValidationError("--glyphs: found \(glyphs), expected \(Appearance.GlyphLevel.list)")
        }
    }

    func run() throws {
        try Console.run {
            let given = try recipe.map { text throws(RecipeError) in try Recipe(text) }
            let folders = Console.folders
            let configuration = try folders.readConfiguration()
            let session = try namedSession()
            let record = try session ?? (resume ? savedSession(folders) : nil)
            var opened = try record.map { record in try Self.open(record.file) } ?? Self.open(file)
            opened = try reading.interpreted(opened)
            FileService.noteState(
                of: opened.format == SampleCatalog.formatName ? nil : Folder.absolute(opened.path), in: folders)
            if let importance { opened = try Importance.open(path: importance).applied(to: opened) }
            if let tensor { _ = try opened.tensor(named: tensor) }
            let inputs = try activations.map { path throws(FileError) in try Activations.open(path: path) }
            guard BackgroundThread.areAvailable() else {
                throw CommandFailure(
                    file: "the explorer: found no room for \(BackgroundThread.needed) threads, expected some "
                        + "(see ulimit -u and -v); qlens inspect and qlens scan need none")
            }
            let threads = try common.context.threads
            let terminal: Terminal
            do throws(TerminalError) {
                terminal = try Terminal(noColor: Self.isSet("NO_COLOR"))
            } catch {
                throw CommandFailure(usage: error.description)
            }
            let isNewcomer = file == nil && record == nil && given == nil
            let sample = isNewcomer ? SampleCatalog.telling : SampleCatalog.first
            var state = ExplorerState(
                file: opened, tensorName: tensor ?? (file == nil ? sample : nil),
                recipe: try given ?? configuration.recipe ?? Recipe("int4 sym tensor"),
                appearance: appearance(configuration, terminal), usual: configuration.usual,
                recentFiles: UserFolders.lines(folders.recentFile),
                history: UserFolders.lines(folders.historyFile).reversed(), activations: inputs,
                isNewcomer: isNewcomer,
                pageLength: PageLength.lines)
            if var record {
                // What the command line says goes before what was saved.
                if let given { record.recipe = given }
                if let tensor, tensor != record.tensor {
                    record.tensor = tensor
                    (record.range, record.window, record.cursor) = (nil, nil, nil)
                }
                state.resume(record)
            }
            if let file = session == nil ? file : record?.file { state.remember(file) }
            var explorer = ExplorerSession(
                terminal: terminal, state: state, folders: folders, threads: threads)
            explorer.run { Self.keep($0, in: folders) }
        }
    }

    private static func open(_ path: String?) throws(FileError) -> TensorFile {
        if let path { return try FileService.open(path) }
        return try SampleCatalog.open()
    }

    /// What `:save` wrote, where the file is that.
    private func namedSession() throws(FileError) -> SessionRecord? {
        guard let file, let head = try? AtomicFile.head(file, count: 64), SessionRecord.matches(head) else {
            return nil
        }
        return try SessionRecord(String(decoding: AtomicFile.read(file), as: UTF8.self), path: file)
    }

    /// Where the file was left; nil with a hint where it was never left.
    private func savedSession(_ folders: UserFolders) throws -> SessionRecord? {
        guard let path = folders.sessionFile(of: file), Folder.exists(path) else {
            Console.printError("--resume: found no earlier session of \(file ?? "the samples"); beginning anew")
            return nil
        }
        do throws(FileError) {
            var record = try SessionRecord(String(decoding: AtomicFile.read(path), as: UTF8.self), path: path)
            record.file = file
            return record
        } catch {
            let place = UserFolders.putAside(path).map { "; it is now \($0)" } ?? ""
            Console.printError("--resume: \(error.description); beginning anew\(place)")
            return nil
        }
    }

    /// The command line, then the configuration, then what the terminal is.
    private func appearance(_ configuration: Configuration, _ terminal: Terminal) -> Appearance {
        // The console of Linux has 256 or 512 characters, neither braille nor eighths of blocks among them.
        let usual: Appearance.GlyphLevel = Self.terminalName == "linux" ? .ascii : .braille
        return Appearance(
            theme: theme.flatMap { Appearance.ThemeName(rawValue: $0) } ?? configuration.theme ?? .auto,
            glyphs: ascii
                ? .ascii : glyphs.flatMap { Appearance.GlyphLevel(rawValue: $0) } ?? configuration.glyphs ?? usual,
            hasMouse: mouse ?? configuration.hasMouse ?? true,
            hasMotion: motion ?? configuration.hasMotion ?? true)
    }

    /// The last state, the recent files and the lines typed after `:`.
    private static func keep(_ state: ExplorerState, in folders: UserFolders) {
        // The terminal is given back already. One reason is enough: the others are the same.
        do throws(FileError) {
            if let other = try FileService.keep(state.session, in: folders) {
                Console.printError(
                    "another explorer saved its state of this file meanwhile, which stays for --resume; this one's is "
                        + "\(Printable.text(other)) (:open brings it back)")
            }
            try UserFolders.merge(state.recentFiles, into: folders.recentFile, limit: 50)
            try UserFolders.merge(state.history.reversed(), into: folders.historyFile, limit: 200)
        } catch {
            Console.printError("the state of this session was not saved: \(error.description)")
        }
    }

    private static var terminalName: String { getenv("TERM").map { String(cString: $0) } ?? "" }

    /// Whether a variable is set and not empty.
    private static func isSet(_ name: String) -> Bool { getenv(name).map { $0.pointee != 0 } ?? false }
}

extension CaseIterable where Self: RawRepresentable, RawValue == String {
    /// All values, for help and messages.
    fileprivate static var list: String { allCases.map { $0.rawValue }.joined(separator: ", ") }
}

extension CompletionKind {
    /// Words of recipes.
    static var recipe: CompletionKind { .list(Recipe.exampleWords) }
}
