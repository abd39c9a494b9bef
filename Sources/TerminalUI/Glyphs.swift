public import Explorer

/// The characters that pictures are drawn with.
public struct Glyphs: Sendable {
    public let isASCII: Bool
    let topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical: Unicode.Scalar
    /// Filled from nothing to whole, in equal steps.
    let bars: [Unicode.Scalar]
    let reconstruction, clip, axis, level, emptyLevel, zero, threshold, sideLevel, cursorLine, mark: Unicode.Scalar
    /// What a second series stands on, and a rule through an empty plot.
    let stem, rule: Unicode.Scalar
    /// From light to dark.
    let shades: [Unicode.Scalar]
    /// A point of a plane, and the border between two parts of it.
    let point, border: Unicode.Scalar
    let dots: Dots
    let steps: Steps

    /// A line of level pieces, joined by upright ones where it rises or falls.
    struct Steps: Sendable {
        let horizontal, vertical, endRising, startRising, endFalling, startFalling: Unicode.Scalar
    }

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
        (shades, point, border) = ([" ", "·", "░", "▒", "▓", "█"], "●", "∙")
        (stem, rule) = ("┃", "·")
        self.dots = dots
        steps = Steps(
            horizontal: "─", vertical: "│", endRising: "╯", startRising: "╭", endFalling: "╮", startFalling: "╰")
    }

    private init(asciiOnly: Void) {
        isASCII = true
        (topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical) = ("+", "+", "+", "+", "-", "|")
        bars = [" ", ".", ":", "#"]
        (reconstruction, clip, axis, level, emptyLevel, zero) = ("=", ":", "-", "^", ".", "0")
        (threshold, sideLevel, cursorLine, mark) = ("+", "+", "|", ":")
        (shades, point, border) = ([" ", ".", ":", "+", "#", "@"], "O", ",")
        (stem, rule) = ("!", ".")
        dots = .ascii
        steps = Steps(
            horizontal: "_", vertical: "|", endRising: "|", startRising: "_", endFalling: "_", startFalling: "|")
    }

    public static let ascii = Glyphs(asciiOnly: ())

    /// The shade of a share from 0 to 1: blank for nothing alone.
    func shade(_ share: Double) -> Unicode.Scalar {
        guard share > 0 else { return shades[0] }
        return shades[max(1, min(shades.count - 1, Int((share * Double(shades.count - 1)).rounded(.up))))]
    }

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
