import ArgumentParser
import Basics
import Checkpoints
import Explorer
import Hardware
import Quantization
import TensorFiles
import Tensors

/// `qlens plan`
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "A recipe for every weight of a checkpoint, within a budget: mixed precision.",
        discussion: """
            Every weight is evaluated under every recipe of the list; the choice of least total error within the budget is \
            found exactly. Weights that runtimes join (q, k, v; gate and up; the experts of a layer) get one recipe together. \
            What --json prints can be read back with --from, and is what export, report and check take as --plan.

            The error of weights is a proxy: a network may suffer more from a small error in one layer than from a large one in \
            another. Measured inputs (--metric output --activations FILE) or sensitivities (--sensitivity FILE) come nearer.
            """)

    @Argument(help: "A tensor file, a folder of them, or an index of shards.", completion: .file())
    var file: String?

    @Option(help: ArgumentHelp("Bits a weight on average, scales included.", valueName: "average"))
    var budgetBits: Double?

    @Option(help: ArgumentHelp("Bytes of all tensors, the unquantized ones included.", valueName: "n"))
    var budgetBytes: Int?

    @Option(help: ArgumentHelp("Milliseconds for all weights on --hardware.", valueName: "t"))
    var budgetMs: Double?

    @Option(
        help: ArgumentHelp(
            "A profile: \(HardwareCatalog.all.map { $0.name }.joined(separator: ", ")), or a JSON file.",
            valueName: "profile"), completion: .file())
    var hardware: String?

    @Option(help: ArgumentHelp("Samples or tokens that share the weights, instead of the profile's.", valueName: "n"))
    var batch: Int?

    @Option(
        help: ArgumentHelp(
            "Recipes to choose from, keep for as stored; int2 … int8 sym group:64 by default.", valueName: "a,b"))
    var formats: String?

    @Option(help: ArgumentHelp("Plan these names alone; may be given several times.", valueName: "pattern"))
    var include: [String] = []

    @Option(help: ArgumentHelp("Keep these names; may be given several times.", valueName: "pattern"))
    var exclude: [String] = []

    @Option(
        help: ArgumentHelp(
            "Decide the recipe of these names, or keep; the last one that matches counts.", valueName: "pattern=recipe")
    )
    var pin: [String] = []

    @Option(help: ArgumentHelp("Give these names one recipe together.", valueName: "pattern"))
    var tie: [String] = []

    @Flag(help: "Plan weights one by one that runtimes join.")
    var noTies = false

    @Option(
        help: ArgumentHelp(
            "What is added up: mse (squared errors), relative_l2 (over the weight's own squares), or output (needs --activations).",
            valueName: "metric"), completion: .list(PlanMeasure.named.map { $0.word }))
    var metric: String?

    @Option(
        help: ArgumentHelp(
            "What an error counts a weight: [[name, number], …], an object, or lines of name,number.", valueName: "file"
        ),
        completion: .file())
    var sensitivity: String?

    @Option(
        help: ArgumentHelp("Measured inputs of layers, an array each.", valueName: "file"), completion: .file())
    var activations: String?

    @Option(help: ArgumentHelp("What columns count, as for inspect.", valueName: "file"), completion: .file())
    var importance: String?

    @Option(
        help: ArgumentHelp("Begin with what plan --json printed: other options change it.", valueName: "plan"),
        completion: .file())
    var from: String?

    @OptionGroup var table: TableOptions

    @Flag(help: "Compute everything anew, and keep nothing for the next time.")
    var noCache = false

    @OptionGroup var sharding: ShardOptions
    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if file == nil && from == nil { throw ValidationError("found no file, expected one, or --from") }
        let budgets = [budgetBits, budgetBytes.map { Double($0) }, budgetMs].compactMap { $0 }
        if budgets.count > 1 || budgets.isEmpty && from == nil {
            throw ValidationError(
                "found \(budgets.count) budgets, expected one of --budget-bits, --budget-bytes and --budget-ms")
        }
        if let budget = budgets.first, !(budget >= 0 && budget < 0x1p60) {
            throw ValidationError("the budget: found \(budget), expected a number that is not negative")
        }
        if let metric, !PlanMeasure.named.contains(where: { $0.word == metric }) {
            throw ValidationError(
                "--metric: found \(metric), expected \(PlanMeasure.named.map { $0.word }.joined(separator: ", "))")
        }
        if metric != nil && sensitivity != nil {
            throw ValidationError("--metric and --sensitivity: found both, expected one")
        }
        if let batch, !(1...1 << 30).contains(batch) {
            throw ValidationError("--batch: found \(batch), expected 1 or more")
        }
        if let item = pin.first(where: { $0.lastIndex(of: "=") == nil }) {
            throw ValidationError("--pin: found \(item), expected PATTERN=RECIPE")
        }
    }

    func run() throws {
        try Console.run {
            let before = try from.map { path throws(FileError) in try PlanRecord.open(path: path) }
            var settings = before?.settings ?? PlanSettings()
            try change(&settings)
            guard let budget = settings.budget else {
                throw CommandFailure(
                    usage:
                        "--from: found a plan without a budget, expected one of --budget-bits, --budget-bytes and --budget-ms"
                )
            }
            let shard = try sharding.part(isJSON: table.json)
            var record = PlanRecord(
                file: file ?? before?.file ?? "", settings: settings, candidates: PlanCandidates([]),
                activations: activations ?? before?.activations, importance: importance ?? before?.importance)
            if let before, isAnswered(by: before, settings), shard == nil {
                record.candidates = before.candidates
            } else {
                record.candidates = try evaluated(record, shard)
            }
            let inputs = [record.file] + [from, sensitivity, record.activations, record.importance].compactMap { $0 }
            if let shard {
                let part = record.candidates.partJSON(
                    file: record.file,
                    settings: settings.json(activations: record.activations, importance: record.importance),
                    shard: shard, count: try reading.open(record.file).tensors.count)
                return try sharding.write(part.text, shard, notOver: inputs)
            }
            let plan = try record.plan(budget)
            try sharding.write(
                PlanReport(record: record, plan: plan).text(
                    isJSON: table.json, isCSV: table.csv,
                    sink: sharding.output == nil ? { Console.write($0, to: 1) } : nil),
                nil, notOver: inputs)
        }
    }

    /// Every option that is given.
    private func change(_ settings: inout PlanSettings) throws {
        if let formats {
            settings.treatments = try ListOption.items(formats).map { text throws(RecipeError) in
                try WeightTreatment(text)
            }
        }
        if !include.isEmpty { settings.include = include.map { NamePattern($0) } }
        if !exclude.isEmpty { settings.exclude = exclude.map { NamePattern($0) } }
        settings.pins += try pin.map { item throws(RecipeError) in
            let mark = item.lastIndex(of: "=") ?? item.endIndex
            return PlanSettings.Pin(
                pattern: NamePattern(String(item[..<mark])),
                treatment: try WeightTreatment(String(item[item.index(after: mark)...])))
        }
        settings.ties += tie.map { NamePattern($0) }
        if noTies { settings.tiesFused = false }
        if let named = PlanMeasure.named.first(where: { $0.word == metric }) { settings.measure = named }
        if let sensitivity { settings.measure = .sensitivity(try Sensitivities.open(path: sensitivity)) }
        if let hardware { settings.hardware = try HardwareProfile.open(hardware) }
        if let batch {
            guard let profile = settings.hardware else {
                throw CommandFailure(usage: "--batch: found no --hardware, expected a profile")
            }
            settings.hardware = profile.withBatch(batch)
        }
        if let budgetBits { settings.budget = .bits(budgetBits) }
        if let budgetBytes { settings.budget = .bytes(budgetBytes) }
        if let budgetMs { settings.budget = .milliseconds(budgetMs) }
    }

    /// Whether an earlier plan knows all that a new one asks.
    private func isAnswered(by before: PlanRecord, _ settings: PlanSettings) -> Bool {
        guard file == nil || file == before.file, importance == nil, activations == nil,
            settings.include == before.settings.include, settings.exclude == before.settings.exclude
        else { return false }
        return before.candidates.isComplete(settings)
    }

    /// Looks at every weight of the file, or finds what earlier looks stored.
    private func evaluated(_ record: PlanRecord, _ shard: Shard?) throws -> PlanCandidates {
        var opened = try reading.open(record.file)
        if let path = record.importance { opened = try Importance.open(path: path).applied(to: opened) }
        let inputs = try record.activations.map { path throws(FileError) in try Activations.open(path: path) }
        if let inputs { Console.printError(inputs.summary(for: opened.tensors)) }
        let settings = record.settings
        var candidates = PlanCandidates(opened.tensors, include: settings.include, exclude: settings.exclude)
        if let shard { candidates = candidates.part(shard) }
        let context = try common.context
        let runs = candidates.missing(settings, tensors: opened.tensors, activations: inputs).map { scan, missing in
            let cache =
                noCache
                ? nil
                : Console.folders.scanFolder.map { ScanCache(folder: $0, file: record.file, recipe: scan.recipe) }
            return (run: ScanRun(scan, cache: cache), missing: missing)
        }
        // Tensor by tensor, so that its bytes stay in memory for all recipes.
        let work = runs.flatMap { run, missing in missing.map { (run: run, candidate: $0) } }.sorted {
            $0.candidate.position < $1.candidate.position
        }
        var progress = ProgressLine("plan", bytes: work.map { $0.candidate.tensor.byteCount })
        for (run, candidate) in work {
            progress.show()
            let known = run.known(candidate)
            let outcome = try known ?? run.outcome(of: candidate, path: record.file, context: context)
            candidates.take(outcome, of: run.scan.recipe.description, at: candidate.position)
            progress.finished(bytes: candidate.tensor.byteCount, wasKnown: known != nil)
        }
        progress.clear()
        return candidates
    }
}
