public import Basics
public import Quantization
import TensorFiles
public import Tensors

/// One recipe on every weight of a checkpoint: which layers suffer.
///
/// Weights are tensors of real numbers with two axes or more; the others stay unquantized and are counted. Tensors are read one after
/// the other in the order of their names, each by all cores, so that memory is bounded by what one evaluation takes.
public struct Scan: Sendable {
    /// What a recipe does to one tensor.
    public struct Row: Sendable, Equatable {
        /// Among the tensors of the file.
        public let position: Int
        public let name: String
        public let shape: Shape
        public let recipe: String
        public let metrics: Metrics
        /// What totals are made of.
        public let sums: ErrorSums
        /// ‖(Ŵ - W)X‖², where inputs of the layer were measured.
        public var squaredOutputError: Double?

        /// NaN and infinities; of a recipe that calibrates on the first entries, among the others.
        ///
        /// - Parameter mode: of the recipe.
        public func notFiniteCount(_ mode: RangeMode) -> Int {
            guard mode.calibrationEntries > 0, let entries = shape.extents.first, entries > 0 else {
                return shape.count - sums.count
            }
            return shape.count / entries * (entries - mode.calibrationEntries) - sums.count
        }
    }

    /// A tensor that stays as it is.
    public struct Kept: Equatable, Sendable {
        public let position: Int
        public let name: String
        public let shape: Shape
        public let type: String
        public let bytes: Int
        public let elements: Int
        public let reason: String
        /// None of its elements is finite.
        public var isWithoutFinite: Bool { reason == Self.withoutFinite }
        static let withoutFinite = "no finite element"
    }

    /// A tensor that is to be quantized.
    public struct Candidate: Sendable {
        public let position: Int
        public let tensor: TensorView
        let inputs: LayerInputs?
        let recipe: String

        /// What names recipe, tensor and inputs, so that the result may be stored.
        var key: String? {
            guard let identity = tensor.identity else { return nil }
            guard let inputs else { return "\(recipe)|\(identity)" }
            return inputs.tensor.identity.map { "\(recipe)|\(identity)|\($0)" }
        }
    }

    public let recipe: Recipe
    /// What is quantized, in the order of the file.
    public let candidates: [Candidate]
    public let kept: [Kept]

    /// - Parameters:
    ///   - include: names that are quantized; all where there is no pattern.
    ///   - exclude: names that stay unquantized, whatever `include` says.
    ///   - activations: measured inputs, for the error of outputs.
    public init(
        _ tensors: [TensorView], recipe: Recipe, include: [NamePattern] = [], exclude: [NamePattern] = [],
        activations: Activations? = nil
    ) {
        self.recipe = recipe
        let text = recipe.description
        var candidates: [Candidate] = [], kept: [Kept] = []
        for (position, tensor) in tensors.enumerated() {
            if let reason = Self.reasonToKeep(tensor, include, exclude) ?? Self.misfit(tensor, recipe) {
                kept.append(Kept(tensor, position: position, reason: reason))
                continue
            }
            candidates.append(
                Candidate(
                    position: position, tensor: tensor, inputs: activations?.inputs(for: tensor), recipe: text))
        }
        self.candidates = candidates
        self.kept = kept
    }

    /// Why a tensor stays unquantized whatever the recipe.
    static func reasonToKeep(
        _ tensor: TensorView, _ include: [NamePattern], _ exclude: [NamePattern]
    ) -> String? {
        if let problem = tensor.problem { return "values that cannot be read: \(problem.found)" }
        if !tensor.isFloatingPoint { return "\(tensor.elementType.rawValue) elements" }
        if tensor.storedShape.rank < 2 { return "fewer than two axes" }
        if tensor.count == 0 { return "no element" }
        if let pattern = exclude.first(where: { $0.matches(tensor.name) }) { return "excluded by \(pattern)" }
        if !include.isEmpty, !include.contains(where: { $0.matches(tensor.name) }) { return "not included" }
        return nil
    }

    /// Why a recipe cannot be applied to a tensor.
    static func misfit(_ tensor: TensorView, _ recipe: Recipe) -> String? {
        do throws(ShapeMismatch) { _ = try recipe.layout(of: tensor) } catch { return error.description }
        return nil
    }

    /// The result of one candidate; an unquantized tensor where none of its elements is finite.
    ///
    /// Damaged bytes are reported by the tensor's `fault`: check it before the result is used.
    public func row(_ candidate: Candidate, context: WorkContext) throws(Cancelled) -> Outcome {
        let tensor = candidate.tensor
        guard let evaluator = try? Evaluator(tensor, recipe: recipe) else {
            return .kept(Kept(tensor, position: candidate.position, reason: "the recipe does not fit"))
        }
        var evaluation = try evaluator.evaluate(context)
        guard evaluation.sums.count > 0 else {
            return .kept(Kept(tensor, position: candidate.position, reason: Kept.withoutFinite))
        }
        var output: OutputError?
        if let inputs = candidate.inputs {
            output = try evaluator.outputError(inputs, context: context)
            evaluation = evaluation.with(outputError: output?.relative)
        }
        return .row(
            Row(
                position: candidate.position, name: tensor.name, shape: tensor.shape, recipe: recipe.description,
                metrics: evaluation.metrics, sums: evaluation.sums, squaredOutputError: output?.squaredError))
    }

    /// What became of a candidate. In boxes: there may be very many, and they are handed from thread to thread.
    public indirect enum Outcome: Sendable, Equatable {
        case row(Row)
        case kept(Kept)
    }
}

extension Scan.Kept {
    public init(_ tensor: TensorView, position: Int, reason: String) {
        self.init(
            position: position, name: tensor.name, shape: tensor.storedShape, type: tensor.typeName,
            bytes: tensor.byteCount, elements: tensor.storedShape.count, reason: reason)
    }
}
