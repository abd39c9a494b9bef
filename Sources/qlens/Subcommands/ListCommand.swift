import Basics
import ArgumentParser
import Checkpoints
import Explorer
import Platform
import TensorFiles
import Tensors
import TerminalUI

/// `qlens list`
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the tensors of a file; only headers are read, and what earlier scans found.")

    @Argument(help: "A tensor file, a folder of them, or an index of shards.", completion: .file())
    var file: String

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        try Console.run {
            let opened = try reading.open(file)
            let marks = Console.folders.scanFolder.map { ScanMarks(folder: $0, file: file) }
            let known = opened.json { tensor in marks?[tensor].map(Self.members) ?? [] }
            Console.printLine(json ? known.text : Self.table(opened, marks))
        }
    }

    /// What scans found of a tensor.
    private static func members(_ mark: ScanMarks.Mark) -> [(String, JSONValue)] {
        [("not_finite", .int(mark.notFinite))] + (mark.isZero ? [("all_zero", .bool(true))] : [])
    }

    private static func table(_ file: TensorFile, _ marks: ScanMarks?) -> String {
        let rows = file.tensors.map { tensor in
            [
                Printable.text(tensor.name), tensor.typeName, tensor.storedShape.description,
                NumberText.grouped(tensor.storedShape.count), NumberText.grouped(tensor.byteCount),
            ]
        }
        let bytes = file.byteCount
        let heading =
            "\(Printable.text(file.path))  \(file.format), \(file.tensors.count) "
            + "\(file.tensors.count == 1 ? "tensor" : "tensors")"
            + (file.unreadableCount == 0 ? "" : " (\(file.unreadableCount) without values)")
            + ", \(NumberText.grouped(bytes)) bytes"
        let metadata = file.metadata.map { "  \(Printable.text($0.key)): \(Printable.text($0.value))" }
        let warnings = file.warnings.map { "  warning: \($0)" }
        let problems = file.tensors.compactMap { tensor in
            tensor.problem.map { "  no values: \(Printable.text(tensor.name)): \($0)" }
        }
        let found = file.tensors.compactMap { tensor -> String? in
            guard let mark = marks?[tensor], mark.notFinite > 0 || mark.isZero else { return nil }
            let words = [
                mark.notFinite > 0 ? "\(NumberText.grouped(mark.notFinite)) NaN or infinities" : nil,
                mark.isZero ? mark.notFinite > 0 ? "zeros otherwise" : "nothing but zeros" : nil,
            ].compactMap { $0 }
            return "  scanned: \(Printable.text(tensor.name)): \(words.joined(separator: ", "))"
        }
        return
            ([heading] + metadata + warnings + problems + found
            + TextTable.lines(["name", "dtype", "shape", "elements", "bytes"], rows, leading: 3)).joined(
                separator: "\n")
    }
}
