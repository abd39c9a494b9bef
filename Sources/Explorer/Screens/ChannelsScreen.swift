import Quantization

extension ScreenID {
    public static let channels = ScreenID(number: 2)
}

/// Every range or channel of the tensor, and a picture over two axes.
struct ChannelsScreen: Screen {
    let id = ScreenID.channels
    var tenKeys: [(keys: String, does: String)] { Words.channelsKeys }
    var title: String { Words.channelsScreen }
    var shortTitle: String { Words.channelsScreenShort }
    var help: String { Words.channelsScreenHelp }
    let panels: [PanelID] = [.tensors, .strips, .heatMap, .recipe, .metrics]
    let firstPanel = PanelID.strips
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .usual, .undo: .usual, .redo: .usual, .pin: .usual, .copy: .usual, .mark: .usual, .filter: .usual,
        .match: .usual,
        .order: .own { _, state in state.stepStripOrder() },
        .range: .own { action, state in
            guard case .rangeStepped(let forward) = action else { return [] }
            return state.moveStrip(by: forward ? 1 : -1)
        },
        .coverage: .own { _, state in state.focus == .heatMap ? state.stepAxes() : state.stepStripKind() },
        .counts: .own { _, state in
            let all = HeatMap.Layer.allCases
            state.channels.layer = all[(state.channels.layer.rawValue + 1) % all.count]
            return []
        },
        .axisZoom: .own { action, state in
            guard case .axisZoomed(let inward, _) = action else { return [] }
            return state.zoomPicture(inward: inward)
        },
        .wholeAxis: .own { _, state in state.showPart(nil) },
        .axisScale: .own { _, state in
            let all = HeatMap.Measure.allCases
            state.channels.measure = all[(state.channels.measure.rawValue + 1) % all.count]
            return []
        },
    ]

    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement {
        .besideRecipe(
            .stacked(.panel(.strips), over: .panel(.heatMap), height: max(9, room.height * 2 / 5)),
            below: [.rest(.panel(.metrics))], state, room)
    }

    func questions(_ state: ExplorerState) -> [any Question] { [StripsQuestion(kind: state.stripKind)] }

    let hasFormula = true
    func formula(_ state: ExplorerState) -> [String] { StripsModel.summary(state) }
}

extension Words {
    static let channelsScreen = "Channels"
    static let channelsScreenShort = "Chan"
    static let channelsScreenHelp = "Channels: every range or channel of the tensor, and a picture over two axes"
}

extension Words {
    static let channelsKeys: [(keys: String, does: String)] = [
        ("j k", "to the next channel; Enter opens its range"),
        ("x", "another order: error, outliers, range, unused levels"),
        ("a", "channels of another axis, or ranges of the recipe"),
        ("Tab", "to the picture over two axes"),
        ("+ - 0", "zoom the picture around the cell, down to single elements; 0 is all of it"),
        ("v", "values, what they become, or the error"),
        ("V", "mean or largest magnitude of a pixel"),
        ("b s c", "the recipe, here too"),
        ("/ n N", "find a tensor, go to the next one"),
        ("i", "explain what has the focus"),
    ]
}
