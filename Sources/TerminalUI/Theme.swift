public import Explorer

/// What a piece of the screen means; the theme decides how it looks.
public enum Role: CaseIterable, Sendable {
    case text, dim, title, border, focusedBorder, value, estimate, selected, histogram, reconstruction, clip, grid, zero
    case exact, warning, key, cursor, curve, errorCurve, better, worse, field
    /// A number written large, and one that has just changed.
    case figure, fresh
    /// Selected, in a panel without the focus.
    case unfocused
    /// What stands in place of something that is not there yet.
    case placeholder
}

/// Colours a terminal has.
public enum ColorTier: Sendable, CaseIterable {
    case mono, eight, palette
    /// Any mixture of red, green and blue.
    case direct

    /// The tier for so many colours; none where the user wants none.
    public init(colors: Int, noColor: Bool) {
        self = noColor || colors < 8 ? .mono : colors < 256 ? .eight : colors <= 32_767 ? .palette : .direct
    }
}

/// How roles look. Meaning never hangs on colours alone.
public struct Theme: Sendable {
    public let tier: ColorTier
    public let name: Appearance.ThemeName
    /// What pictures are seen against; taken to be dark where neither theme nor terminal says.
    let ground: ColorMap.Ground

    /// The theme on a terminal; `mono` needs no colours, whatever the terminal has.
    ///
    /// - Parameter ground: that of the terminal, where it is known: the theme `auto` follows it.
    public init(_ tier: ColorTier, _ name: Appearance.ThemeName = .auto, ground: ColorMap.Ground? = nil) {
        self.tier = name == .mono ? .mono : tier
        switch (name, ground) {
        case (.auto, .dark): self.name = .dark
        case (.auto, .light): self.name = .light
        default: self.name = name
        }
        self.ground = self.name == .light ? .light : .dark
    }

    public func style(_ role: Role) -> Style {
        switch tier {
        case .mono: mono(role)
        case .eight: name == .highContrast ? contrast(eight(role)) : eight(role)
        case .palette, .direct:
            switch name {
            case .auto, .mono: coloured(role, .midTones)
            case .dark: coloured(role, .dark)
            case .light: coloured(role, .light)
            case .highContrast: contrast(coloured(role, .contrast))
            }
        }
    }

    /// What is drawn on a cell that is filled with one of the theme's colours: these are light, but for those of the light theme.
    func style(over color: Color, isStrong: Bool) -> Style {
        let ink: Color = tier == .eight ? 0 : ground == .light ? 231 : 16
        return Style(ink, on: color, isStrong ? .bold : [])
    }

    /// Bold, reverse and underline alone: dim is a grey on many terminals.
    private func mono(_ role: Role) -> Style {
        switch role {
        case .title, .focusedBorder, .zero, .key, .exact, .better, .fresh, .figure: Style(-1, .bold)
        case .unfocused: Style(-1, .underline)
        case .selected, .cursor: Style(-1, .reverse)
        case .warning, .worse: Style(-1, [.bold, .underline])
        case .field: Style(-1, .underline)
        default: Style()
        }
    }

    private func eight(_ role: Role) -> Style {
        switch role {
        case .text, .value, .border: Style()
        case .dim, .estimate, .placeholder: Style(-1, .dim)
        case .title, .key, .figure: Style(-1, .bold)
        case .unfocused: Style(-1, [.dim, .reverse])
        case .fresh: Style(3, .bold)
        case .focusedBorder: Style(6, .bold)
        case .selected, .cursor: Style(-1, .reverse)
        case .histogram: Style(4)
        case .reconstruction: Style(3, .bold)
        case .clip, .warning, .worse: Style(1, .bold)
        case .grid: Style(6)
        case .zero: Style(6, .bold)
        case .exact, .better: Style(2, .bold)
        case .curve: Style(6)
        case .errorCurve: Style(5)
        case .field: Style(-1, .underline)
        }
    }

    /// Fixed indices of the 256-colour palette: changing the palette itself would outlive the program.
    private struct Palette {
        let dim, histogram, reconstruction, clip, grid, curve, errorCurve, good, key: Color
        /// What is read has a contrast of 4.5 to black and to white, which few colours have.
        static let midTones = Palette(
            dim: 243, histogram: 67, reconstruction: 166, clip: 163, grid: 29, curve: 30, errorCurve: 133, good: 29,
            key: 63)
        static let dark = Palette(
            dim: 246, histogram: 74, reconstruction: 215, clip: 204, grid: 79, curve: 79, errorCurve: 176, good: 114,
            key: 117)
        static let light = Palette(
            dim: 240, histogram: 25, reconstruction: 130, clip: 160, grid: 29, curve: 29, errorCurve: 90, good: 28,
            key: 26)
        static let contrast = Palette(
            dim: 255, histogram: 39, reconstruction: 226, clip: 203, grid: 51, curve: 51, errorCurve: 213, good: 46,
            key: 226)
    }

    private func coloured(_ role: Role, _ palette: Palette) -> Style {
        switch role {
        case .text, .value: Style()
        case .dim, .border, .estimate, .placeholder: Style(palette.dim)
        case .title, .figure: Style(-1, .bold)
        case .unfocused: Style(palette.dim, .reverse)
        case .fresh: Style(palette.reconstruction, .bold)
        case .key, .focusedBorder: Style(palette.key, .bold)
        case .selected, .cursor: Style(-1, .reverse)
        case .histogram: Style(palette.histogram)
        case .reconstruction: Style(palette.reconstruction)
        case .clip, .warning, .worse: Style(palette.clip, .bold)
        case .grid: Style(palette.grid)
        case .zero: Style(palette.grid, .bold)
        case .exact, .better: Style(palette.good, .bold)
        case .curve: Style(palette.curve)
        case .errorCurve: Style(palette.errorCurve)
        case .field: Style(-1, .underline)
        }
    }

    /// White on black where a style leaves the colours to the terminal; nothing is dim.
    private func contrast(_ style: Style) -> Style {
        let isPalette = tier != .eight
        return Style(
            style.foreground.isOwn ? (isPalette ? 231 : 7) : style.foreground, on: isPalette ? 16 : 0,
            style.attributes.subtracting(.dim))
    }
}

extension Style {
    init(_ foreground: Color, _ attributes: Attributes) { self.init(foreground, on: .own, attributes) }
}
