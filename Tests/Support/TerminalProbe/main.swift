import Curses
import TerminalUI

// Takes the terminal, and dies of a Swift trap when a key is pressed: for the test that it is given back even then.
let terminal = try Terminal(noColor: false)
var canvas = Canvas(rows: terminal.rows, columns: terminal.columns)
canvas.put(0, 0, "probe ready")
terminal.show(canvas)
while true {
    for event in terminal.wait() {
        guard case .key(let key) = event else { continue }
        if key == .character("i") {
            let empty: [Int] = []
            print(empty[terminal.rows])
        }
        fatalError("the probe was asked to trap")
    }
}
