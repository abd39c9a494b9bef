public import Explorer

/// The characters that pictures are drawn with.
public struct Glyphs: Sendable {
    public let isASCII: Bool
    let topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical: Unicode.Scalar
    /// Filled from nothing to whole, in equal steps.
    let bars: [Unicode.Scalar]
    let reconstruction, clip, axis, level, emptyLevel, zero, threshold, sideLevel, cursorLine, mark: Unicode.Scalar
    let dots: Dots

    /// How curves are put into cells.
    enum Dots: Sendable {
        /// Two by four dots a cell.
        case braille
        /// Two by two.
        case quadrants
        /// One of three heights.
        case ascii
    }

    public static let braille = Glyphs(blocksWith: .braille)
    public static let blocks = Glyphs(blocksWith: .quadrants)

    private init(blocksWith dots: Dots) {
        isASCII = false
        (topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical) = ("╭", "╮", "╰", "╯", "─", "│")
        bars = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        (reconstruction, clip, axis, level, emptyLevel, zero) = ("━", "┊", "─", "┴", "╷", "┼")
        (threshold, sideLevel, cursorLine, mark) = ("┬", "├", "╎", "┆")
        self.dots = dots
    }

    private init(asciiOnly: Void) {
        isASCII = true
        (topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical) = ("+", "+", "+", "+", "-", "|")
        bars = [" ", ".", ":", "#"]
        (reconstruction, clip, axis, level, emptyLevel, zero) = ("=", ":", "-", "^", ".", "0")
        (threshold, sideLevel, cursorLine, mark) = ("+", "+", "|", ":")
        dots = .ascii
    }

    public static let ascii = Glyphs(asciiOnly: ())

    /// The level that the user asked for, or ASCII where the terminal cannot do more.
    public init(_ level: Appearance.GlyphLevel, isUnicode: Bool) {
        switch level {
        case _ where !isUnicode: self = .ascii
        case .braille: self = .braille
        case .blocks: self = .blocks
        case .ascii: self = .ascii
        }
    }
}
