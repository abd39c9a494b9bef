import Explorer
import ArgumentParser
import TensorFiles

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

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
                try write(sample.bytes, to: path)
                Console.printLine("\(path)  \(NumberText.grouped(sample.bytes.count)) bytes")
            }
        }
    }

    /// Writes beside the target and renames, so that no half-written file is left under its name.
    private func write(_ bytes: [UInt8], to path: String) throws {
        let partial = path + ".part"
        guard let file = fopen(partial, "wb") else { throw failure(path, "a file that can be written") }
        let written = bytes.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
        guard fclose(file) == 0, written == bytes.count, rename(partial, path) == 0 else {
            let error = failure(path, "room for \(bytes.count) bytes")
            unlink(partial)
            throw error
        }
    }

    private func failure(_ path: String, _ expected: String) -> CommandFailure {
        CommandFailure(file: "\(Printable.text(path)): found \(SystemMessage.text(errno)), expected \(expected)")
    }
}
