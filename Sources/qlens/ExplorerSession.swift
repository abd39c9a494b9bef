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
    let labWorker: LabWorker
    let files: FileService
    let mailbox: Mailbox
    /// When the first request was made, or the first part of an answer came, that the picture does not show yet.
    private var asked: ContinuousClock.Instant?
    /// What the terminal said of its background.
    private var ground: ColorMap.Ground?

    init(terminal: Terminal, state: ExplorerState, folders: UserFolders, threads: Int) {
        self.terminal = terminal
        self.state = state
        let mailbox = Mailbox { [waker = terminal.waker] in waker.wake() }
        self.mailbox = mailbox
        worker = Worker(threads: threads, scanFolder: folders.scanFolder) { mailbox.post($0) }
        labWorker = LabWorker(threads: threads, folder: folders.cache) { mailbox.post($0) }
        files = FileService(folders: folders) { mailbox.post($0) }
    }

    /// Runs until the user quits. A signal ends the program.
    /// - Parameter keep: called with the last state, either way.
    mutating func run(keep: (ExplorerState) -> Void) {
        perform(.resized(rows: terminal.rows, columns: terminal.columns))
        perform(.started)
        show()
        while !state.shouldQuit {
            endFlash()
            for event in terminal.wait(milliseconds: shorter(patience, flashRest)) {
                switch event {
                case .key(let key):
                    if let action = keyMap.action(for: key, in: state) { perform(action) }
                case .pointer(let event):
                    for action in pointerMap.actions(for: event, in: state) { perform(action) }
                case .pasted(let text): perform(.pasted(text))
                case .resized(let rows, let columns): perform(.resized(rows: rows, columns: columns))
                case .background(let color): ground = color.luminance > 0.18 ? .light : .dark
                case .terminated(let signal):
                    worker.stop()
                    labWorker.stop()
                    terminal.restore()
                    files.finish()
                    keep(state)
                    terminal.die(of: signal)
                case .woken:
                    for action in mailbox.takeAll() { perform(action) }
                    // A part of what is computed: others follow within a moment.
                    if asked == nil, !state.isIdle { asked = .now }
                }
                // Keys after the one that leaves belong to the shell.
                if state.shouldQuit { break }
            }
            if !state.shouldQuit, patience <= 0 { show() }
        }
        worker.stop()
        labWorker.stop()
        terminal.restore()
        files.finish()
        keep(state)
    }

    /// Milliseconds for which the last picture may stay, -1 for any time.
    ///
    /// Results that come within a frame are drawn together with what asked for them, and parts of them together: pictures in between would
    /// only flicker, and each of them has to be sent.
    private var patience: Int32 {
        guard !state.isIdle, let asked else { return -1 }
        let rest = Self.grace - (ContinuousClock.now - asked)
        return rest <= .zero ? 0 : Int32(rest / .milliseconds(1)) + 1
    }

    /// When what changed last is bright no longer, and which change that is.
    private var flashEnd: (number: Int, end: ContinuousClock.Instant)?

    private static let flashTime = Duration.milliseconds(500)

    private mutating func endFlash() {
        guard let flash = state.flash else { return flashEnd = nil }
        if flashEnd?.number != flash.number { flashEnd = (flash.number, .now + Self.flashTime) }
        guard let flashEnd, flashEnd.end <= .now else { return }
        perform(.flashEnded)
        show()
    }

    /// Milliseconds of brightness left, -1 where nothing is bright.
    private var flashRest: Int32 {
        guard let flashEnd, state.flash != nil else { return -1 }
        return max(1, Int32((flashEnd.end - .now) / .milliseconds(1)) + 1)
    }

    private func shorter(_ first: Int32, _ second: Int32) -> Int32 {
        first < 0 ? second : second < 0 ? first : min(first, second)
    }

    private static let grace = Duration.milliseconds(12)

    private mutating func show() {
        asked = nil
        terminal.setMouse(state.appearance.hasMouse)
        terminal.show(painter.paint(state))
    }

    private var painter: ScreenPainter {
        ScreenPainter(
            theme: Theme(terminal.tier, state.appearance.theme, ground: ground),
            glyphs: Glyphs(state.appearance.glyphs, isUnicode: terminal.isUnicode))
    }

    private mutating func perform(_ action: Action) {
        let generation = state.generation
        // Not as an argument: `self` would be copied first, and with it every list that the action changes.
        let requests = state.reduce(action)
        submit(requests)
        if state.generation != generation, asked == nil { asked = .now }
    }

    private func submit(_ requests: [Request]) {
        for request in requests {
            switch request {
            case .evaluate(let request): worker.submit(request)
            case .scoreOutliers(let request): worker.submit(request)
            case .cancel: worker.cancel()
            case .copy(let text): terminal.copy(text)
            case .picture(let path, let panel):
                files.submit(.writePicture(painter.svg(state, panel: panel), path: path))
            case .walk(let request): worker.submit(request)
            case .lab(let command): labWorker.submit(command)
            case .files(let request): files.submit(request)
            }
        }
    }
}
