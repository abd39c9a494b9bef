import Basics
public import Checkpoints
public import Quantization
public import TensorFiles
public import Tensors

/// A checkpoint with what becomes of each of its tensors.
public struct ExportJob: Sendable {
    public struct Item: Sendable {
        public let tensor: TensorView
        public let treatment: WeightTreatment

        public init(_ tensor: TensorView, _ treatment: WeightTreatment) {
            (self.tensor, self.treatment) = (tensor, treatment)
        }
    }

    public let file: TensorFile
    /// In the order of the file.
    public let items: [Item]
    /// What should have been quantized and is not, with the reason.
    public let notices: [String]

    /// One recipe on every weight that it fits, as `scan` chooses them.
    public init(
        _ file: TensorFile, recipe: Recipe, include: [NamePattern] = [], exclude: [NamePattern] = []
    ) throws(ExportError) {
        try Self.check(recipe)
        let scan = Scan(file.tensors, recipe: recipe, include: include, exclude: exclude)
        let chosen = Set(scan.candidates.map { $0.position })
        items = file.tensors.enumerated().map { Item($1, chosen.contains($0) ? .quantized(recipe) : .kept) }
        self.file = file
        let misfits = scan.kept.filter { tensor in
            let view = file.tensors[tensor.position]
            return view.isFloatingPoint && view.storedShape.rank >= 2
        }
        notices = misfits.map { "\(Printable.text($0.name)) stays as it is: \($0.reason)" }
    }

    /// The rows of a plan; weights that it does not name stay as they are.
    public init(_ file: TensorFile, plan: [(name: String, treatment: WeightTreatment)]) throws(ExportError) {
        var treatments: [Int: WeightTreatment] = [:]
        for (name, treatment) in plan {
            guard let position = file.position(named: name) else {
                throw ExportError(
                    "plan", found: "no tensor \(Printable.quoted(name)) in \(Printable.text(file.path))",
                    expected: "the checkpoint that was planned")
            }
            if let recipe = treatment.recipe {
                try Self.check(recipe)
                do throws(ShapeMismatch) {
                    _ = try recipe.layout(of: file.tensors[position])
                } catch {
                    throw ExportError(
                        "plan", found: "\(recipe) for \(Printable.quoted(name)): \(error)",
                        expected: "the checkpoint that was planned")
                }
            }
            treatments[position] = treatment
        }
        items = file.tensors.enumerated().map { Item($1, treatments[$0] ?? .kept) }
        self.file = file
        notices = []
    }

    /// Ranges that are chosen on some entries and applied to others belong to activations, not to weights that are stored.
    private static func check(_ recipe: Recipe) throws(ExportError) {
        guard recipe.rangeMode.calibrationEntries == 0 else {
            throw ExportError("--recipe", found: "range:\(recipe.rangeMode)", expected: "range:self or range:dynamic")
        }
    }
}
