/// The first minute: what to try next, by what was done.
enum Guidance: Int, Comparable, Sendable {
    /// What the program is, and that there are tensors to choose.
    case welcome
    /// That letters change the recipe.
    case recipe
    /// That a recipe can be pinned, and what other screens are for.
    case pin
    /// Nothing more is said.
    case done

    static func < (a: Guidance, b: Guidance) -> Bool { a.rawValue < b.rawValue }

    /// From the longest on.
    var texts: [String] {
        switch self {
        case .welcome: Words.guideWelcome
        case .recipe: Words.guideRecipe
        case .pin: Words.guidePin
        case .done: []
        }
    }

    /// What is told next: never less than before.
    func after(_ action: Action) -> Guidance {
        let taught: Guidance =
            switch action {
            case .moved, .matchStepped, .pointed(.tensors, .row): .recipe
            case .settingStepped: .pin
            case .pinSwitched, .screenChosen, .helpSwitched, .fileOpened, .promptOpened: .done
            default: self
            }
        return max(self, taught)
    }
}

extension Words {
    static let guideWelcome = [
        "qlens shows what quantization does to numbers: ↑ ↓ choose a tensor, b gives it fewer or more bits, ? lists the keys",
        "qlens shows what quantization does: ↑ ↓ a tensor, b fewer or more bits, ? keys",
    ]
    static let guideRecipe = [
        "b bits, s what shares a scale, c where to clip: each letter steps its setting, its capital steps back; i explains",
        "b bits, s what shares a scale, c where to clip; capitals step back; i explains",
    ]
    static let guidePin = [
        "p pins this recipe and shows every change against it; 2 looks at channels, 5 at a whole model, 6 at experiments",
        "p pins this recipe for comparison; 2 channels, 5 whole model, 6 experiments",
    ]
}
