import Basics
import ArgumentParser
import Explorer
import Platform
import TensorFiles

/// `qlens samples`
struct SamplesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "samples", abstract: "Write small sample files into a folder.")

    @Argument(help: "The folder; it is made where it does not exist.")
    var folder: String

    @OptionGroup var common: CommonOptions

    func run() throws {
        try Console.run {
            if mkdir(folder, 0o777) != 0 && errno != EEXIST {
                throw failure(folder, "a folder that can be made")
            }
            for sample in SampleCatalog.samples() {
                let path = folder + "/" + sample.fileName
                try AtomicFile.write(sample.bytes, to: path)
                Console.printLine("\(path)  \(NumberText.grouped(sample.bytes.count)) bytes")
            }
        }
    }

    private func failure(_ path: String, _ expected: String) -> CommandFailure {
        CommandFailure(file: "\(Printable.text(path)): found \(SystemMessage.text(errno)), expected \(expected)")
    }
}
