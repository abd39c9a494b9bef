/// A colour of a cell: the terminal's own, an index of its palette, or a mixture of red, green and blue.
public struct Color: Hashable, Sendable, ExpressibleByIntegerLiteral {
    /// -1, 0…255, or 2²⁴ and above with eight bits a part.
    private let code: Int32

    public static let own = Color(index: -1)

    public init(integerLiteral index: Int16) { self.init(index: index) }

    public init(index: Int16) { code = Int32(index) }

    public init(_ mixture: RGB) { code = 1 << 24 | Int32(mixture.hexadecimal) }

    public var isOwn: Bool { code < 0 }
    /// nil for the terminal's own and for mixtures.
    public var index: Int? { code >= 0 && code < 256 ? Int(code) : nil }
    public var mixture: RGB? { code >= 1 << 24 ? RGB(hexadecimal: UInt32(code & 0xFF_FFFF)) : nil }
}

/// How a cell looks.
public struct Style: Hashable, Sendable {
    public struct Attributes: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public static let bold = Attributes(rawValue: 1)
        public static let dim = Attributes(rawValue: 2)
        public static let reverse = Attributes(rawValue: 4)
        public static let underline = Attributes(rawValue: 8)
    }

    public var foreground: Color
    public var background: Color
    public var attributes: Attributes

    public init(_ foreground: Color = .own, on background: Color = .own, _ attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }
}
