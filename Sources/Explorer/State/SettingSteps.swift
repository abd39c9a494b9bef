import Quantization
import Tensors

/// Steps a setting through its usual values.
enum SettingSteps {
    struct Refusal: Error { let reason: String }

    /// The recipe after a step forward or back, around the ends; from a value that is not a usual one the first or the last.
    ///
    /// - Parameter usual: values from the configuration, which replace the built-in ones.
    static func step(
        _ setting: Setting, forward: Bool, recipe: Recipe, shape: Shape, currentRange: ClipRange?,
        usual: [Setting: [String]] = [:]
    ) -> Result<Recipe, Refusal> {
        if let reason = setting.reasonWithoutMeaning(in: recipe) { return .failure(Refusal(reason: reason)) }
        var values = usual[setting] ?? Self.usual(setting, recipe: recipe, shape: shape)
        // The limits in use, as manual ones, to move from there.
        if setting == .clipping, let range = currentRange {
            values.append(Clipping.manual(range.shortest.low, range.shortest.high).description)
        }
        let recipes = values.compactMap { value -> Recipe? in
            guard let next = try? recipe.changed(by: setting.word(for: value, in: recipe)),
                (try? next.layout(of: shape)) != nil
            else { return nil }
            return next
        }
        guard recipes.count > 1 || recipes.first.map({ $0 != recipe }) == true else {
            return .failure(Refusal(reason: reason(setting, recipe, shape)))
        }
        let current = setting.identity(in: recipe)
        guard let position = recipes.firstIndex(where: { setting.identity(in: $0) == current }) else {
            return .success(forward ? recipes[0] : recipes[recipes.count - 1])
        }
        return .success(recipes[(position + (forward ? 1 : recipes.count - 1)) % recipes.count])
    }

    /// What makes sense for a shape, as the panel writes it.
    static func usual(_ setting: Setting, recipe: Recipe, shape: Shape) -> [String] {
        switch setting {
        case .format:
            // Each family once: the one in use as it is, the others at their first usual value.
            FormatCatalog.families.compactMap { $0.token(like: recipe.format, rowLength: shape.extents.last ?? 1) }
        case .bits: FormatCatalog.family(of: recipe.format).usual
        case .mapping: Mapping.allCases.map { $0.rawValue }
        case .granularity: granularities(of: shape).map { $0.description }
        case .clipping:
            CalibratorCatalog.entries.flatMap { entry in
                entry.usual.compactMap { Clipping(name: entry.name, numbers: $0)?.description }
            }
        case .rounding: Rounding.usual.map { $0.description }
        case .range:
            // The mode in use as it is, whatever its numbers.
            rangeModes(of: shape).map { $0.isLike(recipe.rangeMode) ? recipe.rangeMode : $0 }.map { $0.description }
        case .scale: ScaleType.allCases.map { $0.rawValue }
        case .convention: ["none"] + Convention.allCases.map { $0.rawValue }
        }
    }

    /// Static ranges from the first quarter of the entries, four at most, leave others to apply them to.
    static func rangeModes(of shape: Shape) -> [RangeMode] {
        let entries = max(1, min(4, (shape.extents.first ?? 0) / 4))
        return RangeMode.usual.map { mode in
            switch mode {
            case .own, .dynamic: mode
            case .fixed: .fixed(entries: entries)
            case .average(_, let weight): .average(entries: entries, weight: weight)
            }
        }
    }

    /// Why a setting cannot be stepped.
    private static func reason(_ setting: Setting, _ recipe: Recipe, _ shape: Shape) -> String {
        guard setting == .range else { return Words.onlyValue(of: setting) }
        do throws(RangeModeError) {
            try RangeMode.dynamic.check(shape, recipe.granularity)
            return Words.onlyValue(of: setting)
        } catch {
            return error.description
        }
    }

    /// Axes with more than one index, groups shorter than a row, tiles of matrices.
    static func granularities(of shape: Shape) -> [Granularity] {
        var all: [Granularity] = [.tensor]
        if shape.rank >= 2 {
            for axis in 0..<shape.rank where shape.extents[axis] > 1 { all.append(.channel(axis: axis)) }
            if shape.extents[0] > 4 { all.append(.channels(count: 4, axis: 0)) }
        }
        let row = shape.rank > 1 ? shape.count / max(1, shape.extents[0]) : shape.count
        for size in [16, 32, 64, 128, 256] where size < row { all.append(.group(size: size)) }
        if shape.rank >= 2, shape.extents[0] > 1, row > 1 { all.append(.block(rows: 16, columns: 16)) }
        return all
    }
}
