/// The settings of the recipe.
public struct RecipeModel: Sendable {
    public struct Row: Sendable {
        public let letter: Character
        public let name: String
        public let value: String
        public let isSelected: Bool
        /// It means nothing under the recipe.
        public let isDim: Bool
    }

    public let rows: [Row]
    /// Of the selected one.
    public let explanation: String
    /// With how it stands among those that were tried, from the longest on.
    public let titles: [String]

    init(_ state: ExplorerState) {
        rows = Setting.allCases.map {
            Row(
                letter: $0.letter, name: $0.name, value: $0.shownValue(in: state.recipe),
                isSelected: $0 == state.settingCursor, isDim: $0.reasonWithoutMeaning(in: state.recipe) != nil)
        }
        // It is a tensor's: beside a whole checkpoint it would be taken for the file's.
        let standing = state.screen == .tensor ? state.standing : []
        titles = standing.map { Words.recipe + " ── " + $0 } + [Words.recipe]
        explanation =
            state.settingCursor.reasonWithoutMeaning(in: state.recipe)
            ?? (state.settingCursor == .bits && state.wantsFormatPanel
                ? Words.membersOfFamily : Words.explanation(of: state.settingCursor))
    }
}
