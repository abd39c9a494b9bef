import Foundation
import PseudoTerminal
import Testing

/// The built programs, which lie beside the test bundle.
enum Program {
    static let folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    static func path(_ name: String) -> String {
        // Under `swift test` this process may be the package manager's helper: the bundle's own path comes as an argument.
        for argument in CommandLine.arguments where argument.contains(".xctest") {
            let beside = URL(fileURLWithPath: argument).deletingLastPathComponent().appendingPathComponent(name).path
            if FileManager.default.isExecutableFile(atPath: beside) { return beside }
        }
        return folder.appendingPathComponent(name).path
    }

    /// Where programs under test keep their state; a folder of this run alone.
    static let scratch = NSTemporaryDirectory() + "qlens-home-\(UUID().uuidString)"

    static func environment(_ more: [String: String] = [:]) -> [String: String] {
        let fixed = [
            "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin", "HOME": NSTemporaryDirectory(),
            "SWIFT_BACKTRACE": "enable=no", "XDG_CONFIG_HOME": scratch + "/config",
            "XDG_STATE_HOME": scratch + "/state", "XDG_CACHE_HOME": scratch + "/cache",
        ]
        return fixed.merging(more) { $1 }
    }

    /// The explorer on a pseudo-terminal, ready for keys.
    static func explorer(
        _ arguments: [String] = [], rows: Int = 24, columns: Int = 80, environment more: [String: String] = [:]
    ) throws -> PseudoTerminal {
        try PseudoTerminal([path("qlens")] + arguments, environment: environment(more), rows: rows, columns: columns)
    }

    /// The explorer with its first exact numbers on the screen.
    static func start(
        _ arguments: [String] = [], rows: Int = 24, columns: Int = 80, environment: [String: String] = [:]
    ) throws -> PseudoTerminal {
        // Who names a recipe is no newcomer: the first hints stay away. A configuration of one's own is left alone.
        let isPlain = arguments.isEmpty && environment["XDG_CONFIG_HOME"] == nil
        let session = try explorer(
            isPlain ? ["--recipe", "int4 sym tensor"] : arguments, rows: rows, columns: columns,
            environment: environment)
        #expect(
            session.wait { $0.line(0).contains("● exact") || $0.line(0).contains("* exact") }, "\(session.text)")
        return session
    }

    /// An empty folder of its own.
    static func emptyFolder() throws -> String {
        let path = NSTemporaryDirectory() + "qlens-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    struct Output {
        let status: Int32
        let out: String
        let error: String
    }

    /// A command without a terminal.
    static func run(
        _ arguments: [String], input: FileHandle? = nil, environment more: [String: String] = [:]
    ) throws -> Output {
        let process = Process(), out = Pipe(), error = Pipe()
        process.executableURL = URL(fileURLWithPath: path("qlens"))
        process.arguments = arguments
        process.environment = environment(more)
        process.standardOutput = out
        process.standardError = error
        process.standardInput = input ?? FileHandle.nullDevice
        try process.run()
        let text = out.fileHandleForReading.readDataToEndOfFile(),
            problem = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Output(
            status: process.terminationStatus, out: String(decoding: text, as: UTF8.self),
            error: String(decoding: problem, as: UTF8.self))
    }

    /// A folder with the samples in it.
    static func samples() throws -> String {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("qlens-samples-\(UUID().uuidString)")
            .path
        let made = try run(["samples", folder])
        guard made.status == 0 else { throw PseudoTerminal.Failure(message: made.error) }
        return folder
    }
}
