internal import TerminalUI

/// Puts together what the terminal sends as several characters: mouse reports (SGR), pasted text, and what its background is.
struct InputSequences {
    /// Codes for the beginnings and ends, beyond those of ncurses.
    static let mouse: Int32 = 0x2001
    static let pasteBegin: Int32 = 0x2002
    static let pasteEnd: Int32 = 0x2003
    static let background: Int32 = 0x2004

    enum Taken: Equatable {
        /// A part of a sequence, or a sequence that means nothing.
        case nothing
        case event(Event)
    }

    private enum State { case outside, mouse, paste, background }

    private var state = State.outside
    private var report: [UInt8] = []
    private var pasted = String.UnicodeScalarView()
    private var pastedCount = 0
    /// The last characters of a paste, where its end may come in pieces.
    private var tail: [Int32] = []

    /// A mouse report is no longer than this; a longer one is no report.
    private static let reportLimit = 32
    private static let pasteLimit = 1 << 20
    private static let endInPieces: [Int32] = [27, 0x5B, 0x32, 0x30, 0x31, 0x7E]
    private static let interrupt: Int32 = 3

    /// Takes in a character or key; nil where it belongs to no sequence.
    mutating func take(_ code: Int32, isKey: Bool) -> Taken? {
        switch state {
        case .outside: begin(code, isKey: isKey)
        case .mouse: takeReport(code, isKey: isKey)
        case .paste: takePasted(code, isKey: isKey)
        case .background: takeBackground(code, isKey: isKey)
        }
    }

    private mutating func begin(_ code: Int32, isKey: Bool) -> Taken? {
        guard isKey else { return nil }
        switch code {
        case Self.mouse:
            state = .mouse
            report = []
        case Self.pasteBegin:
            state = .paste
            (pasted, pastedCount, tail) = (String.UnicodeScalarView(), 0, [])
        case Self.background:
            state = .background
            report = []
        case Self.pasteEnd: break
        default: return nil
        }
        return .nothing
    }

    private mutating func takeReport(_ code: Int32, isKey: Bool) -> Taken? {
        let isEnd = code == 0x4D || code == 0x6D
        guard !isKey, let byte = UInt8(exactly: code), report.count < Self.reportLimit,
            (0x30...0x3B).contains(byte) || isEnd
        else {
            state = .outside
            return isKey ? begin(code, isKey: true) : .nothing
        }
        report.append(byte)
        guard isEnd else { return .nothing }
        state = .outside
        return Self.pointer(report).map { .event(.pointer($0)) } ?? .nothing
    }

    /// `rgb:RRRR/GGGG/BBBB` of one to four digits a part, up to a bell, or to an escape and a backslash.
    private mutating func takeBackground(_ code: Int32, isKey: Bool) -> Taken? {
        guard !isKey, report.count < Self.reportLimit, let byte = UInt8(exactly: code) else {
            state = .outside
            return isKey ? begin(code, isKey: true) : .nothing
        }
        if byte == 0x5C || byte == 7 {
            state = .outside
            return Self.color(report).map { .event(.background($0)) } ?? .nothing
        }
        if byte != 27 { report.append(byte) }
        return .nothing
    }

    private static func color(_ bytes: [UInt8]) -> RGB? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("rgb:") else { return nil }
        let parts = text.dropFirst(4).split(separator: "/").compactMap { digits -> UInt8? in
            guard let value = UInt32(digits, radix: 16), (1...4).contains(digits.count) else { return nil }
            return UInt8(value * 255 / (1 << (4 * UInt32(digits.count)) - 1))
        }
        return parts.count == 3 ? RGB(parts[0], parts[1], parts[2]) : nil
    }

    private mutating func takePasted(_ code: Int32, isKey: Bool) -> Taken? {
        if isKey {
            // Other keys within a paste are the bytes of sequences that mean something to ncurses: nothing to insert.
            return code == Self.pasteEnd ? finishPaste(dropping: 0) : .nothing
        }
        if code == Self.interrupt {
            // A paste whose end got lost must not take the keyboard for good.
            state = .outside
            return nil
        }
        tail = (tail + [code]).suffix(Self.endInPieces.count)
        if pastedCount < Self.pasteLimit, let scalar = Unicode.Scalar(UInt32(bitPattern: code)) {
            pasted.append(scalar == "\r" ? "\n" : scalar)
            pastedCount += 1
        }
        // The end, where its bytes came too slowly to be one key.
        return tail == Self.endInPieces ? finishPaste(dropping: Self.endInPieces.count) : .nothing
    }

    private mutating func finishPaste(dropping count: Int) -> Taken {
        state = .outside
        let whole = pastedCount < Self.pasteLimit ? pasted.dropLast(count) : pasted[...]
        defer { pasted = String.UnicodeScalarView() }
        return .event(.pasted(String(String.UnicodeScalarView(whole))))
    }

    /// `BUTTON;COLUMN;ROW` and `M` for a press or motion, `m` for a release.
    private static func pointer(_ bytes: [UInt8]) -> PointerEvent? {
        let numbers = bytes.dropLast().split(separator: 0x3B, omittingEmptySubsequences: false).map {
            Int(String(decoding: $0, as: UTF8.self))
        }
        guard numbers.count == 3, let button = numbers[0], let column = numbers[1], let row = numbers[2], row > 0,
            column > 0
        else { return nil }
        let isRelease = bytes.last == 0x6D
        let kind: PointerEvent.Kind
        // Bits 4, 8 and 16 are shift, meta and control; 32 is motion; 64 the wheel.
        switch button & ~0b11100 {
        case 0: kind = isRelease ? .release : .press
        case 32: kind = .drag
        case 64: kind = .wheelUp
        case 65: kind = .wheelDown
        default: return nil
        }
        return PointerEvent(kind, row: row - 1, column: column - 1)
    }
}
