import ArgumentParser
import Quantization

/// Options of every command.
struct CommonOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Threads to compute with; as many as processors by default.", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 || threads > 1024 {
            throw ValidationError("--threads: found \(threads), expected 1 to 1024")
        }
    }

    var context: WorkContext { WorkContext(threads: threads ?? WorkContext.processors) }
}
