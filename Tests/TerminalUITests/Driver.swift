import Explorer
import Lab
import Quantization
import TensorFiles
import Tensors

@testable import TerminalUI

/// The explorer without terminal and threads: keys in, canvas out.
struct Driver {
    private(set) var state: ExplorerState
    private let worker = OfflineWorker()
    private var keyMap = KeyMap()
    private var pointerMap = PointerMap()
    private(set) var rows: Int
    private(set) var columns: Int
    var glyphs = Glyphs.braille

    init(
        rows: Int, columns: Int, tensor: String? = "gauss", recipe: String = "int4 sym tensor", file: TensorFile? = nil
    ) throws {
        state = ExplorerState(
            file: try file ?? SampleCatalog.open(), tensorName: tensor, recipe: try Recipe(recipe),
            pageLength: PageLength.lines)
        (self.rows, self.columns) = (rows, columns)
        perform(.resized(rows: rows, columns: columns))
        perform(.started)
    }

    var layout: Layout { state.layout }

    var canvas: Canvas {
        ScreenPainter(theme: Theme(.palette, state.appearance.theme), glyphs: glyphs).paint(state)
    }

    mutating func perform(_ action: Action, settles: Bool = true) {
        answer(state.reduce(action), settles: settles)
    }

    mutating func key(_ key: Key, settles: Bool = true) {
        if let action = keyMap.action(for: key, in: state) { perform(action, settles: settles) }
    }

    mutating func key(_ character: Character) { key(.character(character)) }

    mutating func pointer(_ kind: PointerEvent.Kind, _ row: Int, _ column: Int, settles: Bool = true) {
        for action in pointerMap.actions(for: PointerEvent(kind, row: row, column: column), in: state) {
            perform(action, settles: settles)
        }
    }

    mutating func resize(rows: Int, columns: Int, settles: Bool = true) {
        (self.rows, self.columns) = (rows, columns)
        perform(.resized(rows: rows, columns: columns), settles: settles)
    }

    /// Asks for what was left undone.
    mutating func settle() {
        // Esc leaves work undone on purpose: it begins anew.
        let isStopped = state.evaluation == nil && state.problem == nil
        if !state.isIdle || isStopped { perform(.started) }
    }

    private mutating func answer(_ requests: [Request], settles: Bool) {
        guard settles else { return }
        for request in requests {
            // An experiment takes longer than a key may: a run that was made before stands for it.
            if case .lab(.run(let request)) = request, let report = try? LabReport.sample() {
                answer(state.reduce(.labReported(number: request.number, report)), settles: true)
                continue
            }
            for action in worker.answers(to: request) { answer(state.reduce(action), settles: true) }
        }
    }
}
