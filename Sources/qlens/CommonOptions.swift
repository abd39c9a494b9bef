import Basics
import ArgumentParser
import CSystem
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

    var threadCount: Int { threads ?? WorkContext.processors }

    /// What the work is done with.
    ///
    /// - Throws: `CommandFailure` where the address space has no room for what the threads need whatever the tensor: an array
    ///   that cannot grow would end the process without a word.
    var context: WorkContext {
        get throws {
            func megabytes(_ threads: Int) -> Int { 12 + 6 * threads }
            let wanted = megabytes(threadCount)
            guard qlens_has_address_space(wanted << 20) else {
                let fewer = threadCount > 1 ? ", or --threads 1 for \(megabytes(1)) MB" : ""
                throw CommandFailure(
                    file: "found no room for \(wanted) MB of memory, expected as much for \(threadCount) "
                        + "thread\(threadCount == 1 ? "" : "s") (see ulimit -v\(fewer))")
            }
            return WorkContext(threads: threadCount)
        }
    }
}
