import Quantization
import Tensors

/// The settings of a recipe, in the order of the panel. Each has one letter everywhere.
public enum Setting: Int, CaseIterable, Sendable {
    case format, bits, mapping, granularity, clipping, rounding, scale

    public var letter: Character {
        switch self {
        case .format: "f"
        case .bits: "b"
        case .mapping: "m"
        case .granularity: "s"
        case .clipping: "c"
        case .rounding: "r"
        case .scale: "w"
        }
    }

    public var name: String {
        switch self {
        case .format: "format"
        case .bits: "bits"
        case .mapping: "mapping"
        case .granularity: "granularity"
        case .clipping: "clipping"
        case .rounding: "rounding"
        case .scale: "scale type"
        }
    }

    func value(in recipe: Recipe) -> String {
        switch self {
        case .format: recipe.format.name
        case .bits: String(recipe.format.bits)
        case .mapping: recipe.mapping.rawValue
        case .granularity: recipe.granularity.description
        case .clipping: recipe.clipping.description
        case .rounding: recipe.rounding.description
        case .scale: recipe.scaleType.rawValue
        }
    }
}

/// Steps a setting through its usual values.
enum SettingSteps {
    /// The recipe after a step forward or back, or why there is none.
    static func step(
        _ setting: Setting, forward: Bool, recipe: Recipe, shape: Shape, currentRange: ClipRange?
    ) -> Result<Recipe, Refusal> {
        var next = recipe
        switch setting {
        case .format: return .failure(Refusal(reason: Words.onlyOneFamily))
        case .bits:
            let all = Array(IntegerFormat.possibleBits)
            guard let format = IntegerFormat(bits: stepped(recipe.format.bits, all, forward)) else {
                return .success(recipe)
            }
            next.format = format
        case .mapping: next.mapping = stepped(recipe.mapping, Mapping.allCases, forward)
        case .granularity: next.granularity = stepped(recipe.granularity, granularities(of: shape), forward)
        case .clipping: next.clipping = stepped(recipe.clipping, clippings(currentRange), forward)
        case .rounding: next.rounding = stepped(recipe.rounding, Rounding.usual, forward)
        case .scale: next.scaleType = stepped(recipe.scaleType, ScaleType.allCases, forward)
        }
        return .success(next)
    }

    struct Refusal: Error { let reason: String }

    /// The value after or before the current one, around the ends; the first where the current is none of them.
    private static func stepped<Value: Equatable>(_ current: Value, _ all: [Value], _ forward: Bool) -> Value {
        guard let position = all.firstIndex(of: current) else { return forward ? all[0] : all[all.count - 1] }
        return all[(position + (forward ? 1 : all.count - 1)) % all.count]
    }

    /// What makes sense for a shape: axes with more than one index, groups shorter than a row, tiles of matrices.
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

    /// The usual calibrators, and the current limits as manual ones.
    private static func clippings(_ current: ClipRange?) -> [Clipping] {
        var all = CalibratorCatalog.entries.flatMap { entry in
            entry.usual.compactMap { Clipping(name: entry.name, numbers: $0) }
        }
        if let current { all.append(.manual(Double(current.low), Double(current.high))) }
        return all
    }
}
