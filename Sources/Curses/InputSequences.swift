internal import TerminalUI

/// Puts together what the terminal sends as several characters: mouse reports (SGR) and pasted text.
struct InputSequences {
    /// Codes for the beginnings and ends, beyond those of ncurses.
    static let mouse: Int32 = 0x2001
    static let pasteBegin: Int32 = 0x2002
    static let pasteEnd: Int32 = 0x2003

    enum Taken: Equatable {
        /// A part of a sequence, or a whole one with what it means.
        case event(Event?)
    }

    private enum State {
        case outside
        case mouse([UInt8])
        case paste(String)
    }

    private var state = State.outside

    /// A mouse report is no longer than this; a longer one is no report.
    private static let mouseLimit = 32
    private static let pasteLimit = 1 << 20

    /// Takes in a character or key; nil where it belongs to no sequence.
    mutating func take(_ code: Int32, isKey: Bool) -> Taken? {
        switch state {
        case .outside:
            guard isKey else { return nil }
            switch code {
            case Self.mouse: state = .mouse([])
            case Self.pasteBegin: state = .paste("")
            case Self.pasteEnd: break
            default: return nil
            }
            return .event(nil)
        case .mouse(var bytes):
            guard !isKey, let byte = UInt8(exactly: code), bytes.count < Self.mouseLimit,
                (0x30...0x3B).contains(byte) || byte == 0x4D || byte == 0x6D
            else {
                state = .outside
                return isKey ? take(code, isKey: true) : .event(nil)
            }
            bytes.append(byte)
            guard byte == 0x4D || byte == 0x6D else {
                state = .mouse(bytes)
                return .event(nil)
            }
            state = .outside
            return .event(Self.pointer(bytes).map(Event.pointer))
        case .paste(var text):
            if isKey, code == Self.pasteEnd {
                state = .outside
                return .event(.pasted(text))
            }
            // Keys within a paste are the bytes of sequences that mean something to ncurses: nothing to insert.
            if !isKey, let scalar = Unicode.Scalar(UInt32(bitPattern: code)),
                text.unicodeScalars.count < Self.pasteLimit
            {
                text.unicodeScalars.append(scalar == "\r" ? "\n" : scalar)
            }
            state = .paste(text)
            return .event(nil)
        }
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
