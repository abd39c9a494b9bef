import Basics
import ArgumentParser
import Checkpoints
import Explorer
import Export
import Platform
import Quantization
import TensorFiles

/// Exit statuses of all commands.
enum ExitStatus {
    static let badFile = ExitCode(1)
    /// Of `check` alone.
    static let brokenRule = ExitCode(2)
    static let badUsage = ExitCode(64)
}

/// One line on standard error, and the status to leave with.
struct CommandFailure: Error {
    let message: String
    let status: ExitCode

    init(_ error: FileError) { (message, status) = (error.description, ExitStatus.badFile) }
    init(_ error: RecipeError) { (message, status) = (error.description, ExitStatus.badUsage) }
    init(_ error: ShapeMismatch) { (message, status) = ("recipe: \(error)", ExitStatus.badUsage) }
    init(usage message: String) { (self.message, status) = (message, ExitStatus.badUsage) }
    init(file message: String) { (self.message, status) = (message, ExitStatus.badFile) }
}

enum Console {
    /// The user's folders, as the environment names them.
    static let folders = UserFolders { name in getenv(name).map { String(cString: $0) } }

    /// Runs a command's work; a failure becomes a line on standard error and its status.
    static func run(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as CommandFailure {
            printError(failure.message)
            throw failure.status
        } catch let error as FileError {
            printError(error.description)
            throw ExitStatus.badFile
        } catch let error as RecipeError {
            printError(error.description)
            throw ExitStatus.badUsage
        } catch let error as ShapeMismatch {
            printError("recipe: \(error)")
            throw ExitStatus.badUsage
        } catch let error as RuleError {
            printError(error.description)
            throw ExitStatus.badUsage
        } catch let error as ExportError {
            printError(error.description)
            throw ExitStatus.badUsage
        } catch let error as PlanError {
            printError(error.description)
            throw ExitStatus.badUsage
        }
    }

    /// One line; control characters of whatever it quotes are escaped.
    static func printError(_ message: String) { write("qlens: \(Printable.lines(message))\n", to: 2) }

    /// Lines for people, or JSON or CSV. Names come from files: what a terminal could take for a command is escaped.
    static func printLine(_ text: String) {
        write(Printable.lines(text), to: 1)
        write("\n", to: 1)
    }

    /// Writes everything; a closed pipe ends the program quietly, as `head` expects.
    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    }

    private static func write(_ whole: UnsafeRawBufferPointer, to descriptor: Int32) {
        var bytes = whole
        while !bytes.isEmpty {
            let written = Self.systemWrite(descriptor, bytes.baseAddress, bytes.count)
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else {
                // Where messages cannot be read the status still says what happened.
                if descriptor == 2 { return }
                if errno == EPIPE { exit(0) }
                printError("standard output: found \(SystemMessage.text(errno)), expected room for the result")
                exit(1)
            }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[written...])
        }
    }

    private static func systemWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, base, count)
        #elseif canImport(Musl)
            Musl.write(descriptor, base, count)
        #else
            Darwin.write(descriptor, base, count)
        #endif
    }
}
