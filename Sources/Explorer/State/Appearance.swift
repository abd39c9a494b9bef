/// How the screen looks; the terminal's front end knows the colours and characters behind the names.
public struct Appearance: Equatable, Sendable {
    /// The colours.
    public enum ThemeName: String, CaseIterable, Sendable {
        /// Mid-tones that read on a light and on a dark background.
        case auto
        case dark, light, mono
        case highContrast = "high-contrast"
    }

    /// What pictures are drawn with.
    public enum GlyphLevel: String, CaseIterable, Sendable {
        /// Braille for curves, blocks for bars.
        case braille
        /// Blocks alone: some fonts lack braille.
        case blocks
        case ascii
    }

    public var theme: ThemeName
    public var glyphs: GlyphLevel
    public var hasMouse: Bool
    /// Numbers that changed are bright for a moment.
    public var hasMotion: Bool

    public init(
        theme: ThemeName = .auto, glyphs: GlyphLevel = .braille, hasMouse: Bool = true, hasMotion: Bool = true
    ) {
        self.theme = theme
        self.glyphs = glyphs
        self.hasMouse = hasMouse
        self.hasMotion = hasMotion
    }
}
