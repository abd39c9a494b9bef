extension ScreenID {
    public static let tensor = ScreenID(number: 1)
}

/// One tensor, one range, closely.
struct TensorScreen: Screen {
    let id = ScreenID.tensor
    var tenKeys: [(keys: String, does: String)] { Words.tensorKeys }
    var title: String { Words.tensorScreen }
    var help: String { Words.tensorScreenHelp }
    let panels: [PanelID] = [
        .tensors, .distribution, .transfer, .objective, .format, .timeline, .errors, .codes, .statistics, .recipe,
        .tried, .metrics,
    ]
    let firstPanel = PanelID.recipe
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .usual, .undo: .usual, .redo: .usual, .pin: .usual, .copy: .usual, .filter: .usual, .match: .usual,
        .order: .usual, .mark: .usual,
        .range: .usual, .coverage: .usual, .counts: .usual, .axisScale: .usual, .axisZoom: .usual, .wholeAxis: .usual,
        .axisLock: .usual, .clip: .usual,
    ]

    /// The distribution above, smaller plots below it side by side.
    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement {
        // All of them, under their headings and large figures.
        let metrics = MetricRow.count(hasOutputs: state.hasOutputs) + MetricGroup.allCases.count + 5 + 2
        let spare = room.height - room.recipeHeight - metrics, hasTried = spare >= 9, hasStatistics = spare >= 21
        let plots = plots(state) + (hasTried ? [] : [.tried]) + (hasStatistics ? [] : [.statistics]) + id.guests
        let height = max(10, min(26, room.height * 2 / 5))
        return .besideRecipe(
            .rows([
                .rest(least: 24 - min(10, height), .panel(.distribution)), .optional(height, .shelf(plots, each: 30)),
            ]),
            below: hasStatistics
                ? [
                    .fixed(13, .panel(.tried)), .fixed(metrics, .panel(.metrics)), .rest(.panel(.statistics)),
                ] : (hasTried ? [.fixed(spare, .panel(.tried))] : []) + [.rest(.panel(.metrics))],
            state, room)
    }

    /// The smaller plots, those that tell most of the recipe first.
    private func plots(_ state: ExplorerState) -> [PanelID] {
        var plots: [PanelID]
        if !state.wantsFormatPanel {
            plots = [.transfer, .objective, .errors, .codes, .format]
        } else if state.hasLimits {
            plots = [.format, .objective, .transfer, .errors, .codes]
        } else {
            plots = [.format, .transfer, .errors, .codes, .objective]
        }
        if state.hasEntryRanges {
            // Transfer and objective are swapped: the limit is what is chosen over entries.
            plots = state.wantsFormatPanel ? plots : [.objective, .transfer, .errors, .codes, .format]
            plots.insert(.timeline, at: 0)
        } else {
            plots.append(.timeline)
        }
        return plots
    }

    let hasFormula = true
    func formula(_ state: ExplorerState) -> [String] { FormulaText.lines(state) }
}

extension Words {
    static let tensorScreen = "Tensor"
    static let tensorScreenHelp = "Tensor: one tensor, one range, closely"
}

extension Words {
    static let tensorKeys: [(keys: String, does: String)] = [
        ("b B", "more or fewer bits; a letter steps its setting, the capital steps back"),
        ("s c m f", "what shares a scale, where to clip, sym or asym, the format"),
        ("Enter", "on a setting: everything that it can be"),
        ("p", "pin this recipe: every number then shows its change against it"),
        (", .", "one range, the worst first; a changes what the histogram is of"),
        ("h l", "in a plot: the cursor; k j zoom in and out; 0 shows all again"),
        ("{ } [ ]", "the clip limits by hand"),
        ("/ n N", "find a tensor, go to the next one"),
        ("Tab z", "to the next panel; the panel in the whole window"),
        ("i", "explain what has the focus, with today's numbers"),
    ]
}
