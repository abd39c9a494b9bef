public import Tensors

/// What a sweep varies: formats × clipping rules × granularities, as words of recipes.
public struct SweepGrid: Hashable, Sendable {
    /// Formats, such as `int4`, or families, such as `int`, which stand for their usual formats of at most eight bits; further words may
    /// follow, as in `int4 asym`.
    public var formats: [String]
    /// Clipping rules without `clip:`.
    public var clips: [String]
    public var granularities: [String]

    public init(
        formats: [String] = SweepGrid.usual.formats, clips: [String] = SweepGrid.usual.clips,
        granularities: [String] = SweepGrid.usual.granularities
    ) {
        (self.formats, self.clips, self.granularities) = (formats, clips, granularities)
    }

    /// What is swept where nothing else is said: what hardware and toolkits have, at a moment each.
    public static let usual = (
        formats: ["int", "fp", "mx", "nvfp4", "nf4"], clips: ["minmax", "mse"],
        granularities: ["tensor", "channel:0", "group:128"]
    )

    /// A recipe that a tensor cannot take.
    public struct Misfit: Sendable {
        public let recipe: String
        public let reason: String
    }

    /// The recipes of the grid on a tensor, each once, in the grid's order; and those that do not fit it, or would take no fewer bits than it
    /// does.
    ///
    /// Where a format has a clipping or blocks of its own, it takes part with these alone.
    public func recipes(for tensor: TensorView) throws(SweepError) -> (fitting: [Recipe], misfits: [Misfit]) {
        let recipes = try check().flatMap { variants(of: $0) }
        var seen: Set<Recipe> = [], fitting: [Recipe] = [], misfits: [Misfit] = []
        for recipe in recipes where seen.insert(recipe).inserted {
            if let reason = Self.misfit(recipe, tensor) {
                misfits.append(Misfit(recipe: recipe.description, reason: reason))
            } else {
                fitting.append(recipe)
            }
        }
        return (fitting, misfits)
    }

    /// A format with what it takes of the grid.
    private func variants(of format: Recipe) -> [Recipe] {
        var granularities: [String?] = granularities, clips: [String?] = clips
        if case .fixed = format.format.traits.granularity { granularities = [nil] }
        if case .none = format.format.traits.clipping { clips = [nil] }
        return granularities.flatMap { granularity in
            clips.compactMap { clip in
                let words = [granularity, clip.map { "clip:" + $0 }].compactMap { $0 }.joined(separator: " ")
                // A clipping rule that assumes equal steps says nothing about other levels.
                return words.isEmpty ? format : try? format.changed(by: words)
            }
        }
    }

    /// Why a recipe is nothing for a tensor; nil where it is something.
    private static func misfit(_ recipe: Recipe, _ tensor: TensorView) -> String? {
        do throws(ShapeMismatch) {
            let layout = try recipe.layout(of: tensor)
            let bits = recipe.storedSize(layout, shape: tensor.shape, sourceBytes: 0).bitsPerWeight
            let source = tensor.count > 0 ? 8 * Double(tensor.byteCount) / Double(tensor.count) : 0
            return bits < source ? nil : larger(bits, source)
        } catch {
            return error.description
        }
    }

    private static func larger(_ bits: Double, _ source: Double) -> String {
        let numbers = [bits, source].map { ShortestNumber.text(($0 * 100).rounded() / 100) }
        return "takes \(numbers[0]) bits a weight, the tensor \(numbers[1])"
    }

    /// The formats, families by their members, where all words are such as recipes have.
    @discardableResult
    public func check() throws(SweepError) -> [Recipe] {
        var recipes: [Recipe] = []
        for item in formats { recipes += try Self.expanded(item) }
        for word in clips {
            do throws(FormatError) {
                _ = try RecipeToken("clip:" + word)
            } catch {
                throw SweepError(axis: "clips", word: word, expected: error.expected)
            }
        }
        for word in granularities {
            if case .granularity? = try? RecipeToken(word) { continue }
            let usual = ["tensor", "channel:0", "group:128", "group:64@0", "channels:4@0", "block:16x16"]
            let nearest = NearestNames.nearest(to: word, in: usual).joined(separator: ", ")
            throw SweepError(axis: "granularities", word: word, expected: "a granularity, nearest are \(nearest)")
        }
        return recipes
    }

    private static let mostBits = 8

    /// The formats that an item stands for, with its further words.
    private static func expanded(_ item: String) throws(SweepError) -> [Recipe] {
        let words = item.split(separator: " ").map(String.init), rest = words.dropFirst()
        var names = [words.first ?? ""]
        if let family = FormatCatalog.families.first(where: { $0.name == words.first }), family.usual != names {
            names = family.usual.filter { (try? family.parse($0).get()).map { $0.bits <= mostBits } ?? false }
        }
        var recipes: [Recipe] = []
        for name in names {
            if FormatCatalog.families.allSatisfy({ !name.hasPrefix($0.prefix) }) {
                let known = FormatCatalog.usual + FormatCatalog.families.map { $0.name }
                let nearest = NearestNames.nearest(to: name, in: known).joined(separator: ", ")
                throw SweepError(axis: "formats", word: item, expected: "a format or a family, nearest are \(nearest)")
            }
            do throws(RecipeError) {
                recipes.append(try Recipe(([name] + rest).joined(separator: " ")))
            } catch {
                throw SweepError(axis: "formats", word: item, expected: error.expected)
            }
        }
        return recipes
    }
}

/// A word of a sweep that no recipe has.
public struct SweepError: Error, Equatable, CustomStringConvertible {
    /// `formats`, `clips` or `granularities`.
    public let axis: String
    public let word: String
    public let expected: String

    public var description: String { "\(axis): found \"\(word)\", expected \(expected)" }
}
