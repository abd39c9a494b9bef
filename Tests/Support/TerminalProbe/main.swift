import Curses
import Glibc
import TerminalUI

// Takes the terminal; e writes to standard error, q ends, and any other key is a Swift trap: for the tests that the terminal is
// given back even then.
let terminal = try Terminal(noColor: false)
var canvas = Canvas(rows: terminal.rows, columns: terminal.columns)
canvas.put(0, 0, "probe ready")
terminal.show(canvas)
while true {
    for event in terminal.wait() {
        guard case .key(let key) = event else { continue }
        if key == .character("e") {
            // As a library complains, past everything that the program knows.
            let complaint = Array("a library's complaint\n".utf8)
            _ = write(2, complaint, complaint.count)
            canvas.put(1, 0, "probe wrote")
            terminal.show(canvas)
            continue
        }
        if key == .character("q") {
            terminal.restore()
            exit(0)
        }
        if key == .character("i") {
            let empty: [Int] = []
            print(empty[terminal.rows])
        }
        fatalError("the probe was asked to trap")
    }
}
