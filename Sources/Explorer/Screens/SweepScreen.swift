import Quantization
import TensorFiles
import Tensors

extension ScreenID {
    public static let sweep = ScreenID(number: 3)
}

/// Many recipes on the open tensor: what their bits buy.
struct SweepScreen: Screen {
    let id = ScreenID.sweep
    var tenKeys: [(keys: String, does: String)] { Words.sweepKeys }
    var title: String { Words.sweepScreen }
    var help: String { Words.sweepScreenHelp }
    let panels: [PanelID] = [.tensors, .sweepPlot, .sweepTable, .recipe, .sweepGrid]
    let firstPanel = PanelID.sweepPlot
    let filterPanel = PanelID.sweepTable
    let memory: (any ScreenMemory.Type)? = SweepState.self
    let actions: [ScreenAction: ScreenAnswer] = [
        .step: .usual, .undo: .usual, .redo: .usual, .filter: .usual, .mark: .usual,
        .pin: .own { _, state in state.pinSwept() },
        .copy: .own { _, state in state.stepSweepQuality() },
        .order: .own { _, state in
            state.sweep.isReversed.toggle()
            return []
        },
        .match: .own { action, state in
            guard case .matchStepped(let forward) = action else { return [] }
            return state.moveOnFrontier(forward: forward)
        },
    ]

    let meanings: [ScreenAction: String] = [
        .pin: Words.sweepPinKey, .copy: Words.sweepCopyKey, .order: Words.sweepOrderKey, .match: Words.sweepMatchKey,
        .filter: Words.sweepFilterKey,
    ]

    func filter(_ state: ExplorerState) -> LineEditor { state.sweep.filter }

    /// What the cursor is on stays in sight.
    func setFilter(_ editor: LineEditor, _ state: inout ExplorerState) -> [Request] {
        state.sweep.filter = editor
        let rows = state.sweptTable, here = state.sweepCursor
        if let first = rows.first, !rows.contains(where: { $0.point.name == here }) {
            state.sweep.cursor = first.point.recipe
        }
        return []
    }

    func arrangement(_ state: ExplorerState, _ room: Room) -> Arrangement {
        .besideRecipe(
            .stacked(.panel(.sweepPlot), over: .panel(.sweepTable), height: max(9, room.height * 2 / 5)),
            below: [.rest(.panel(.sweepGrid))], state, room)
    }

    func questions(_ state: ExplorerState) -> [any Question] {
        let pins: [any Question] =
            state.comparison.pins.isEmpty ? [] : [PinsQuestion(recipes: state.comparison.pins)]
        return pins + [SweepQuestion(grid: state.sweep.grid)]
    }

    func now(_ state: ExplorerState) -> [String] { Array(QualityPlotModel.sweep(state).readout.prefix(1)) }

    func commandLine(_ state: ExplorerState) -> String? {
        let grid = state.sweep.grid
        return state.commandLine(
            "sweep",
            [("formats", grid.formats), ("clips", grid.clips), ("granularities", grid.granularities)].map {
                ($0.0, $0.1.joined(separator: ","))
            })
    }
}

extension Words {
    static let sweepPinKey = "pin the recipe under the cursor"
    static let sweepCopyKey = "the next metric"
    static let sweepOrderKey = "turn the order round"
    static let sweepMatchKey = "along the frontier"
    static let sweepFilterKey = "recipes by words and numbers"
    static let sweepScreen = "Sweep"
    static let sweepScreenHelp = "Sweep: many recipes on the tensor, bits against quality (y steps the metric)"
}

extension Words {
    static let sweepKeys: [(keys: String, does: String)] = [
        ("h l", "to the next recipe; Enter takes it"),
        ("j k", "in the table: the next row"),
        ("Tab", "from the plot to the table and to what is swept"),
        ("Space", "stop, or go on"),
        ("p", "pin the present recipe: it has its number in the plot"),
        ("y", "copy the recipe at the cursor"),
        ("/", "filter the rows"),
        ("u", "undo a taken recipe"),
        ("z", "the panel in the whole window"),
        ("i", "explain what has the focus"),
    ]
}
