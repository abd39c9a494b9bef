import Basics
import TensorFiles

extension ScreenText {
    /// Names from files without control characters.
    static func safe(_ text: String) -> String { Printable.text(text) }
}
