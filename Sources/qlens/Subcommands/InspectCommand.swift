import Basics
import ArgumentParser
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// `qlens inspect`
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "One tensor under one recipe: statistics, quantizer, error.")

    @Argument(help: "A tensor file, a folder of them, or an index of shards.", completion: .file())
    var file: String

    @Argument(help: "The tensor's name; may be left out where the file holds one.")
    var tensor: String?

    @Option(
        help: ArgumentHelp("The setting, such as \"int4 sym group:128 clip:mse\".", valueName: "recipe"),
        completion: .recipe)
    var recipe: String

    @Option(help: ArgumentHelp("Print the first values and their reconstructions.", valueName: "n"))
    var head: Int = 0

    @Option(help: ArgumentHelp("Count the values in so many equal bins from minimum to maximum.", valueName: "bins"))
    var histogram: Int?

    @Option(
        help: ArgumentHelp(
            "What columns count where ggml's types look for scales: llama.cpp's importance matrix, or an .npz of mean squared inputs.",
            valueName: "file"), completion: .file())
    var importance: String?

    @Option(
        help: ArgumentHelp(
            "Measured inputs of layers, an array each: adds the error of outputs (output_error).", valueName: "file"),
        completion: .file())
    var activations: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    @OptionGroup var reading: ReadingOptions
    @OptionGroup var common: CommonOptions

    func validate() throws {
        if head < 0 || head > 1 << 24 { throw ValidationError("--head: found \(head), expected 0 to 16777216") }
        if let histogram, histogram < 1 || histogram > 1 << 20 {
            throw ValidationError("--histogram: found \(histogram), expected 1 to 1048576")
        }
    }

    func run() throws {
        try Console.run {
            let recipe = try Recipe(recipe)
            var opened = try reading.open(file)
            if let importance { opened = try Importance.open(path: importance).applied(to: opened) }
            let view = try opened.readableTensor(named: tensor)
            guard view.count > 0 else {
                throw FileError(
                    path: file, place: .tensor(view.name), found: "an empty tensor of shape \(view.storedShape)",
                    expected: "at least one element")
            }
            let context = try common.context
            let summary = try FirstPass(view).run(context)
            let evaluator = try Evaluator(view, recipe: recipe, summary: summary)
            var evaluation = try evaluator.evaluate(context)
            if let activations {
                evaluation = evaluation.with(
                    outputError: try outputError(evaluator, view, Activations.open(path: activations), context))
            }
            var report = Inspection(file: file, tensor: view, summary: summary, evaluation: evaluation)
            report.importance = view.columnWeights == nil ? nil : importance
            if let importance, view.columnWeights == nil {
                Console.printError(
                    "--importance: found none in \(importance) that fits \(Printable.quoted(view.name)); all columns count alike"
                )
            }
            if let form = view.storedForm {
                report.stored = (form, (0..<min(max(head, 8), view.count)).map { form.stored($0) })
            }
            if head > 0 {
                report.valuesHead = view.values(0..<min(head, view.count))
                report.reconstructionHead = try evaluator.reconstructionHead(head, context: context)
            }
            if let histogram, let low = summary.statistics.minimum, let high = summary.statistics.maximum {
                report.histogram = try Histogram.of(
                    view, binning: .linear(low: low, high: high, bins: histogram), context: context)
            }
            // Bytes that turned out to be damaged while they were read make every number worthless.
            if let fault = view.fault {
                throw FileError(
                    path: file, place: .tensor(view.name), found: fault.found, expected: fault.expected)
            }
            Console.printLine(json ? report.json.text : InspectReport(inspection: report).table)
        }
    }

    /// A line on standard error says where there is none, and why.
    private func outputError(
        _ evaluator: Evaluator, _ view: TensorView, _ activations: Activations, _ context: WorkContext
    ) throws -> Double? {
        guard let inputs = activations.inputs(for: view) else {
            Console.printError("--activations: \(activations.summary(for: [view]))")
            return nil
        }
        let error = try evaluator.outputError(inputs, context: context)
        if let fault = activations.fault(for: view) {
            throw FileError(
                path: activations.path, place: .tensor(view.name), found: fault.found, expected: fault.expected)
        }
        return error?.relative
    }
}
