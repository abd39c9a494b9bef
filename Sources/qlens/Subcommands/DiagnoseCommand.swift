import Basics
import ArgumentParser
import CSystem
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// `qlens diagnose`
struct DiagnoseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diagnose", abstract: "What is wrong with an export: usual causes, by the error each removes.",
        discussion: """
            Tries on every tensor of the export what usually goes wrong: zero-points off or missing, signs of codes, scales not applied, \
            inverted, permuted, transposed or on the wrong axis, swapped halves of bytes, rows or groups in another order, a folded \
            batch norm. A cause is named where correcting it removes at least half of the error.
            """)

    @Argument(help: "The original: a tensor file, a folder of them, or an index of shards.", completion: .file())
    var original: String

    @Argument(help: "What was exported from it.", completion: .file())
    var export: String

    @Argument(help: "One tensor of the original; all causes are tried on it.")
    var tensor: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var pairing: PairingOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        try Console.run {
            let (first, second) = try reading.open(original, export)
            let comparison = try Comparison(first, second, map: pairing.map)
            var pairs = comparison.pairs
            if let tensor {
                let view = try first.tensor(named: tensor)
                pairs = pairs.filter { $0.a.name == view.name }
                guard !pairs.isEmpty else {
                    throw FileError(
                        path: export, place: .tensor(view.name), found: "no tensor of that name or its kin",
                        expected: "one of \(second.tensors.count) to be its export")
                }
            }
            guard !pairs.isEmpty else {
                throw FileError(
                    path: export, found: "no tensor under a name of \(Printable.text(original))",
                    expected: "tensors that pair by name, values or shape (see --map)")
            }
            let sizes = pairs.map { $0.a.byteCount }
            let progress = Lock(ProgressLine("diagnose", bytes: sizes))
            let context = try common.context, largest = pairs.map { Comparison.diagnosisBytes(of: $0) }.max() ?? 0
            let needed = largest * min(context.threads, pairs.count)
            guard qlens_has_address_space(needed) else {
                throw CommandFailure(
                    file: "diagnose: found no room for \(needed >> 20) MB of memory, expected it (see ulimit -v; with "
                        + "--threads 1 it takes \(largest >> 20) MB)")
            }
            var results: [Diagnosis] = []
            do throws(Cancelled) {
                results = try comparison.diagnoses(
                    of: pairs, originalFile: first, isThorough: tensor != nil || pairs.count == 1, context: context
                ) { number in
                    progress.withLock { line in
                        line.finished(bytes: sizes[number])
                        line.show()
                    }
                }
            } catch {
                // A fault of the bytes, which is reported below.
            }
            for pair in pairs {
                for (path, view) in [(original, pair.a), (export, pair.b)] {
                    guard let fault = view.fault else { continue }
                    throw FileError(path: path, place: .tensor(view.name), found: fault.found, expected: fault.expected)
                }
            }
            progress.withLock { $0.clear() }
            let report = DiagnosisReport(results: results.sorted { Self.isWorse($0, $1) })
            let json = Diagnosis.json(of: report.results, original: original, export: export)
            Console.printLine(self.json ? json.text : report.text)
        }
    }

    /// What is wrong first, by its error.
    private static func isWorse(_ a: Diagnosis, _ b: Diagnosis) -> Bool {
        let isSound = (a.verdict == .sound, b.verdict == .sound)
        if isSound.0 != isSound.1 { return isSound.1 }
        return (a.sqnr ?? .infinity) < (b.sqnr ?? .infinity)
    }
}
