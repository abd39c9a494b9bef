import Basics
import ArgumentParser
import Explorer
import Lab
import Quantization
import TensorFiles

/// `qlens lab`
struct LabCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab", abstract: "Experiments on small networks: what quantization does to them, and what helps.",
        discussion: """
            qlens lab NAME runs an experiment: \(ExperimentCatalog.all.map { $0.name }.joined(separator: ", ")). \
            Without a name it lists what they do, and their settings.
            """,
        subcommands: [LabRunCommand.self, LabCaptureCommand.self], defaultSubcommand: LabRunCommand.self)
}

/// `qlens lab EXPERIMENT`
struct LabRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs an experiment.",
        discussion: LabReportText.catalogue)

    @Argument(
        help: "One of \(ExperimentCatalog.all.map { $0.name }.joined(separator: ", ")).",
        completion: .list(ExperimentCatalog.all.map { $0.name }))
    var experiment: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("Settings of the experiment by name, such as --seed 2.", valueName: "settings"))
    var settings: [String] = []

    @OptionGroup var common: CommonOptions

    func run() throws {
        try Console.run {
            guard let name = experiment else { return Console.printLine(LabReportText.catalogue) }
            guard let chosen = ExperimentCatalog.experiment(name) else {
                let names = ExperimentCatalog.all.map { $0.name }.joined(separator: ", ")
                throw CommandFailure(usage: "experiment: found \(name), expected \(names), or capture")
            }
            let report = try LabSession.run(
                name, try LabArguments.values(settings), settings: chosen.allSettings,
                threads: try common.context.threads
            ) { run in run.perform(chosen) }
            Console.printLine(json ? report.json.text : LabReportText.table(report))
        }
    }
}

/// `qlens lab capture`
struct LabCaptureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capture", abstract: "A network's activations, layer by layer, to an npz file.",
        discussion: """
            Trains the model in float and runs test samples through it. The file has an array of rows for each layer, as --activations \
            of other commands takes them, the network's input, and each layer's output.
            """)

    @Option(help: ArgumentHelp("The file to write.", valueName: "file.npz"), completion: .file(extensions: ["npz"]))
    var output: String

    @Option(
        help: ArgumentHelp("Write the trained network too.", valueName: "file.safetensors"),
        completion: .file(extensions: ["safetensors"]))
    var network: String?

    @Option(help: ArgumentHelp("Test samples to run through it.", valueName: "n"))
    var count = 64

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Further settings: \(Capture.settings.map { "--\($0.name)" }.joined(separator: ", ")).",
            valueName: "settings"))
    var settings: [String] = []

    @OptionGroup var common: CommonOptions

    func validate() throws {
        if count < 1 || count > 100_000 { throw ValidationError("--count: found \(count), expected 1 to 100000") }
    }

    func run() throws {
        try Console.run {
            var captured: Capture?
            let chosen = try LabArguments.values(settings)
            let inputs = chosen.filter { $0.name == "data" }.map { $0.value }
            for path in [output, network].compactMap({ $0 }) {
                // Before the training, which takes a while.
                let folder = Folder.absolute(path + "/..")
                guard Folder.isFolder(folder) else {
                    throw CommandFailure(
                        FileError(
                            path: path, found: "no folder \(Printable.text(folder))", expected: "one to write into"))
                }
            }
            guard network.map({ Folder.absolute($0) != Folder.absolute(output) }) ?? true else {
                throw CommandFailure(usage: "--network: found the file of --output, expected another one")
            }
            _ = try LabSession.run(
                "capture", chosen, settings: Capture.settings,
                threads: try common.context.threads
            ) { run in
                run.perform { run throws(LabFailure) in captured = try Capture(run, samples: count) }
            }
            guard let captured else { return }
            try NpzWriter.write(captured.activations, to: output, notOver: inputs)
            if let network {
                try AtomicFile.write(to: network, notOver: inputs) { sink throws(FileError) in
                    try sink.write(
                        SafetensorsWriter.bytes(captured.network, metadata: [("made_by", "qlens lab capture")]))
                }
            }
            Console.printError(
                "\(Printable.text(output)): \(captured.activations.count) arrays of a network that is right in "
                    + "\(NumberText.fixed(captured.accuracy * 100, places: 2)) % of its test samples")
        }
    }
}

/// Settings as they are on the command line: `--name value` or `--name=value`.
enum LabArguments {
    static func values(_ arguments: [String]) throws(CommandFailure) -> [(name: String, value: String)] {
        var values: [(String, String)] = [], rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("--"), argument.count > 2 else {
                throw CommandFailure(usage: "lab: found \(argument), expected a setting such as --seed 2")
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 {
                values.append((String(parts[0]), String(parts[1])))
            } else {
                guard let value = rest.popFirst() else {
                    throw CommandFailure(usage: "\(argument): found nothing after it, expected a value")
                }
                values.append((String(parts[0]), value))
            }
        }
        return values
    }
}

/// A run of the lab with its progress on standard error.
enum LabSession {
    static func run(
        _ name: String, _ chosen: [(name: String, value: String)], settings: [LabSetting], threads: Int,
        _ perform: (LabRun) -> LabReport
    ) throws -> LabReport {
        let values: LabSettings
        do throws(LabFailure) { values = try LabSettings(settings, of: name, chosen) } catch {
            throw CommandFailure(usage: error.description)
        }
        var line = StageLine("lab \(name)")
        let run = LabRun(name, values, threads: threads, folder: Console.folders.cache) {
            line.show($0.stage, $0.share)
        }
        let report = perform(run)
        line.clear()
        switch run.failure {
        case .file(let error): throw CommandFailure(error)
        case .usage(let message): throw CommandFailure(usage: message)
        case .missing(let message): throw CommandFailure(file: message)
        case .cancelled, nil: return report
        }
    }
}
