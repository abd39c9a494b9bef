import Tensors

/// What is wrong with a recipe's text.
public struct RecipeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The token, and the position of its first character, from 1.
    public let token: String
    public let position: Int
    public let expected: String

    public var description: String {
        token.isEmpty
            ? "recipe: found nothing, expected \(expected)"
            : "recipe: at character \(position): found \"\(token)\", expected \(expected)"
    }
}

extension Recipe {
    /// Parses `FORMAT [MAPPING] [GRANULARITY] [clip:…] [round:…] [scale:…]`, tokens in any order and each kind once.
    public init(_ text: String) throws(RecipeError) {
        self.init()
        for token in try Self.parsed(text) { token.apply(to: &self) }
    }

    /// The recipe after some words. Words that name format, mapping and granularity, as every printed recipe does, are a
    /// whole recipe; fewer change only what they name.
    public func changed(by text: String) throws(RecipeError) -> Recipe {
        let tokens = try Self.parsed(text)
        let named = Set(tokens.map { $0.kind })
        var next = named.isSuperset(of: [.format, .mapping, .granularity]) ? Recipe() : self
        for token in tokens { token.apply(to: &next) }
        return next
    }

    /// Words that a recipe may hold, one of every kind and calibrator, to complete and to offer.
    public static var exampleWords: [String] { RecipeToken.examples }

    private static func parsed(_ text: String) throws(RecipeError) -> [RecipeToken] {
        var seen: [RecipeToken.Kind: String] = [:]
        var result: [RecipeToken] = []
        for (token, position) in tokens(of: text) {
            let parsed: RecipeToken
            do throws(FormatError) {
                parsed = try RecipeToken(token)
            } catch {
                throw RecipeError(token: token, position: position, expected: error.expected)
            }
            if let earlier = seen.updateValue(token, forKey: parsed.kind) {
                throw RecipeError(
                    token: token, position: position,
                    expected: "one \(parsed.kind.rawValue), there is already \"\(earlier)\"")
            }
            result.append(parsed)
        }
        guard !result.isEmpty else {
            throw RecipeError(token: "", position: 1, expected: "a recipe such as \"int4 sym tensor\"")
        }
        return result
    }

    /// Words between blanks with the position of their first character, from 1.
    private static func tokens(of text: String) -> [(String, Int)] {
        var tokens: [(String, Int)] = [], current = "", start = 0
        for (offset, character) in (text + " ").enumerated() {
            if character.isWhitespace {
                if !current.isEmpty { tokens.append((current, start)) }
                current = ""
            } else {
                if current.isEmpty { start = offset + 1 }
                current.append(character)
            }
        }
        return tokens
    }
}

/// One word of a recipe.
enum RecipeToken {
    enum Kind: String { case format, mapping, granularity, clipping, rounding, scale }

    case format(any UniformFormat)
    case mapping(Mapping)
    case granularity(Granularity)
    case clipping(Clipping)
    case rounding(Rounding)
    case scale(ScaleType)

    var kind: Kind {
        switch self {
        case .format: .format
        case .mapping: .mapping
        case .granularity: .granularity
        case .clipping: .clipping
        case .rounding: .rounding
        case .scale: .scale
        }
    }

    func apply(to recipe: inout Recipe) {
        switch self {
        case .format(let format): recipe.format = format
        case .mapping(let mapping): recipe.mapping = mapping
        case .granularity(let granularity): recipe.granularity = granularity
        case .clipping(let clipping): recipe.clipping = clipping
        case .rounding(let rounding): recipe.rounding = rounding
        case .scale(let type): recipe.scaleType = type
        }
    }

    init(_ token: String) throws(FormatError) {
        if let mapping = Mapping(rawValue: token) {
            self = .mapping(mapping)
            return
        }
        let parts = token.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let rest = parts.count == 2 ? parts[1] : nil
        switch (parts[0], rest) {
        case ("clip", let rest?): self = .clipping(try Self.clipping(rest))
        case ("round", let rest?): self = .rounding(try Self.rounding(rest))
        case ("scale", let rest?):
            guard let type = ScaleType(rawValue: rest) else { throw FormatError(expected: "scale:f32, f16 or bf16") }
            self = .scale(type)
        case ("tensor", _), ("channel", _), ("channels", _), ("group", _), ("block", _):
            self = .granularity(try Self.granularity(parts[0], rest))
        default:
            for family in FormatCatalog.families where token.hasPrefix(family.prefix) {
                self = .format(try family.parse(token).get())
                return
            }
            let nearest = NearestNames.nearest(to: token, in: Self.examples).map { "\"\($0)\"" }
            throw FormatError(expected: "a word of a recipe, nearest are \(nearest.joined(separator: ", "))")
        }
    }

    /// A token of every kind, to offer where one is misspelt.
    static var examples: [String] {
        FormatCatalog.usual + Mapping.allCases.map { $0.rawValue }
            + ["tensor", "channel:0", "channels:4@0", "group:128", "group:128@1", "block:16x16"]
            + CalibratorCatalog.entries.map { entry in
                "clip:" + (entry.usual.first.map { "\(Clipping(entry.name, $0))" } ?? entry.name)
            }
            + Rounding.usual.map { "round:\($0)" } + ScaleType.allCases.map { "scale:" + $0.rawValue }
    }

    private static func clipping(_ text: String) throws(FormatError) -> Clipping {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let entry = CalibratorCatalog.entry(named: parts[0]) else {
            let names = CalibratorCatalog.entries.map { $0.name }
            let nearest = NearestNames.nearest(to: parts[0], in: names, limit: 5).joined(separator: ", ")
            throw FormatError(expected: "clip: with a calibrator, nearest are \(nearest)")
        }
        let form = "clip:\(entry.name)" + (entry.parameters.isEmpty ? "" : ":\(entry.parameters)")
        var numbers: [Double] = []
        if parts.count == 2 {
            for word in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
                guard let number = Double(word), number.isFinite, !word.lowercased().contains("x") else {
                    throw FormatError(expected: "\(form) with numbers")
                }
                numbers.append(number == 0 ? 0 : number)
            }
        }
        if let problem = entry.check(numbers) { throw FormatError(expected: "\(form) with \(problem)") }
        return Clipping(entry.name, numbers)
    }

    private static func rounding(_ text: String) throws(FormatError) -> Rounding {
        switch text {
        case "even": return .even
        case "away": return .away
        case "up": return .up
        case "down": return .down
        case "zero": return .zero
        default:
            if text.hasPrefix("stochastic:"), let seed = wholeNumber(text.dropFirst(11)) {
                return .stochastic(seed: UInt64(seed))
            }
            throw FormatError(expected: "round:even, away, up, down, zero or stochastic:SEED")
        }
    }

    private static func granularity(_ name: String, _ rest: String?) throws(FormatError) -> Granularity {
        switch name {
        case "tensor":
            guard rest == nil else { throw FormatError(expected: "tensor, without a number") }
            return .tensor
        case "channel":
            guard let axis = rest.flatMap({ wholeNumber($0[...]) }) else {
                throw FormatError(expected: "channel:AXIS, such as channel:0")
            }
            return .channel(axis: axis)
        case "channels":
            guard let (count, axis) = pair(rest, "@"), let axis, count > 0 else {
                throw FormatError(expected: "channels:K@AXIS, such as channels:4@0")
            }
            return .channels(count: count, axis: axis)
        case "group":
            guard let (size, axis) = pair(rest, "@"), size > 0 else {
                throw FormatError(expected: "group:G or group:G@AXIS, such as group:128")
            }
            return axis.map { .groupAlong(size: size, axis: $0) } ?? .group(size: size)
        default:
            guard let (rows, columns) = pair(rest, "x"), let columns, rows > 0, columns > 0 else {
                throw FormatError(expected: "block:RxC, such as block:16x16")
            }
            return .block(rows: rows, columns: columns)
        }
    }

    /// One number, or two with a mark between them.
    private static func pair(_ text: String?, _ mark: Character) -> (Int, Int?)? {
        guard let parts = text?.split(separator: mark, omittingEmptySubsequences: false), parts.count <= 2,
            let first = wholeNumber(parts[0])
        else { return nil }
        guard parts.count == 2 else { return (first, nil) }
        return wholeNumber(parts[1]).map { (first, $0) }
    }

    /// Decimal digits alone, no sign and no leading zero, so that printing gives the text back.
    private static func wholeNumber(_ text: Substring) -> Int? {
        guard let value = Int(text), value >= 0, String(value) == text else { return nil }
        return value
    }
}
