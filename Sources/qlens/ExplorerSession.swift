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
        adapt(rows: terminal.rows, columns: terminal.columns)
        perform(.started)
        terminal.show(painter.paint(state))
        while !state.shouldQuit {
            for event in terminal.wait() {
                switch event {
                case .key(let key):
                    if let action = keyMap.action(for: key, in: state) { perform(action) }
                case .resized(let rows, let columns): adapt(rows: rows, columns: columns)
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

    /// Takes an action in; where it changes the layout, the state learns what became of its panels.
    private mutating func perform(_ action: Action) {
        for request in state.reduce(action) { worker.submit(request) }
        adapt(rows: state.rows, columns: state.columns)
    }

    private mutating func adapt(rows: Int, columns: Int) {
        let layout = Layout(rows: rows, columns: columns, focus: state.focus, isZoomed: state.isZoomed)
        let viewport = layout.viewport(rows: rows, columns: columns, before: state.viewport)
        guard viewport != state.viewport else { return }
        for request in state.reduce(.resized(viewport)) { worker.submit(request) }
    }
}
