import ArgumentParser
import Checkpoints
import TensorFiles

/// How the tensors of two files are paired.
struct PairingOptions: ParsableArguments {
    @Option(
        name: .customLong("map"),
        help: ArgumentHelp(
            "Pairs by hand: a file of lines NAME OF A = NAME OF B; * on both sides stands for the same text.",
            valueName: "file"),
        completion: .file())
    var path: String?

    var map: PairMap? {
        get throws(FileError) {
            guard let path else { return nil }
            return try PairMap(path: path)
        }
    }
}
