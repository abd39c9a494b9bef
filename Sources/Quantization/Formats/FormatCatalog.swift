/// A family of formats that differ in their numbers, such as `int2` … `int16`.
public struct FormatFamily: Sendable {
    /// What its tokens begin with: `int`.
    public let prefix: String
    /// What the family is called: `pow2` for `pow2-4`.
    public var name: String {
        let mark = prefix.last
        return mark == "-" || mark == ":" ? String(prefix.dropLast()) : prefix
    }
    /// How the tokens look: `int2 … int16`.
    public let pattern: String
    /// One line on what it is.
    public let summary: String
    /// The paper or specification it comes from.
    public let source: String
    /// Its tokens, with capital letters for numbers.
    public let choices: [FormatChoice]
    /// Tokens that the keys step through.
    public let usual: [String]
    /// Recipes by which the family is compared with others; the usual tokens where nothing else is said.
    public var tableSettings: [String] { settings ?? usual }
    /// Other settings to compare.
    var settings: [String]?
    /// The format of a token that begins with `prefix`, or what is wrong with it.
    let parse: @Sendable (String) -> Result<any NumberFormat, FormatError>
}

/// A token of a family: `intB` with its number B.
public struct FormatChoice: Sendable {
    public let template: String
    public let parameters: [String]
    /// What the numbers are at first.
    public let defaults: [String]
    /// What it is; empty where the family's summary says it.
    public let words: String

    init(_ template: String, _ parameters: [String] = [], defaults: [String] = [], words: String = "") {
        self.template = template
        self.parameters = parameters
        self.defaults = defaults
        self.words = words
    }
}

/// Why a token is no format of its family.
public struct FormatError: Error, Equatable, Sendable {
    public let expected: String
}

public enum FormatCatalog {
    public static let families: [FormatFamily] = [
        IntegerFormat.family,
        SmallFloatFormat.family,
        MXFormat.family,
        NVFP4Format.family,
        NF4Format.family,
        QuantileFormat.family,
        KMeansFormat.family,
        PowerOfTwoFormat.family,
        AdditivePowersFormat.family,
        BinaryCodeFormat.family,
        ProductFormat.family,
        BinaryFormat.family,
        TernaryFormat.family,
        GGMLFormat.family,
    ]

    /// Tokens to offer where one is misspelt.
    public static var usual: [String] { families.flatMap { $0.usual } }

    /// The family of a format.
    public static func family(of format: any NumberFormat) -> FormatFamily {
        families.first { format.name.hasPrefix($0.prefix) } ?? families[0]
    }

    /// The format of a token; nil where no family begins like it.
    static func format(_ token: String) throws(FormatError) -> (any NumberFormat)? {
        guard let family = families.first(where: { token.hasPrefix($0.prefix) }) else { return nil }
        return try family.parse(token).get()
    }
}

extension FormatFamily {
    /// The token of the family that a format's bits are nearest to, of those that rows of a length allow; the format's own where it
    /// belongs to the family.
    public func token(like format: any NumberFormat, rowLength: Int) -> String? {
        if FormatCatalog.family(of: format).prefix == prefix { return format.name }
        let possible = usual.filter { (try? parse($0).get()).map { rowLength % $0.rowMultiple == 0 } == true }
        return bits(of: possible).min { abs($0.bits - format.bits) < abs($1.bits - format.bits) }?.token
    }

    /// The first usual token with so many bits.
    public func token(bits wanted: Int) -> String? { bits(of: usual).first { $0.bits == wanted }?.token }

    private func bits(of tokens: [String]) -> [(token: String, bits: Int)] {
        tokens.compactMap { token in (try? parse(token).get()).map { (token, $0.bits) } }
    }

    /// A family whose tokens are a prefix and a number of bits.
    static func byBits(
        _ prefix: String, _ bits: ClosedRange<Int>, summary: String, source: String, usual: [Int],
        make: @escaping @Sendable (Int) -> any NumberFormat
    ) -> FormatFamily {
        let pattern = "\(prefix)\(bits.lowerBound) … \(prefix)\(bits.upperBound)"
        return FormatFamily(
            prefix: prefix, pattern: pattern, summary: summary, source: source,
            choices: [FormatChoice(prefix + "B", ["B"], defaults: ["4"])], usual: usual.map { "\(prefix)\($0)" },
            parse: { token in
                guard let number = Int(token.dropFirst(prefix.count)), token == "\(prefix)\(number)",
                    bits.contains(number)
                else { return .failure(FormatError(expected: pattern)) }
                return .success(make(number))
            })
    }
}
