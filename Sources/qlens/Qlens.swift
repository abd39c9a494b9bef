import ArgumentParser

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
            ExploreCommand.self, ListCommand.self, InspectCommand.self, ScanCommand.self, CompareCommand.self,
            DiagnoseCommand.self, MergeCommand.self, LabCommand.self, SamplesCommand.self, ManualCommand.self,
        ],
        defaultSubcommand: ExploreCommand.self)
}
