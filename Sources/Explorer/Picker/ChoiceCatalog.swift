import Quantization
import Tensors

/// One line of the picker: a word of the recipe, perhaps with numbers in it.
public struct Choice: Sendable {
    /// As in a recipe, with capital letters where numbers go: `channels:K@AXIS`.
    public let template: String
    /// Their names, in the order of the template.
    public let parameters: [String]
    /// What fields hold at first.
    let defaults: [String]
    /// What it is, in the survey's terms.
    public let words: String

    init(_ template: String, _ parameters: [String] = [], defaults: [String] = [], words: String) {
        self.template = template
        self.parameters = parameters
        self.defaults = defaults
        self.words = words
    }

    /// The template with numbers in it.
    func word(_ numbers: [String]) -> String {
        var rest = template[...], result = ""
        for (parameter, number) in zip(parameters, numbers) {
            guard let place = rest.firstRange(of: parameter) else { continue }
            result += rest[..<place.lowerBound] + number
            rest = rest[place.upperBound...]
        }
        return result + rest
    }

    /// The numbers of a word that follows the template; nil where it does not.
    func numbers(of word: String) -> [String]? {
        var template = self.template[...], word = word[...], numbers: [String] = []
        for parameter in parameters {
            guard let place = template.firstRange(of: parameter), word.hasPrefix(template[..<place.lowerBound]) else {
                return nil
            }
            word = word.dropFirst(template[..<place.lowerBound].count)
            template = template[place.upperBound...]
            let mark = template.first
            let end = mark.flatMap { word.firstIndex(of: $0) } ?? (mark == nil ? word.endIndex : nil)
            guard let end, word[..<end].allSatisfy({ $0.isNumber || "+-.e".contains($0) }) else { return nil }
            numbers.append(String(word[..<end]))
            word = word[end...]
        }
        return word == template ? numbers : nil
    }
}

extension Setting {
    /// Every word of the setting with what it means.
    public var catalogue: [(word: String, meaning: String)] {
        ChoiceCatalog.choices(of: self, shape: .scalar).map { (word: $0.template, meaning: $0.words) }
    }
}

/// The picker's lines, made from the catalogues.
enum ChoiceCatalog {
    static func choices(
        of setting: Setting, shape: Shape, format: any NumberFormat = Recipe.defaultFormat
    ) -> [Choice] {
        switch setting {
        case .format:
            FormatCatalog.families.flatMap { family in
                family.choices.map {
                    Choice(
                        $0.template, $0.parameters, defaults: $0.defaults,
                        words: $0.words.isEmpty ? "\(family.summary) (\(family.source))" : $0.words)
                }
            }
        case .bits:
            FormatCatalog.family(of: format).usual.map { Choice($0, words: Words.size(of: $0)) }
        case .mapping: Mapping.allCases.map { Choice($0.rawValue, words: Words.explanation(of: $0)) }
        case .granularity: granularities(shape)
        case .clipping:
            CalibratorCatalog.entries.map { entry in
                let names = entry.parameters.split(separator: ",").map(String.init)
                let usual = (entry.usual.first ?? []).map { "\($0)" }
                return Choice(
                    "clip:" + entry.name + (names.isEmpty ? "" : ":" + entry.parameters), names,
                    defaults: names.indices.map { $0 < usual.count ? Self.short(usual[$0]) : "" },
                    words: entry.summary)
            }
        case .rounding:
            Rounding.usual.map { rounding in
                let words = Words.explanation(of: rounding)
                if case .stochastic = rounding {
                    return Choice("round:stochastic:SEED", ["SEED"], defaults: ["1"], words: words)
                }
                return Choice("round:\(rounding)", words: words)
            }
        case .range:
            rangeModes(shape)
        case .scale: ScaleType.allCases.map { Choice("scale:" + $0.rawValue, words: Words.explanation(of: $0)) }
        case .convention:
            [Choice("convention:none", words: Words.noConvention)]
                + Convention.allCases.map { Choice("convention:" + $0.rawValue, words: Words.explanation(of: $0)) }
        }
    }

    private static func rangeModes(_ shape: Shape) -> [Choice] {
        let entries = String(SettingSteps.rangeModes(of: shape).map { $0.calibrationEntries }.max() ?? 1)
        let all: [(String, [String], [String])] = [
            ("range:self", [], []),
            ("range:static:K", ["K"], [entries]),
            ("range:ema:K:M", ["K", "M"], [entries, "0.1"]),
            ("range:dynamic", [], []),
        ]
        return all.map { template, names, defaults in
            Choice(template, names, defaults: defaults, words: Words.explanation(ofRange: template))
        }
    }

    private static func short(_ number: String) -> String {
        number.hasSuffix(".0") ? String(number.dropLast(2)) : number
    }

    private static func granularities(_ shape: Shape) -> [Choice] {
        let last = String(max(0, shape.rank - 1))
        let all: [(String, [String], [String])] = [
            ("tensor", [], []),
            ("channel:AXIS", ["AXIS"], ["0"]),
            ("channels:K@AXIS", ["K", "AXIS"], ["4", "0"]),
            ("group:G", ["G"], ["128"]),
            ("group:G@AXIS", ["G", "AXIS"], ["128", last]),
            ("block:RxC", ["R", "C"], ["16", "16"]),
        ]
        return all.map { template, names, defaults in
            Choice(template, names, defaults: defaults, words: Words.explanation(ofGranularity: template))
        }
    }
}
