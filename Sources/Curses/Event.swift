public import TerminalUI

/// What the terminal reports.
public enum Event: Equatable, Sendable {
    case key(Key)
    case pointer(PointerEvent)
    /// Text from the clipboard, as one piece.
    case pasted(String)
    case resized(rows: Int, columns: Int)
    /// What the terminal's background is.
    case background(RGB)
    /// A signal that ends the program.
    case terminated(signal: Int32)
    /// `Waker.wake` was called.
    case woken
}
