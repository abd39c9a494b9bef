/// The first minute: what to try next, by what was done.
enum Guidance: Int, Comparable, Sendable {
    /// What the program is, and that there are tensors to choose.
    case welcome
    /// That letters change the recipe.
    case recipe
    /// That a recipe can be pinned, and what other screens are for.
    case pin

    static func < (a: Guidance, b: Guidance) -> Bool { a.rawValue < b.rawValue }

    /// From the longest on.
    var texts: [String] { [Words.guidance[rawValue], Words.guidanceShort[rawValue]] }

    /// What an action teaches, so that the next hint can follow; nil where it changes nothing.
    static func after(_ action: Action, _ before: Guidance) -> Guidance?? {
        switch action {
        case .matchStepped, .pointed(.tensors, .row): .some(max(before, .recipe))
        case .moved where before == .welcome: .some(.recipe)
        case .settingStepped: .some(.pin)
        case .pinSwitched, .screenChosen, .helpSwitched, .fileOpened, .promptOpened: .some(nil)
        default: nil
        }
    }
}

extension Words {
    static let guidance = [
        "qlens shows what quantization does to numbers: ↑ ↓ choose a tensor, b gives it fewer or more bits, ? lists the keys",
        "b bits, s what shares a scale, c where to clip: each letter steps its setting, its capital steps back; i explains",
        "p pins this recipe and shows every change against it; 2 looks at channels, 5 at a whole model, 6 at experiments",
    ]
    static let guidanceShort = [
        "qlens shows what quantization does: ↑ ↓ a tensor, b fewer or more bits, ? keys",
        "b bits, s what shares a scale, c where to clip; capitals step back; i explains",
        "p pins this recipe for comparison; 2 channels, 5 whole model, 6 experiments",
    ]
}
