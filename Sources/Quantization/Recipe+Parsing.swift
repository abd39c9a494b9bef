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
    /// Parses `FORMAT [MAPPING] [GRANULARITY] [clip:…] [round:…] [range:…] [scale:…] [convention:…]`, tokens in any order and
    /// each kind once.
    public init(_ text: String) throws(RecipeError) {
        self = try Self.applied(try Self.parsed(text), to: Recipe())
    }

    /// The recipe after some words. Words that name all that is always printed for their format are a whole recipe; fewer change
    /// only what they name.
    public func changed(by text: String) throws(RecipeError) -> Recipe {
        let tokens = try Self.parsed(text)
        let named = Set(tokens.map { $0.token.kind })
        return try Self.applied(tokens, to: Self.isWhole(tokens, named) ? Recipe() : self)
    }

    private static func isWhole(_ tokens: [PlacedToken], _ named: Set<RecipeToken.Kind>) -> Bool {
        for token in tokens {
            guard case .format(let format) = token.token else { continue }
            guard case .free = format.traits.granularity, named.contains(.granularity) else { return false }
            return !format.traits.hasMapping || named.contains(.mapping)
        }
        return false
    }

    /// The recipe with tokens put in, format and convention first: they decide what others mean.
    private static func applied(_ tokens: [PlacedToken], to recipe: Recipe) throws(RecipeError) -> Recipe {
        var next = recipe
        let order: [RecipeToken.Kind?] = [.format, .convention, nil]
        for kind in order {
            for token in tokens {
                let isFirst = token.token.kind == .format || token.token.kind == .convention
                if kind == token.token.kind || kind == nil && !isFirst { token.token.apply(to: &next) }
            }
        }
        for token in tokens {
            if let reason = token.token.reasonWithoutMeaning(for: next.format) { throw token.error(reason) }
        }
        guard let convention = next.convention else { return next }
        for token in tokens {
            if case .rounding = token.token {
                throw token.error(
                    "no round: with convention:\(convention.rawValue), whose ties are \(convention.rounding)")
            }
        }
        if next.mapping == .asymmetric, !convention.hasAsymmetric {
            let reason = "\(convention.rawValue) has no zero-points"
            if let token = tokens.first(where: { $0.token.kind == .mapping }) { throw token.error("sym: \(reason)") }
            let token = tokens.first { $0.token.kind == .convention }
            throw token?.error("another convention, or sym with it: \(reason)")
                ?? RecipeError(token: "asym", position: 1, expected: "sym: \(reason)")
        }
        if next.scaleType == .doubleQuantized {
            // A convention that another format hid gives way.
            guard tokens.contains(where: { $0.token.kind == .scale || $0.token.kind == .convention }) else {
                return next.following(nil)
            }
            let reason = "toolkits' rules know no double quantization"
            if let token = tokens.first(where: { $0.token.kind == .scale }) {
                throw token.error("another scale type with convention:\(convention.rawValue): \(reason)")
            }
            let token = tokens.first { $0.token.kind == .convention }
            throw token?.error("no convention with scale:dq: \(reason)")
                ?? RecipeError(token: "scale:dq", position: 1, expected: reason)
        }
        return next
    }

    /// A token and the position of its first character, from 1.
    private struct PlacedToken {
        let token: RecipeToken
        let text: String
        let position: Int

        func error(_ expected: String) -> RecipeError {
            RecipeError(token: text, position: position, expected: expected)
        }
    }

    /// Words that a recipe may hold, one of every kind and calibrator, to complete and to offer.
    public static var exampleWords: [String] { RecipeToken.examples }

    private static func parsed(_ text: String) throws(RecipeError) -> [PlacedToken] {
        var seen: [RecipeToken.Kind: String] = [:]
        var result: [PlacedToken] = []
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
            result.append(PlacedToken(token: parsed, text: token, position: position))
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
    enum Kind: String { case format, mapping, granularity, clipping, rounding, range, scale, convention }

    case format(any NumberFormat)
    case mapping(Mapping)
    case granularity(Granularity)
    case clipping(Clipping)
    case rounding(Rounding)
    case range(RangeMode)
    case scale(ScaleType)
    case convention(Convention?)

    var kind: Kind {
        switch self {
        case .format: .format
        case .mapping: .mapping
        case .granularity: .granularity
        case .clipping: .clipping
        case .rounding: .rounding
        case .range: .range
        case .scale: .scale
        case .convention: .convention
        }
    }

    func apply(to recipe: inout Recipe) {
        switch self {
        case .format(let format): recipe.format = format
        case .mapping(let mapping): recipe.mapping = mapping
        case .granularity(let granularity): recipe.granularity = granularity
        case .clipping(let clipping): recipe.clipping = clipping
        case .rounding(let rounding): recipe.rounding = rounding
        case .range(let mode): recipe.rangeMode = mode
        case .scale(let type): recipe.scaleType = type
        case .convention(let convention): recipe = recipe.following(convention)
        }
    }

    /// Why the word says nothing about a format; nil where it does.
    func reasonWithoutMeaning(for format: any NumberFormat) -> String? {
        let traits = format.traits, name = format.name
        switch self {
        case .format: return nil
        case .mapping:
            return traits.hasMapping ? nil : "no mapping with \(name): sym, symfull and asym are for int formats"
        case .granularity(let granularity):
            guard case .fixed(let own, let words) = traits.granularity else { return nil }
            // A name for what the format does anyway.
            return granularity == own && own == .tensor ? nil : "no granularity with \(name): \(words)"
        case .clipping(let clipping):
            switch traits.clipping {
            case .all: return nil
            case .anyLevels:
                let others = CalibratorCatalog.entries.filter { !$0.assumesEqualSteps }.map { $0.name }
                return clipping.entry.assumesEqualSteps
                    ? "one of \(others.joined(separator: ", ")) with \(name): clip:\(clipping.name) is derived for equal steps"
                    : nil
            case .none(let rule): return clipping == .minmax ? nil : "no clip: with \(name): \(rule)"
            }
        case .rounding(let rounding):
            return traits.hasRounding || rounding == .even
                ? nil : "no round: with \(name): values go to the nearest level"
        case .range(let mode):
            return traits.hasRangeMode || mode == .own ? nil : "no range: with \(name): it has no range to choose ahead"
        case .scale(let type):
            if traits.scaleTypes.contains(type) { return nil }
            return "no scale: with \(name): \(traits.noScale)"
        case .convention(let convention):
            return traits.hasConvention || convention == nil
                ? nil : "no convention: with \(name): toolkits' rules are for int formats"
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
        case ("range", let rest?): self = .range(try Self.range(rest))
        case ("convention", let rest?):
            guard let convention = Convention(rawValue: rest) else {
                guard rest == "none" else {
                    let names = Convention.allCases.map { $0.rawValue }.joined(separator: ", ")
                    throw FormatError(expected: "convention:\(names) or none")
                }
                self = .convention(nil)
                return
            }
            self = .convention(convention)
        case ("scale", let rest?):
            guard let type = ScaleType(rawValue: rest) else {
                let names = ScaleType.allCases.map { $0.rawValue }
                throw FormatError(expected: "scale:\(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")")
            }
            self = .scale(type)
        case ("tensor", _), ("channel", _), ("channels", _), ("group", _), ("block", _):
            self = .granularity(try Self.granularity(parts[0], rest))
        default:
            if let format = try FormatCatalog.format(token) {
                self = .format(format)
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
            + Rounding.usual.map { "round:\($0)" } + RangeMode.usual.map { "range:\($0)" }
            + ScaleType.allCases.map { "scale:" + $0.rawValue }
            + Convention.allCases.map { "convention:" + $0.rawValue }
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

    private static func range(_ text: String) throws(FormatError) -> RangeMode {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        switch (parts[0], parts.count) {
        case ("self", 1): return .own
        case ("dynamic", 1): return .dynamic
        case ("static", 2):
            if let entries = wholeNumber(parts[1]), entries > 0 { return .fixed(entries: entries) }
        case ("ema", 3):
            if let entries = wholeNumber(parts[1]), entries > 0, let weight = Double(parts[2]), weight > 0, weight <= 1,
                !parts[2].lowercased().contains("x")
            {
                return .average(entries: entries, weight: weight)
            }
        default: break
        }
        throw FormatError(expected: "range:self, static:K, ema:K:M (M above 0 and up to 1) or dynamic")
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
