import Explorer
import Foundation
import Quantization
import TensorFiles
import TerminalUI

// Times what a frame takes from the state to the cells, on every screen: `swift run -c release PaintBench [FILE [TENSOR]]`, else on the
// samples. Milliseconds at three sizes, the median of 101 frames each, after the median of what the key's own part takes, the reducer.
let arguments = CommandLine.arguments
let file = try arguments.count > 1 ? FileFormatCatalog.open(path: arguments[1]) : SampleCatalog.open()
let clock = ContinuousClock()

@MainActor func median(_ body: () -> Void) -> Double {
    let times = (0..<101).map { _ in clock.measure(body) / .milliseconds(1) }
    return times.sorted()[50]
}

let worker = OfflineWorker(threads: 2)
var state = ExplorerState(
    file: file, tensorName: arguments.count > 2 ? arguments[2] : arguments.count > 1 ? nil : SampleCatalog.telling,
    recipe: try Recipe("int4 sym channel:0"))

@MainActor func perform(_ action: Action) {
    for request in state.reduce(action) { for answer in worker.answers(to: request) { perform(answer) } }
}

perform(.started)
let painter = ScreenPainter(theme: Theme(.direct, .dark), glyphs: Glyphs(.braille, isUnicode: true))
print("screen\treduce\t80x24\t120x36\t200x60")
for screen in ScreenCatalog.ids {
    perform(.screenChosen(screen))
    var line = [screen.title]
    for (rows, columns) in [(24, 80), (36, 120), (60, 200)] {
        perform(.resized(rows: rows, columns: columns))
        if line.count == 1 {
            let state = state
            line.append(
                median {
                    var next = state; _ = next.reduce(.moved(.down))
                }.description)
        }
        line.append(median { _ = painter.paint(state) }.description)
    }
    print(line.enumerated().map { $0 == 0 ? $1 : String($1.prefix(5)) }.joined(separator: "\t"))
}
