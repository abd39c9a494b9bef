internal import CNcurses
internal import CSystem
public import TerminalUI

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The one owner of ncurses: takes the terminal, reports events, shows canvases, and gives the terminal back.
///
/// Lives on the main thread. Signals come as bytes through a pipe; a crash restores the terminal in the handler.
public final class Terminal {
    public private(set) var rows = 0
    public private(set) var columns = 0
    /// The terminal shows characters beyond ASCII.
    public let isUnicode: Bool
    public let tier: ColorTier
    public let waker: Waker

    private let signalPipe: (read: Int32, write: Int32)
    private let wakePipe: (read: Int32, write: Int32)
    private let realError: Int32
    private let capturedError: Int32
    private var isActive = false
    private var shown = Canvas(rows: 0, columns: 0)
    private var cells: [cchar_t] = []
    private var pairs: [UInt64: Int32] = [:]
    private var input = InputSequences()
    /// The mouse reports to the program rather than to the terminal.
    private var hasMouse = false

    /// Takes the terminal.
    /// - Parameter noColor: use no colour whatever the terminal has.
    public init(noColor: Bool) throws(TerminalError) {
        guard isatty(0) == 1, isatty(1) == 1 else { throw .notATerminal }
        let name = getenv("TERM").map { String(cString: $0) } ?? ""
        guard name != "dumb" else { throw .dumbTerminal }
        isUnicode = Self.setLocale()
        signalPipe = Self.pipe()
        wakePipe = Self.pipe()
        waker = Waker(descriptor: wakePipe.write)
        // What libraries print must not land in the picture: it is held back and shown after.
        realError = dup(2)
        capturedError = qlens_unnamed_file()
        qlens_install_crash_restore(1, realError, capturedError)
        qlens_arm_crash_restore(false)
        // Before ncurses looks: it leaves signals alone that have a handler, else it would ignore SIGTSTP while it draws.
        qlens_watch_signals(signalPipe.write)
        set_escdelay(25)
        // newterm fails where initscr would end the program.
        let direct = noColor ? nil : Self.directName(of: name)
        guard direct.flatMap({ nc_new_terminal($0) }) ?? nc_new_terminal(nil) != nil else {
            qlens_unwatch_signals()
            throw .unknownTerminal(name)
        }
        if !noColor && has_colors() {
            start_color()
            use_default_colors()
            tier = ColorTier(colors: Int(nc_colors()), noColor: false)
        } else {
            tier = .mono
        }
        qlens_arm_crash_restore(true)
        if capturedError >= 0 { dup2(capturedError, 2) }
        isActive = true
        raw()
        noecho()
        nonl()
        keypad(nc_screen(), true)
        nodelay(nc_screen(), true)
        meta(nc_screen(), true)
        intrflush(nc_screen(), false)
        leaveok(nc_screen(), true)
        curs_set(0)
        // What follows the beginnings comes as characters, which `InputSequences` puts together.
        define_key("\u{1B}[<", InputSequences.mouse)
        define_key("\u{1B}[200~", InputSequences.pasteBegin)
        define_key("\u{1B}[201~", InputSequences.pasteEnd)
        define_key("\u{1B}]11;", InputSequences.background)
        Self.write("\u{1B}[?2004h")
        // Terminals with fewer colours are old enough not to know the question.
        if tier == .palette || tier == .direct { Self.write("\u{1B}]11;?\u{1B}\\") }
        rows = Int(nc_rows())
        columns = Int(nc_columns())
    }

    deinit { restore() }

    /// Gives the terminal back; a second call does nothing.
    public func restore() {
        guard isActive else { return }
        isActive = false
        qlens_arm_crash_restore(false)
        leaveScreen()
        qlens_unwatch_signals()
        guard capturedError >= 0 else { return }
        dup2(realError, 2)
        var buffer = [UInt8](repeating: 0, count: 4_096), offset = 0
        while case let count = pread(capturedError, &buffer, buffer.count, off_t(offset)), count > 0 {
            _ = writeBytes(2, buffer, count)
            offset += count
        }
    }

    /// Gives the terminal back and ends the program as the signal would have.
    public func die(of signal: Int32) -> Never {
        restore()
        qlens_die_of_signal(signal)
        exit(128 + signal)
    }

    // MARK: Events

    /// Waits for something to happen, or for some milliseconds, and returns all that did.
    public func wait(milliseconds: Int32 = -1) -> [Event] {
        var events: [Event] = []
        drainKeys(into: &events)  // ncurses may hold keys that were read with earlier ones
        var ready = [false, false, false]
        qlens_wait_readable([0, signalPipe.read, wakePipe.read], 3, &ready, events.isEmpty ? milliseconds : 0)
        if ready[1] { drainSignals(into: &events) }
        if ready[0] {
            let before = events.count
            drainKeys(into: &events)
            if events.count == before && Self.isHungUp { events.append(.terminated(signal: SIGHUP)) }
        }
        if ready[2] {
            Self.drain(wakePipe.read) { _ in }
            events.append(.woken)
        }
        return events
    }

    /// The other end of the terminal is gone: it can be read, and there is nothing.
    private static var isHungUp: Bool {
        var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0 && descriptor.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0
    }

    private func drainSignals(into events: inout [Event]) {
        var hasNewSize = false, isStopped = false
        Self.drain(signalPipe.read) { byte in
            switch Int32(byte) {
            case SIGWINCH, SIGCONT: hasNewSize = true
            case SIGTSTP: isStopped = true
            default: events.append(.terminated(signal: Int32(byte)))
            }
        }
        if isStopped { suspend() }
        if hasNewSize || isStopped { takeSize(into: &events) }
    }

    private func drainKeys(into events: inout [Event]) {
        var key = wint_t()
        while true {
            let result = nc_next_key(&key)
            if result == ERR { return }  // nothing more for now; also after a suspension
            let code = Int32(bitPattern: UInt32(key))
            if let event = input.take(code, isKey: result == KEY_CODE_YES) {
                if case .event(let event) = event { events.append(event) }
                continue
            }
            if result == KEY_CODE_YES {
                // resizeterm reports itself as a key; the size has come by the signal already.
                if code != KEY_RESIZE { events.append(.key(Self.special(code))) }
                continue
            }
            switch code {
            case 3: events.append(.terminated(signal: SIGINT))
            case 28: events.append(.terminated(signal: SIGQUIT))
            case 26:
                suspend()
                takeSize(into: &events)
            default: if let key = Self.plain(code) { events.append(.key(key)) }
            }
        }
    }

    private static func special(_ code: Int32) -> Key {
        switch code {
        case KEY_UP: .up
        case KEY_DOWN: .down
        case KEY_LEFT: .left
        case KEY_RIGHT: .right
        case KEY_PPAGE: .pageUp
        case KEY_NPAGE: .pageDown
        case KEY_HOME: .home
        case KEY_END: .end
        case KEY_BTAB: .backTab
        case KEY_ENTER: .enter
        case KEY_BACKSPACE: .backspace
        case KEY_DC: .delete
        case KEY_F0 + 1...KEY_F0 + 63: .function(Int(code - KEY_F0))
        default: .other(Int(code))
        }
    }

    private static func plain(_ code: Int32) -> Key? {
        switch code {
        case 9: return .tab
        case 10, 13: return .enter
        case 27: return .escape
        case 8, 127: return .backspace
        case 0..<32:
            guard let scalar = Unicode.Scalar(UInt32(code) + 96) else { return nil }
            return .control(Character(scalar))
        default:
            guard let scalar = Unicode.Scalar(UInt32(code)) else { return nil }
            return .character(Character(scalar))
        }
    }

    private func takeSize(into events: inout [Event]) {
        var newRows: Int32 = 0, newColumns: Int32 = 0
        guard qlens_window_size(1, &newRows, &newColumns) else { return }
        resizeterm(newRows, newColumns)
        rows = Int(newRows)
        columns = Int(newColumns)
        // What is on the screen is unknown now.
        shown = Canvas(rows: 0, columns: 0)
        clearok(nc_screen(), true)
        events.append(.resized(rows: rows, columns: columns))
    }

    /// Stops as job control does, with the terminal given back meanwhile.
    private func suspend() {
        qlens_arm_crash_restore(false)
        leaveScreen()
        qlens_stop_job()
        qlens_arm_crash_restore(true)
        wrefresh(nc_screen())
        curs_set(0)
        Self.write("\u{1B}[?2004h")
        if hasMouse { Self.write(Self.mouseOn) }
    }

    private func leaveScreen() {
        if hasMouse { Self.write(Self.mouseOff) }
        Self.write("\u{1B}[?2004l")
        endwin()
    }

    // MARK: Mouse and clipboard

    private static let mouseOn = "\u{1B}[?1000h\u{1B}[?1002h\u{1B}[?1006h"
    private static let mouseOff = "\u{1B}[?1006l\u{1B}[?1002l\u{1B}[?1000l"

    /// Takes the mouse, or leaves it to the terminal's own selection.
    public func setMouse(_ isOn: Bool) {
        guard isOn != hasMouse, isActive else { return }
        hasMouse = isOn
        Self.write(isOn ? Self.mouseOn : Self.mouseOff)
    }

    /// Hands a text to the terminal's clipboard (OSC 52). tmux takes it itself where it may, or passes it on where it may do
    /// that: it gets both forms.
    public func copy(_ text: String) {
        guard isActive else { return }
        let sequence = "\u{1B}]52;c;\(Base64.text(of: Array(text.utf8)))\u{07}"
        if getenv("TMUX") != nil {
            let doubled = sequence.split(separator: "\u{1B}", omittingEmptySubsequences: false)
                .joined(separator: "\u{1B}\u{1B}")
            Self.write("\u{1B}Ptmux;\(doubled)\u{1B}\\")
        }
        Self.write(sequence)
    }

    /// Writes past ncurses, which is done with its own output whenever it returns.
    private static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { writeBytes(1, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 && errno == EAGAIN {
                var descriptor = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
                if poll(&descriptor, 1, 1_000) > 0 { continue }
            }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    // MARK: Drawing

    /// Terminals that know synchronized output show what comes between these two at once; others ignore both.
    private static let frameStart = "\u{1B}[?2026h"
    private static let frameEnd = "\u{1B}[?2026l"

    /// Shows a canvas: the changed part of each row goes to ncurses, which sends what differs from the screen.
    public func show(_ canvas: Canvas) {
        let rowCount = min(canvas.rows, rows), columnCount = min(canvas.columns, columns)
        let isSameSize = shown.rows == canvas.rows && shown.columns == canvas.columns
        if cells.count < columnCount { cells = Array(repeating: cchar_t(), count: columnCount) }
        var hasChanged = !isSameSize
        for row in 0..<rowCount {
            var start = 0, end = columnCount
            if isSameSize {
                while start < end, canvas[row, start] == shown[row, start] { start += 1 }
                if start == end { continue }
                while canvas[row, end - 1] == shown[row, end - 1] { end -= 1 }
                // A wide character is sent whole.
                if canvas[row, start].width == 0 || shown[row, start].width == 0 { start = max(0, start - 1) }
            }
            var count = 0
            for column in start..<end {
                let cell = canvas[row, column]
                if cell.width == 0 { continue }
                nc_set_cell(&cells[count], cell.scalar, cell.mark, attributes(cell.style), pair(cell.style))
                count += 1
            }
            _ = nc_put_cells(Int32(row), Int32(start), cells, Int32(count))
            hasChanged = true
        }
        shown = canvas
        guard hasChanged else { return }
        Self.write(Self.frameStart)
        wrefresh(nc_screen())
        Self.write(Self.frameEnd)
    }

    private func attributes(_ style: Style) -> attr_t {
        var result: attr_t = 0
        if style.attributes.contains(.bold) { result |= NC_BOLD }
        if style.attributes.contains(.dim) { result |= NC_DIM }
        if style.attributes.contains(.reverse) { result |= NC_REVERSE }
        if style.attributes.contains(.underline) { result |= NC_UNDERLINE }
        return result
    }

    /// The colour pair of a style, made on first use; the terminal's own colours where it has no more.
    private func pair(_ style: Style) -> Int32 {
        guard tier != .mono, !(style.foreground.isOwn && style.background.isOwn) else { return 0 }
        let foreground = number(style.foreground), background = number(style.background)
        let key = UInt64(UInt32(bitPattern: foreground)) << 32 | UInt64(UInt32(bitPattern: background))
        if let pair = pairs[key] { return pair }
        let pair = Int32(pairs.count + 1)
        let isMade =
            pair < nc_pairs()
            && init_extended_pair(pair, foreground, background) == OK
        pairs[key] = isMade ? pair : 0
        return isMade ? pair : 0
    }

    /// What ncurses calls a colour. Where it takes mixtures, the first eight numbers are still the terminal's own colours.
    private func number(_ color: Color) -> Int32 {
        if color.isOwn { return -1 }
        guard tier == .direct else { return Int32(color.index ?? 7) }
        if let index = color.index, index < 8 { return Int32(index) }
        let mixture = color.mixture ?? RGB(paletteIndex: color.index ?? 7)
        return Int32(max(8, mixture.hexadecimal))
    }

    // MARK: Set-up

    /// The name of the terminal's description with mixed colours, where the terminal says that it has them; the system need not know it.
    private static func directName(of name: String) -> String? {
        guard let claim = getenv("COLORTERM").map({ String(cString: $0) }), ["truecolor", "24bit"].contains(claim),
            name.hasSuffix("-256color")
        else { return nil }
        return name.dropLast("-256color".count) + "-direct"
    }

    /// The user's locale, else a UTF-8 one; whether characters beyond ASCII can be shown.
    private static func setLocale() -> Bool {
        func isUTF8() -> Bool { nl_langinfo(codesetItem).map { String(cString: $0) } == "UTF-8" }
        // Characters are the user's; numbers stay with a point, as recipes and files have them.
        if setlocale(LC_CTYPE, "") != nil, isUTF8() { return true }
        return setlocale(LC_CTYPE, "C.UTF-8") != nil && isUTF8()
    }

    private static func pipe() -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        precondition(qlens_open_pipe(&ends) == 0, "a pipe could not be made")
        return (ends[0], ends[1])
    }

    private static func drain(_ descriptor: Int32, _ body: (UInt8) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 256)
        while case let count = read(descriptor, &buffer, buffer.count), count > 0 {
            for byte in buffer[..<count] { body(byte) }
        }
    }
}

// Inside the class `write` is its own.
private func writeBytes(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, base, count)
}

#if canImport(Glibc)
    private let codesetItem = Int32(CODESET)
#else
    private let codesetItem = CODESET
#endif
