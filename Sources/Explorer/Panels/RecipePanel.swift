import Tensors

extension PanelID {
    public static let recipe = PanelID("recipe")
}

/// The settings of the recipe, each with its letter.
struct RecipePanel: Panel {
    let id = PanelID.recipe
    var title: String { Words.recipe }
    var plainly: String { Words.recipePlainly }
    var explanation: String { Words.recipeExplanation }

    func content(_ state: ExplorerState) -> RecipeModel { RecipeModel(state) }

    func topic(_ state: ExplorerState) -> ExplanationTopic { .setting(state.settingCursor) }

    func move(_ motion: Action.Motion, _ state: inout ExplorerState) -> [Request] {
        if motion == .left || motion == .right {
            return state.stepSetting(state.settingCursor, forward: motion == .right)
        }
        let count = Setting.allCases.count
        let next = state.settingCursor.rawValue + state.offset(of: motion, length: count)
        state.settingCursor = Setting(rawValue: max(0, min(count - 1, next))) ?? state.settingCursor
        return []
    }

    func enter(_ state: inout ExplorerState) -> [Request] {
        if let reason = state.settingCursor.reasonWithoutMeaning(in: state.recipe) {
            state.say(reason)
            return []
        }
        state.overlay = .picker(Picker(state.settingCursor, recipe: state.recipe, shape: state.tensor.shape))
        return []
    }

    func point(at target: PanelTarget, _ state: inout ExplorerState) -> [Request] {
        guard case .row(let row) = target, let setting = Setting(rawValue: row) else { return state.point(to: id) }
        return state.point(to: setting)
    }

    func wheel(isUp: Bool, at target: PanelTarget) -> [Action] {
        guard case .row(let row) = target, let setting = Setting(rawValue: row) else { return [] }
        return [.settingStepped(setting, forward: !isUp)]
    }
}

extension Words {
    static let recipe = "Recipe"
    static let recipePlainly =
        "The settings that say how numbers become small codes and back: how many codes, which values they stand for, and which numbers share a scale."
    static let recipeExplanation =
        "The settings of the quantizer; each has its letter."
}
