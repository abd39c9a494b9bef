extension ScreenID {
    public static let tensor = ScreenID(number: 1)
}

/// One tensor, one range, closely.
struct TensorScreen: Screen {
    let id = ScreenID.tensor
    var title: String { Words.tensorScreen }
    var help: String { Words.tensorScreenHelp }
    let panels: [PanelID] = [
        .tensors, .distribution, .transfer, .objective, .format, .timeline, .errors, .codes, .statistics, .recipe,
        .metrics,
    ]
    let firstPanel = PanelID.recipe
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .usual, .undo: .usual, .redo: .usual, .pin: .usual, .filter: .usual, .match: .usual, .order: .usual,
        .range: .usual, .coverage: .usual, .counts: .usual, .axisScale: .usual, .axisZoom: .usual, .wholeAxis: .usual,
        .clip: .usual,
    ]

    func formula(_ state: ExplorerState) -> [String] { FormulaText.lines(state) }
}

extension Words {
    static let tensorScreen = "Tensor"
    static let tensorScreenHelp = "Tensor: one tensor, one range, closely"
}
