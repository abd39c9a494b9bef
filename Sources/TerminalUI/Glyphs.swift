/// The characters that pictures are drawn with.
public struct Glyphs: Sendable {
    public let isASCII: Bool
    let topLeft, topRight, bottomLeft, bottomRight, horizontal, vertical: Unicode.Scalar
    /// Filled from nothing to whole, in equal steps.
    let bars: [Unicode.Scalar]
    let reconstruction, clip, axis, level, emptyLevel, zero: Unicode.Scalar

    public static let blocks = Glyphs(
        isASCII: false, topLeft: "╭", topRight: "╮", bottomLeft: "╰", bottomRight: "╯", horizontal: "─", vertical: "│",
        bars: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"], reconstruction: "━", clip: "┊", axis: "─", level: "┴",
        emptyLevel: "╷", zero: "┼")

    public static let ascii = Glyphs(
        isASCII: true, topLeft: "+", topRight: "+", bottomLeft: "+", bottomRight: "+", horizontal: "-", vertical: "|",
        bars: [" ", ".", ":", "#"], reconstruction: "=", clip: ":", axis: "-", level: "^", emptyLevel: ".", zero: "0")
}
