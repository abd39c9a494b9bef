import ArgumentParser
import Basics
import Checkpoints
import Explorer
import Quantization
import Reports
import TensorFiles
import Tensors

/// `qlens report`
struct ReportCommand: ParsableCommand {
    enum Format: String, CaseIterable, ExpressibleByArgument { case html, csv, markdown }

    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "One page of a checkpoint under a recipe or a plan, or beside another one.",
        discussion: """
            The page needs no other file, no network, and no script to be read: settings and the command that makes it again, \
            totals, what sizes buy, layers and modules, the worst tensors with their distributions and errors, and a table of all \
            tensors that sorts by a click.
            """)

    @Argument(help: "A tensor file, a folder of them, or an index of shards.", completion: .file())
    var file: String

    @Option(
        help: ArgumentHelp("One recipe on every weight, such as \"int4 sym group:128\".", valueName: "recipe"),
        completion: .recipe)
    var recipe: String?

    @Option(help: ArgumentHelp("What plan --json printed.", valueName: "plan"), completion: .file())
    var plan: String?

    @Option(help: ArgumentHelp("A second checkpoint, compared with the first.", valueName: "file"), completion: .file())
    var compare: String?

    @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
    var output: String

    @Option(
        help: ArgumentHelp("html, csv or markdown.", valueName: "format"),
        completion: .list(Format.allCases.map { $0.rawValue }))
    var format: Format = .html

    @Option(help: ArgumentHelp("How many of the worst tensors are drawn.", valueName: "n"))
    var pictures = 6

    @Flag(help: "Replace a file that exists.")
    var force = false

    @Flag(help: "Compute everything anew, and keep nothing for the next time.")
    var noCache = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        let count = [recipe, plan, compare].compactMap { $0 }.count
        if count != 1 {
            throw ValidationError("found \(count) of --recipe, --plan and --compare, expected one")
        }
        if pictures < 0 || pictures > 100 { throw ValidationError("--pictures: found \(pictures), expected 0 to 100") }
    }

    func run() throws {
        try Console.run {
            if !force, Folder.exists(output) {
                throw CommandFailure(usage: "--output: found \(output), which exists, expected a new name, or --force")
            }
            let context = try common.context
            var content = try compare.map { try compared($0, context) } ?? quantized(context)
            content.command = command
            let text =
                switch format {
                case .html: content.html
                case .csv: content.csv
                case .markdown: content.markdown
                }
            let inputs =
                ShardOptions.files(file) + (compare.map { ShardOptions.files($0) } ?? []) + [plan].compactMap { $0 }
            try AtomicFile.write(to: output, notOver: inputs) { sink throws(FileError) in
                try sink.write(Array(text.utf8) + [UInt8(ascii: "\n")])
            }
        }
    }

    /// The command, as a shell takes it.
    private var command: String {
        func quoted(_ text: String) -> String {
            text.allSatisfy { $0.isLetter || $0.isNumber || "-_./:=+,@".contains($0) } && !text.isEmpty
                ? text
                : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }
        let options = [("recipe", recipe), ("plan", plan), ("compare", compare)].compactMap { name, value in
            value.map { "--\(name) \(quoted($0))" }
        }
        return (["qlens report", quoted(file)] + options + ["--output \(quoted(output))"]).joined(separator: " ")
    }

    // MARK: A recipe or a plan

    private func quantized(_ context: WorkContext) throws -> ReportContent {
        let record = try plan.map { path throws(FileError) in try PlanRecord.open(path: path) }
        var opened = try reading.open(file)
        if let importance = record?.importance { opened = try Importance.open(path: importance).applied(to: opened) }
        var content = try record.map { try planned($0, opened) } ?? scanned(opened, context)
        try addBadges(opened, to: &content, context)
        for name in content.worst(pictures) {
            guard let tensor = opened.position(named: name).map({ opened.tensors[$0] }),
                let text = content.rows.first(where: { $0.name == name })?.recipe, let recipe = try? Recipe(text),
                let picture = try TensorPicture(tensor, recipe, context: context)
            else { continue }
            content.pictures.append(picture)
        }
        return content
    }

    /// One recipe, as `scan` applies it.
    private func scanned(_ opened: TensorFile, _ context: WorkContext) throws -> ReportContent {
        let recipe = try Recipe(recipe ?? ""), scan = Scan(opened.tensors, recipe: recipe)
        let cache =
            noCache ? nil : Console.folders.scanFolder.map { ScanCache(folder: $0, file: file, recipe: recipe) }
        let run = ScanRun(scan, cache: cache)
        var outcomes: [Scan.Outcome] = []
        var progress = ProgressLine("report", bytes: scan.candidates.map { $0.tensor.byteCount })
        for candidate in scan.candidates {
            progress.show()
            outcomes.append(try run.known(candidate) ?? run.outcome(of: candidate, path: file, context: context))
            progress.finished(bytes: candidate.tensor.byteCount)
        }
        progress.clear()
        let result = ScanResult(recipe: recipe.description, kept: scan.kept, outcomes), total = result.total
        return ReportContent(
            title: "\(recipe) on \(Self.fileName(file))", command: "",
            facts: [("file", file), ("setting", recipe.description)]
                + Self.facts(
                    tensors: total.tensors, elements: total.elements, bytes: total.bytes, kept: total.keptBytes,
                    bits: total.bitsPerWeight, sqnr: total.sqnr, mse: total.mse),
            rows: result.rows.map {
                ReportContent.Row(name: $0.name, shape: $0.shape, recipe: $0.recipe, metrics: $0.metrics)
            }, kept: result.kept.map { ($0.name, $0.reason) })
    }

    /// A plan, with the numbers that it was made of.
    private func planned(_ record: PlanRecord, _ opened: TensorFile) throws -> ReportContent {
        guard let budget = record.settings.budget else {
            throw CommandFailure(usage: "--plan: found a plan without a budget, expected one")
        }
        let plan = try record.plan(budget), total = plan.total
        for row in plan.rows {
            guard let position = opened.position(named: row.name), opened.tensors[position].shape == row.shape else {
                throw FileError(
                    path: file, place: .tensor(row.name), found: "no such tensor of shape \(row.shape)",
                    expected: "the checkpoint that was planned")
            }
        }
        var content = ReportContent(
            title: "Plan on \(Self.fileName(file))", command: "",
            facts: [("file", file), ("setting", "at most \(budget.words)")]
                + Self.facts(
                    tensors: plan.rows.count, elements: total.elements, bytes: total.bytes, kept: total.keptBytes,
                    bits: total.bitsPerWeight, sqnr: total.sqnr, mse: total.mse),
            rows: plan.rows.map {
                ReportContent.Row(
                    name: $0.name, shape: $0.shape, recipe: $0.treatment.description, metrics: $0.metrics,
                    note: $0.isPinned ? "pinned" : "")
            }, kept: plan.kept.map { ($0.name, $0.reason) })
        try add(record, plan, to: &content)
        return content
    }

    private static func facts(
        tensors: Int, elements: Int, bytes: Double, kept: Int, bits: Double?, sqnr: Double?, mse: Double?
    ) -> [(label: String, value: String)] {
        [
            ("weights", "\(tensors), \(NumberText.grouped(elements)) elements"),
            ("bytes", "\(NumberText.grouped(Int(bytes))) of weights, \(NumberText.grouped(kept)) of the others"),
            ("bits a weight", bits.map { NumberText.fixed($0, places: 4) } ?? "–"),
            ("SQNR", sqnr.map { NumberText.fixed($0, places: 2) + " dB" } ?? (mse == 0 ? "exact" : "–")),
            ("MSE", mse.map { NumberText.significant($0) } ?? "–"),
        ]
    }

    /// What the plan's candidates tell of other sizes.
    private func add(_ record: PlanRecord, _ plan: Plan, to content: inout ReportContent) throws {
        let planner = try Planner(record.candidates, record.settings, unit: .bits)
        let elements = Double(max(1, plan.total.elements))
        content.frontier = planner.corners.map { ($0.amount, $0.error) }
        content.marks =
            plan.uniform.map { ("\($0.treatment)", $0.bits / elements, $0.error, false) }
            + [("plan", plan.total.bits / elements, plan.total.error, true)]
        content.facts.append(
            ("error", "\(PlanWords.of(plan.settings.measure)) \(NumberText.significant(plan.total.error))"))
        content.facts.append(
            ("above the least possible by", plan.gap == 0 ? "0, proven" : "at most \(NumberText.percent(plan.gap))"))
        if let profile = plan.settings.hardware { content.facts.append(("machine", plan.bounds(profile))) }
    }

    /// Marks of lists, of every tensor that is quantized.
    private func addBadges(_ opened: TensorFile, to content: inout ReportContent, _ context: WorkContext) throws {
        for place in content.rows.indices {
            guard let tensor = opened.position(named: content.rows[place].name).map({ opened.tensors[$0] }) else {
                continue
            }
            let statistics = try FirstPass(tensor).run(context).statistics
            var badges: [String] = []
            let bad = statistics.nanCount + statistics.infinityCount
            if bad > 0 { badges.append("\(NumberText.grouped(bad)) NaN or ∞") }
            if statistics.absoluteMaximum == 0 {
                badges.append("all zero")
            } else if statistics.minimum == statistics.maximum {
                badges.append("constant")
            } else if (0..<2).contains(where: { tensor.hasDeadChannel(ofAxis: $0) }) {
                badges.append("dead channel")
            }
            if let score = statistics.outlierScore, score >= 20 {
                badges.append("outlier at \(NumberText.significant(score, digits: 2)) σ")
            }
            content.rows[place].badges = badges
        }
    }

    // MARK: Two checkpoints

    private func compared(_ other: String, _ context: WorkContext) throws -> ReportContent {
        let (a, b) = try reading.open(file, other), comparison = try Comparison(a, b)
        var progress = ProgressLine("report", bytes: comparison.pairs.map { $0.a.byteCount }),
            rows: [ReportContent.Row] = []
        for pair in comparison.pairs {
            progress.show()
            let row = try comparison.row(pair, context: context)
            for (path, tensor) in [(file, pair.a), (other, pair.b)] {
                guard let fault = tensor.fault else { continue }
                throw FileError(path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
            }
            rows.append(
                ReportContent.Row(
                    name: row.a, shape: row.shape, recipe: "\(row.typeA) → \(row.typeB)", metrics: row.metrics,
                    note: ([row.b == row.a ? nil : row.b].compactMap { $0 } + row.notes).joined(separator: "; "),
                    badges: row.mismatched > 0 ? ["\(NumberText.grouped(row.mismatched)) finite on one side alone"] : []
                ))
            progress.finished(bytes: pair.a.byteCount)
        }
        progress.clear()
        let equal = rows.count { $0.metrics?.mse == 0 }
        return ReportContent(
            title: "\(Self.fileName(file)) beside \(Self.fileName(other))", command: "",
            facts: [("A", file), ("B", other), ("pairs", "\(rows.count), \(equal) equal")], rows: rows,
            kept: comparison.match.onlyA.map { ($0, "in A alone") } + comparison.match.onlyB.map { ($0, "in B alone") })
    }

    private static func fileName(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
