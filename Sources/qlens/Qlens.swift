import ArgumentParser
import CAllocation
import CSystem
import Platform

/// The command line. Without a sub-command it opens the explorer.
@main
struct Qlens: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "qlens",
        abstract: "A lens on neural-network quantization in the terminal.",
        discussion: """
            Opens a tensor or a checkpoint (NumPy, safetensors, GGUF, PyTorch, a folder of them or an index of shards), lets you turn \
            format, bits, mapping, granularity, clipping and rounding, and shows live the distribution, the grid and the \
            error.

            A recipe names a setting: "int4 sym group:128 clip:mse".
            """,
        version: "0.1.0",
        subcommands: [
            ExploreCommand.self, ListCommand.self, InspectCommand.self, SweepCommand.self, ScanCommand.self,
            CompareCommand.self,
            DiagnoseCommand.self, PlanCommand.self, ExportCommand.self,
            ReportCommand.self, CheckCommand.self, MergeCommand.self, LabCommand.self, SamplesCommand.self,
            ManualCommand.self,
        ],
        defaultSubcommand: ExploreCommand.self)

    static func main() {
        withoutInteractiveReports()
        qlens_prepare_endings()
        qlens_report_failed_allocations()
        main(nil)
    }

    /// After a crash on a terminal Swift's report would wait half a minute for a key, in raw mode. How it is made is read before main: set
    /// here, it counts from the next start, which is at once.
    private static func withoutInteractiveReports() {
        #if os(Linux)
            guard isatty(0) == 1, isatty(1) == 1, getenv("SWIFT_BACKTRACE") == nil else { return }
            setenv("SWIFT_BACKTRACE", "interactive=no,color=no", 1)
            execv("/proc/self/exe", CommandLine.unsafeArgv)
        #endif
    }
}
