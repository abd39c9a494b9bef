internal import CPseudoTerminal
internal import CVTerm
internal import Glibc

/// A program on a pseudo-terminal of its own, its screen kept by libvterm. One test owns one.
public final class PseudoTerminal {
    public struct Cell: Equatable {
        public let text: String
        public let isBold: Bool
        public let isReverse: Bool
        public let foreground: Int
    }

    public struct Failure: Error {
        public let message: String
        public init(message: String) { self.message = message }
    }

    public let process: Int32
    public private(set) var rows: Int
    public private(set) var columns: Int
    /// Everything that the program wrote.
    public private(set) var output: [UInt8] = []
    /// Whether the last frame that was begun has not ended yet: the screen may show parts of two.
    public private(set) var isInsideFrame = false
    /// The same as text.
    public var written: String { String(decoding: output, as: UTF8.self) }
    private let master: Int32
    private let terminal: OpaquePointer
    private var status: Int32?

    public init(_ arguments: [String], environment: [String: String], rows: Int, columns: Int) throws {
        self.rows = rows
        self.columns = columns
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var pairs: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in words + pairs { free(pointer) } }
        var master: Int32 = -1
        process = pseudo_terminal_spawn(&words, &pairs, Int32(rows), Int32(columns), &master)
        guard process > 0 else {
            throw Failure(message: "\(arguments[0]): \(String(cString: strerror(-process)))")
        }
        self.master = master
        terminal = vterm_new(Int32(rows), Int32(columns))
        vterm_set_utf8(terminal, 1)
        let screen = vterm_obtain_screen(terminal)
        vterm_screen_enable_altscreen(screen, 1)
        vterm_screen_reset(screen, 1)
    }

    deinit {
        if status == nil {
            kill(process, SIGKILL)
            var ignored: Int32 = 0
            waitpid(process, &ignored, 0)
        }
        close(master)
        vterm_free(terminal)
    }

    /// Takes in what the program writes within some milliseconds; false at the end of its output.
    @discardableResult
    public func pump(_ milliseconds: Int32) -> Bool {
        var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, milliseconds) > 0 else { return true }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(master, &buffer, buffer.count)
        guard count > 0 else { return false }
        output += buffer[..<count]
        noteFrames(in: output.suffix(count + Self.frameMark.count))
        buffer.withUnsafeBytes { bytes in
            _ = vterm_input_write(terminal, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), count)
        }
        return true
    }

    /// What frames begin with, but for the last letter: `h` begins one, `l` ends it.
    private static let frameMark = Array("\u{1B}[?2026".utf8)

    private func noteFrames(in bytes: ArraySlice<UInt8>) {
        let mark = Self.frameMark
        var start = bytes.endIndex - mark.count - 1
        while start >= bytes.startIndex {
            if bytes[start..<start + mark.count].elementsEqual(mark) {
                isInsideFrame = bytes[start + mark.count] == UInt8(ascii: "h")
                return
            }
            start -= 1
        }
    }

    /// Takes in output until the condition holds of a whole frame; false where it does not within the time.
    public func wait(seconds: Double = 20, until condition: (PseudoTerminal) -> Bool) -> Bool {
        let end = Self.now() + seconds
        while isInsideFrame || !condition(self) {
            if Self.now() > end { return false }
            if !pump(5) { return condition(self) }
        }
        return true
    }

    public func wait(for text: String, seconds: Double = 20) -> Bool { wait(seconds: seconds) { $0.contains(text) } }

    /// Waits until nothing is written for some milliseconds: a frame may come in several pieces.
    public func settle(_ milliseconds: Int32 = 40) {
        while case let before = output.count, pump(milliseconds), output.count > before || isInsideFrame {}
    }

    public static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    public func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(master, bytes, bytes.count)
    }

    public func resize(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        vterm_set_size(terminal, Int32(rows), Int32(columns))
        _ = pseudo_terminal_resize(master, Int32(rows), Int32(columns))
    }

    public func signal(_ number: Int32) { kill(process, number) }

    public func cell(_ row: Int, _ column: Int) -> Cell {
        let cell = vt_get(terminal, Int32(row), Int32(column))
        let all = [
            cell.characters.0, cell.characters.1, cell.characters.2, cell.characters.3, cell.characters.4,
            cell.characters.5,
        ]
        let scalars = all.prefix { $0 != 0 && $0 != UInt32.max }.compactMap(Unicode.Scalar.init)
        return Cell(
            text: String(String.UnicodeScalarView(scalars)), isBold: cell.bold != 0, isReverse: cell.reverse != 0,
            foreground: Int(cell.foreground))
    }

    public func line(_ row: Int) -> String {
        var text = ""
        for column in 0..<columns {
            let cell = vt_get(terminal, Int32(row), Int32(column))
            if cell.characters.0 == UInt32.max { continue }
            let part = self.cell(row, column).text
            text += part.isEmpty ? " " : part
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    public var text: String { (0..<rows).map(line).joined(separator: "\n") }
    public func contains(_ text: String) -> Bool { (0..<rows).contains { line($0).contains(text) } }

    /// How the program ended, by `waitpid`; nil where it has not within the time.
    public func waitForEnd(seconds: Double = 20) -> Int32? {
        let end = Self.now() + seconds
        while Self.now() < end {
            var ended: Int32 = 0
            if waitpid(process, &ended, WNOHANG) == process {
                status = ended
                while case let before = output.count, pump(20), output.count > before {}
                return ended
            }
            pump(5)
        }
        return nil
    }

    /// Sends a signal to the job that has the terminal.
    public func signalForeground(_ number: Int32) { kill(-tcgetpgrp(master), number) }

    /// Whether the terminal edits lines and echoes, as shells expect it.
    public var isCooked: Bool {
        var modes = termios()
        tcgetattr(master, &modes)
        return modes.c_lflag & tcflag_t(ICANON) != 0 && modes.c_lflag & tcflag_t(ECHO) != 0
    }

    /// Whether what was written last leaves the main screen, a visible cursor and no mouse reports.
    public var isRestored: Bool { isCooked && isScreenRestored }

    /// The same without the modes: a shell edits lines itself.
    public var isScreenRestored: Bool {
        let written = String(decoding: output, as: UTF8.self)
        func isLast(_ wanted: String, _ other: String) -> Bool {
            guard let off = written.range(of: other, fromEnd: true) else { return true }
            guard let on = written.range(of: wanted, fromEnd: true) else { return false }
            return on.lowerBound > off.lowerBound
        }
        return isLast("\u{1b}[?1049l", "\u{1b}[?1049h")
            && (isLast("\u{1b}[?25h", "\u{1b}[?25l") || isLast("\u{1b}[?12l\u{1b}[?25h", "\u{1b}[?25l"))
            && isLast("\u{1b}[?1000l", "\u{1b}[?1000h") && isLast("\u{1b}[?2026l", "\u{1b}[?2026h")
    }
}

extension String {
    /// The last occurrence of a text, without Foundation.
    fileprivate func range(of text: String, fromEnd: Bool) -> Range<String.Index>? {
        let bytes = Array(utf8), word = Array(text.utf8)
        guard bytes.count >= word.count else { return nil }
        for start in stride(from: bytes.count - word.count, through: 0, by: -1)
        where bytes[start..<start + word.count].elementsEqual(word) {
            let from = utf8.index(utf8.startIndex, offsetBy: start)
            return from..<utf8.index(from, offsetBy: word.count)
        }
        return nil
    }
}
