import Curses
import Explorer
import Quantization
import TensorFiles
import TerminalUI

/// The loop that joins terminal, state, worker and files.
struct ExplorerSession {
    let terminal: Terminal
    var state: ExplorerState
    var keyMap = KeyMap()
    var pointerMap = PointerMap()
    let worker: Worker
    let files: FileService
    let mailbox: Mailbox

    init(terminal: Terminal, state: ExplorerState, folders: UserFolders, threads: Int) {
        self.terminal = terminal
        self.state = state
        let mailbox = Mailbox { [waker = terminal.waker] in waker.wake() }
        self.mailbox = mailbox
        worker = Worker(threads: threads) { mailbox.post($0) }
        files = FileService(folders: folders) { mailbox.post($0) }
    }

    /// Runs until the user quits, and returns where they were. A signal ends the program.
    mutating func run() -> ExplorerState {
        adapt(rows: terminal.rows, columns: terminal.columns)
        perform(.started)
        show()
        while !state.shouldQuit {
            for event in terminal.wait() {
                switch event {
                case .key(let key):
                    if let action = keyMap.action(for: key, in: state) { perform(action) }
                case .pointer(let event):
                    for action in pointerMap.actions(for: event, in: state) { perform(action) }
                case .pasted(let text): perform(.pasted(text))
                case .resized(let rows, let columns): adapt(rows: rows, columns: columns)
                case .terminated(let signal):
                    worker.stop()
                    terminal.die(of: signal)
                case .woken: for action in mailbox.takeAll() { perform(action) }
                }
            }
            if !state.shouldQuit { show() }
        }
        worker.stop()
        terminal.restore()
        return state
    }

    private func show() {
        terminal.setMouse(state.appearance.hasMouse)
        let painter = ScreenPainter(
            theme: Theme(terminal.tier, state.appearance.theme),
            glyphs: Glyphs(state.appearance.glyphs, isUnicode: terminal.isUnicode))
        terminal.show(painter.paint(state))
    }

    /// Takes an action in; where it changes the layout, the state learns what became of its panels.
    private mutating func perform(_ action: Action) {
        submit(state.reduce(action))
        adapt(rows: state.rows, columns: state.columns)
    }

    private func submit(_ requests: [Request]) {
        for request in requests {
            switch request {
            case .evaluate(let request): worker.submit(request)
            case .scoreOutliers(let request): worker.submit(request)
            case .copy(let text): terminal.copy(text)
            case .openFile, .listFolder, .readSession, .writeSession: files.submit(request)
            }
        }
    }

    private mutating func adapt(rows: Int, columns: Int) {
        let viewport = Layout.viewport(of: state, rows: rows, columns: columns)
        guard viewport != state.viewport else { return }
        submit(state.reduce(.resized(viewport)))
    }
}
