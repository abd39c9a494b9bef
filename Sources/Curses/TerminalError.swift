/// Why the explorer cannot run on this terminal.
public enum TerminalError: Error, Equatable, CustomStringConvertible {
    case notATerminal
    case dumbTerminal
    case unknownTerminal(String)

    public var description: String {
        switch self {
        case .notATerminal:
            "found input or output that is not a terminal, expected one; without it use 'qlens list' and 'qlens inspect'"
        case .dumbTerminal:
            "found TERM=dumb, expected a terminal that can place text; here use 'qlens list' and 'qlens inspect'"
        case .unknownTerminal(let name):
            "found TERM=\(name), expected a terminal that the terminfo database knows; try TERM=xterm-256color"
        }
    }
}
