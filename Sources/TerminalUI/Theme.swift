/// What a piece of the screen means; the theme decides how it looks.
public enum Role: CaseIterable, Sendable {
    case text, dim, title, border, focusedBorder, value, estimate, selected, histogram, reconstruction, clip, grid, zero
    case exact, warning, key
}

/// Colours a terminal has.
public enum ColorTier: Sendable, CaseIterable {
    case mono, eight, palette

    /// The tier for so many colours; none where the user wants none.
    public init(colors: Int, noColor: Bool) {
        self = noColor || colors < 8 ? .mono : colors < 256 ? .eight : .palette
    }
}

/// How roles look. Colours are mid-tones that read on light and dark; meaning never hangs on them alone.
public struct Theme: Sendable {
    public let tier: ColorTier

    public init(_ tier: ColorTier) { self.tier = tier }

    public func style(_ role: Role) -> Style {
        switch tier {
        case .mono: mono(role)
        case .eight: eight(role)
        case .palette: palette(role)
        }
    }

    /// Bold, reverse and underline alone: dim is a grey on many terminals.
    private func mono(_ role: Role) -> Style {
        switch role {
        case .title, .focusedBorder, .zero, .key, .exact: Style(-1, .bold)
        case .selected: Style(-1, .reverse)
        case .warning: Style(-1, [.bold, .underline])
        default: Style()
        }
    }

    private func eight(_ role: Role) -> Style {
        switch role {
        case .text, .value, .border: Style()
        case .dim, .estimate: Style(-1, .dim)
        case .title, .key: Style(-1, .bold)
        case .focusedBorder: Style(6, .bold)
        case .selected: Style(-1, .reverse)
        case .histogram: Style(4)
        case .reconstruction: Style(3, .bold)
        case .clip: Style(1, .bold)
        case .grid: Style(6)
        case .zero: Style(6, .bold)
        case .exact: Style(2, .bold)
        case .warning: Style(1, .bold)
        }
    }

    private func palette(_ role: Role) -> Style {
        switch role {
        case .text, .value: Style()
        case .dim, .border: Style(244)
        case .estimate: Style(244)
        case .title: Style(-1, .bold)
        case .key: Style(33, .bold)
        case .focusedBorder: Style(33, .bold)
        case .selected: Style(-1, .reverse)
        case .histogram: Style(67)
        case .reconstruction: Style(172, .bold)
        case .clip: Style(161, .bold)
        case .grid: Style(36)
        case .zero: Style(36, .bold)
        case .exact: Style(35, .bold)
        case .warning: Style(161, .bold)
        }
    }
}

extension Style {
    init(_ foreground: Int16, _ attributes: Attributes) { self.init(foreground, on: -1, attributes) }
}
