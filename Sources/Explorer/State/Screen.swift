/// What the window is used for. Screens share the list of tensors, the recipe and the status line.
public enum Screen: Int, CaseIterable, Sendable {
    /// The number is the key.
    case tensor = 1
    case channels = 2
    case compare = 4
    case model = 5
    case lab = 6

    /// What `Tab` goes through.
    public var panels: [PanelID] {
        switch self {
        case .tensor:
            [
                .tensors, .distribution, .transfer, .objective, .format, .timeline, .errors, .codes, .statistics,
                .recipe,
                .metrics,
            ]
        case .channels: [.tensors, .strips, .heatMap, .recipe, .metrics]
        case .compare: [.tensors, .pins, .pairs, .recipe]
        case .model: [.ranking, .totals, .recipe]
        case .lab: [.experiments, .labCurves, .outcomes, .labLayer, .regions]
        }
    }

    /// What has the focus at first.
    var firstPanel: PanelID {
        switch self {
        case .tensor: .recipe
        case .channels: .strips
        case .compare: .pins
        case .model: .ranking
        case .lab: .experiments
        }
    }
}

extension PanelID {
    /// The first screen that has the panel.
    public var screen: Screen { Screen.allCases.first { $0.panels.contains(self) } ?? .tensor }
}
