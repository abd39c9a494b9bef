import ArgumentParser
import Basics
import Checkpoints
import Explorer
import Quantization
import TensorFiles
import Tensors

/// `qlens check`
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Whether a checkpoint keeps to rules: for build pipelines.",
        discussion: """
            A rule is a name, a comparison and a number, for all tensors or those that a pattern matches: "sqnr>=20", "nan==0", \
            "bits<=4.5", "relative_l2<=0.05@model.layers.*". Names are those of metrics, which need --recipe or --plan and look at \
            quantized weights, of statistics (min, std, nan_count …), which look at every tensor of real numbers, and not_finite, \
            outlier_score, dead_channel, constant and zero. A value that is undefined breaks a rule; SQNR without error is infinite.

            Prints a line for each tensor that breaks a rule. Exit 0 where all rules hold, 2 where one is broken, 1 for a bad file, \
            64 for a bad rule.
            """)

    @Argument(help: "A tensor file, a folder of them, or an index of shards.", completion: .file())
    var file: String

    @Argument(help: ArgumentHelp("Rules.", valueName: "rule"))
    var rule: [String] = []

    @Option(
        help: ArgumentHelp("Rules from a file too, one a line; # begins a comment.", valueName: "file"),
        completion: .file())
    var rules: String?

    @Option(
        help: ArgumentHelp("The setting that metrics are of, such as \"int4 sym group:128\".", valueName: "recipe"),
        completion: .recipe)
    var recipe: String?

    @Option(
        help: ArgumentHelp("What plan --json printed: the recipes that metrics are of.", valueName: "plan"),
        completion: .file())
    var plan: String?

    @Option(
        help: ArgumentHelp("Measured inputs of layers, for output_error.", valueName: "file"), completion: .file())
    var activations: String?

    @Option(help: ArgumentHelp("What columns count, as for inspect.", valueName: "file"), completion: .file())
    var importance: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Compute everything anew, and keep nothing for the next time.")
    var noCache = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if recipe != nil, plan != nil { throw ValidationError("--recipe and --plan: found both, expected one") }
        if rule.isEmpty, rules == nil { throw ValidationError("found no rule, expected one, such as \"sqnr>=20\"") }
    }

    func run() throws {
        try Console.run {
            var all = try rule.map { text throws(RuleError) in try CheckRule(text) }
            if let rules {
                let text = String(decoding: try AtomicFile.read(rules, anyKind: true), as: UTF8.self)
                all += try CheckRule.rules(text)
            }
            var result = CheckResult(all)
            if recipe == nil, plan == nil, let rule = all.first(where: { $0.subject.needsRecipe }) {
                throw RuleError(
                    rule: rule.description, found: "a metric without a recipe", expected: "--recipe or --plan")
            }
            guard !all.isEmpty else {
                throw RuleError(rule: rules ?? "", found: "a file without a rule", expected: "one a line")
            }
            let record = try plan.map { path throws(FileError) in try PlanRecord.open(path: path) }
            let one = try recipe.map { text throws(RecipeError) in try Recipe(text) }
            var opened = try reading.open(file)
            if let importance = importance ?? record?.importance {
                opened = try Importance.open(path: importance).applied(to: opened)
            }
            let inputs = try (activations ?? record?.activations).map { path throws(FileError) in
                try Activations.open(path: path)
            }
            if let inputs { Console.printError(inputs.summary(for: opened.tensors)) }
            for rule in all where !opened.tensors.contains(where: { rule.isFor($0.name) }) {
                throw RuleError(
                    rule: rule.description, found: "no tensor that its pattern matches", expected: "a name of the file")
            }
            try check(&result, opened, one, record?.rows, inputs)
            for (rule, count) in zip(all, result.counts) where count == 0 {
                throw RuleError(
                    rule: rule.description, found: "no tensor that it can look at",
                    expected: "a quantized weight, or for statistics a tensor of real numbers")
            }
            if json {
                Console.printLine(result.json(file: file).text)
            } else {
                for failure in result.failures { Console.printLine(Self.line(failure)) }
                Console.printError(Self.summary(result))
            }
            if !result.holds { throw ExitStatus.brokenRule }
        }
    }

    /// Looks at every tensor that some rule is for.
    private func check(
        _ result: inout CheckResult, _ opened: TensorFile, _ one: Recipe?,
        _ treatments: [(name: String, treatment: WeightTreatment)]?, _ inputs: Activations?
    ) throws {
        let planned = treatments.map { rows in Dictionary(rows.map { ($0.name, $0.treatment) }) { first, _ in first } }
        if let missing = planned?.keys.sorted().first(where: { opened.position(named: $0) == nil }) {
            throw FileError(
                path: file, place: .tensor(missing), found: "no such tensor",
                expected: "the checkpoint that was planned")
        }
        // One scan a recipe, and in it what it is for.
        let recipes =
            one.map { [$0] }
            ?? Set((treatments ?? []).compactMap { $0.treatment.recipe }).sorted {
                $0.description < $1.description
            }
        var candidates: [Int: (run: ScanRun, candidate: Scan.Candidate)] = [:]
        for recipe in recipes {
            let scan = Scan(opened.tensors, recipe: recipe, activations: inputs)
            let cache =
                noCache
                ? nil : Console.folders.scanFolder.map { ScanCache(folder: $0, file: file, recipe: recipe) }
            let run = ScanRun(scan, cache: cache)
            for tensor in scan.kept where planned?[tensor.name] == .quantized(recipe) {
                throw FileError(
                    path: file, place: .tensor(tensor.name), found: "\(recipe) planned for it, but \(tensor.reason)",
                    expected: "the checkpoint that was planned")
            }
            for candidate in scan.candidates
            where planned == nil || planned?[candidate.tensor.name] == .quantized(recipe) {
                candidates[candidate.position] = (run, candidate)
            }
        }
        let context = try common.context
        var progress = ProgressLine("check", bytes: opened.tensors.map { $0.byteCount })
        for (position, tensor) in opened.tensors.enumerated() {
            progress.show()
            var statistics: TensorStatistics?, metrics: Metrics?
            if result.needsStatistics(tensor.name), tensor.isFloatingPoint, tensor.count > 0 {
                statistics = try FirstPass(tensor).run(context).statistics
                if let fault = tensor.fault {
                    throw FileError(
                        path: file, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
                }
            }
            if result.needsMetrics(tensor.name), let (run, candidate) = candidates[position],
                case .row(let row) = try run.known(candidate)
                    ?? run.outcome(of: candidate, path: file, context: context)
            {
                metrics = row.metrics
            }
            result.judge(tensor, statistics, metrics)
            progress.finished(bytes: tensor.byteCount)
        }
        progress.clear()
    }

    private static func line(_ failure: CheckResult.Failure) -> String {
        let value =
            failure.value.map { $0 == .infinity ? "no error" : NumberText.significant($0, digits: 6) } ?? "undefined"
        let rule = failure.rule
        return "\(Printable.text(failure.name)): \(rule.subject.name) \(value), expected "
            + "\(rule.comparison.rawValue) \(NumberText.significant(rule.limit, digits: 15))"
    }

    private static func summary(_ result: CheckResult) -> String {
        let broken = Set(result.failures.map { $0.rule }).count, looks = result.counts.reduce(0, +)
        return result.holds
            ? "\(result.rules.count) rules hold, \(NumberText.grouped(looks)) looks"
            : "\(broken) of \(result.rules.count) rules broken, by \(NumberText.grouped(result.failures.count)) of \(NumberText.grouped(looks)) looks"
    }
}
