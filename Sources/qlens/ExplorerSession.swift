import Curses
import Explorer
import Quantization
import TensorFiles
import TerminalUI

/// The loop that joins terminal, state and worker.
struct ExplorerSession {
    let terminal: Terminal
    var state: ExplorerState
    var keyMap = KeyMap()
    let painter: ScreenPainter
    let worker: Worker
    let mailbox: Mailbox

    init(terminal: Terminal, state: ExplorerState, glyphs: Glyphs, threads: Int) {
        self.terminal = terminal
        self.state = state
        painter = ScreenPainter(theme: Theme(terminal.tier), glyphs: glyphs)
        let mailbox = Mailbox { [waker = terminal.waker] in waker.wake() }
        self.mailbox = mailbox
        worker = Worker(threads: threads) { mailbox.post($0) }
    }

    /// Runs until the user quits. A signal ends the program.
    mutating func run() {
        resize(rows: terminal.rows, columns: terminal.columns)
        perform(.started)
        terminal.show(painter.paint(state))
        while !state.shouldQuit {
            for event in terminal.wait() {
                switch event {
                case .key(let key):
                    if let action = keyMap.action(for: key, in: state) { perform(action) }
                case .resized(let rows, let columns): resize(rows: rows, columns: columns)
                case .terminated(let signal):
                    worker.stop()
                    terminal.die(of: signal)
                case .woken: for result in mailbox.takeAll() { perform(.resultArrived(result)) }
                }
            }
            if !state.shouldQuit { terminal.show(painter.paint(state)) }
        }
        worker.stop()
        terminal.restore()
    }

    private mutating func perform(_ action: Action) {
        for request in state.reduce(action) { worker.submit(request) }
        adaptPlot()
    }

    private mutating func resize(rows: Int, columns: Int) {
        let layout = Layout(rows: rows, columns: columns, focus: state.focus, isZoomed: state.isZoomed)
        perform(
            .resized(
                rows: rows, columns: columns, plotColumns: layout.plotColumns, pageLength: layout.body.height - 2))
    }

    /// The histogram has a bin a column: a change of the layout asks for other bins.
    private mutating func adaptPlot() {
        let layout = Layout(rows: state.rows, columns: state.columns, focus: state.focus, isZoomed: state.isZoomed)
        guard !layout.isTooSmall, layout.distribution != nil, layout.plotColumns != state.plotColumns else { return }
        let resized = Action.resized(
            rows: state.rows, columns: state.columns, plotColumns: layout.plotColumns, pageLength: state.pageLength)
        for request in state.reduce(resized) { worker.submit(request) }
    }
}
