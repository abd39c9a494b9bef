import ArgumentParser
import Basics
import Checkpoints
import Export
import Quantization
import TensorFiles
import Tensors

/// `qlens export`
struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a checkpoint as a recipe or a plan leaves it.",
        discussion: """
            Values by default: every weight quantized and reconstructed, under its own name and type, the other tensors as they \
            are. The output's ending decides between .npy, .npz, .safetensors and .gguf; a folder gets the source's shards and an \
            index. Files are written beside their names and renamed when they are whole.
            """)

    @Argument(help: "A tensor file, a folder of them, or an index of shards.", completion: .file())
    var file: String

    @Argument(help: "The tensor to export alone.")
    var tensor: String?

    @Option(
        help: ArgumentHelp("One recipe on every weight, such as \"int4 sym group:128\".", valueName: "recipe"),
        completion: .recipe)
    var recipe: String?

    @Option(help: ArgumentHelp("What plan --json printed.", valueName: "plan"), completion: .file())
    var plan: String?

    @Option(
        help: ArgumentHelp(
            "What to write, instead of what the output's ending says: "
                + ExportTargetCatalog.all.map { $0.name }.joined(separator: ", ") + ".", valueName: "target"),
        completion: .list(ExportTargetCatalog.all.map { $0.name }))
    var to: String?

    @Option(help: ArgumentHelp("The file or folder to write.", valueName: "path"), completion: .file())
    var output: String

    @Option(help: ArgumentHelp("Quantize these names alone; may be given several times.", valueName: "pattern"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Keep these names; may be given several times.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(help: ArgumentHelp("What columns count, as for inspect.", valueName: "file"), completion: .file())
    var importance: String?

    @Flag(help: "Codes, scales and zero-points instead of values: the same as --to codes, or gguf for .gguf.")
    var codes = false

    @Flag(help: "Print every file with its size, and write nothing.")
    var dryRun = false

    @Flag(help: "Replace files that exist.")
    var force = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if (recipe == nil) == (plan == nil) {
            throw ValidationError("found \(recipe == nil ? "neither" : "both") --recipe and --plan, expected one")
        }
        if plan != nil, !include.isEmpty || !exclude.isEmpty {
            throw ValidationError("--plan: found --include or --exclude, expected them in the plan")
        }
        if codes, to != nil { throw ValidationError("--codes and --to: found both, expected one") }
        if codes, ![".gguf", ".safetensors"].contains(where: { output.lowercased().hasSuffix($0) }) {
            throw ValidationError("--codes: found --output \(output), expected a name ending in .safetensors or .gguf")
        }
        if let to, ExportTargetCatalog.target(named: to) == nil {
            let names = ExportTargetCatalog.all.map { $0.name }.joined(separator: ", ")
            throw ValidationError("--to: found \(to), expected \(names)")
        }
        if to == nil, ExportTargetCatalog.target(of: output) == nil {
            throw ValidationError(
                "--output: found \(output), expected a name ending in .npy, .npz, .safetensors or .gguf, or a folder")
        }
    }

    func run() throws {
        try Console.run {
            let job = try job()
            guard
                let target = to.map({ ExportTargetCatalog.target(named: $0) }) ?? ExportTargetCatalog.target(of: output)
            else { throw CommandFailure(usage: "--to: found no target, expected one") }
            let export = try target.files(job, output: output)
            for notice in export.notices { Console.printError(notice) }
            let files = export.files.map { (file: $0, path: $0.name.isEmpty ? output : output + "/" + $0.name) }
            if dryRun {
                for (file, path) in files { Console.printLine("\(file.byteCount)  \(path)") }
                return
            }
            if !force, let existing = files.first(where: { Folder.exists($0.path) }) {
                throw CommandFailure(
                    usage: "--output: found \(existing.path), which exists, expected a new name, or --force")
            }
            if files.contains(where: { !$0.file.name.isEmpty }) {
                // Settings and indexes would take the place of the source's.
                guard Folder.absolute(output) != Self.folder(of: file) else {
                    throw CommandFailure(
                        usage: "--output: found \(output), the folder that is read, expected another one")
                }
                AtomicFile.makeFolder(output)
            }
            let inputs = ShardOptions.files(file) + [plan, importance].compactMap { $0 }
            let context = try common.context
            var progress = ProgressLine("export", bytes: [export.byteCount])
            for (file, path) in files {
                try file.write(to: path, notOver: inputs, context: context) { bytes in
                    progress.finished(bytes: bytes)
                    progress.show()
                }
            }
            progress.clear()
            Console.printError(
                "\(files.count == 1 ? output : "\(files.count) files in \(output)"): \(export.byteCount) bytes")
        }
    }

    /// The folder that a source is in, or is.
    private static func folder(of path: String) -> String {
        Folder.isFolder(path) ? Folder.absolute(path) : Folder.absolute(path + "/..")
    }

    private func job() throws -> ExportJob {
        var opened = try reading.open(file)
        let planned = try plan.map { path throws(FileError) in try PlanRecord.open(path: path) }
        // What columns count is a part of what was planned.
        if let importance = importance ?? planned?.importance {
            opened = try Importance.open(path: importance).applied(to: opened)
        }
        if let tensor {
            let view = try opened.readableTensor(named: tensor)
            opened = TensorFile(path: opened.path, format: opened.format, metadata: opened.metadata, tensors: [view])
        }
        for view in opened.tensors {
            if let problem = view.problem {
                throw FileError(
                    path: file, place: .tensor(view.name), found: problem.found, expected: problem.expected)
            }
        }
        if let rows = planned?.rows {
            return try ExportJob(opened, plan: tensor == nil ? rows : rows.filter { $0.name == tensor })
        }
        let recipe = try Recipe(recipe ?? "")
        if opened.tensors.count == 1, let only = opened.tensors.first {
            // The one tensor is meant, whatever its shape.
            _ = try recipe.layout(of: only)
            return try ExportJob(opened, plan: [(only.name, .quantized(recipe))])
        }
        return try ExportJob(
            opened, recipe: recipe, include: include.map { NamePattern($0) }, exclude: exclude.map { NamePattern($0) })
    }
}
