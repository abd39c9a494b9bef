import Checkpoints
import Fixtures
import Quantization
import TensorFiles

@testable import Explorer

/// A state and a worker without threads.
struct ScreenSession {
    var state: ExplorerState
    let worker = OfflineWorker()

    init(
        _ name: String = "Llama/original.safetensors", _ tensor: String? = nil, recipe: String,
        activations: String? = nil
    ) throws {
        let file = try FileFormatCatalog.open(path: Fixture.path(name))
        state = ExplorerState(
            file: file, tensorName: tensor, recipe: try Recipe(recipe),
            activations: try activations.map { try Activations.open(path: Fixture.path($0)) })
        perform(.resized(rows: 40, columns: 160))
        perform(.started)
    }

    mutating func perform(_ action: Action) { answer(state.reduce(action)) }

    mutating func answer(_ requests: [Request]) {
        for request in requests { for action in worker.answers(to: request) { perform(action) } }
    }

    mutating func type(_ line: String) {
        perform(.promptOpened)
        perform(.edited(.insert(line)))
        perform(.entered)
    }
}
