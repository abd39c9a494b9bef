public import Basics
public import Quantization
import TensorFiles
public import Tensors

/// What `inspect` finds: one tensor under one recipe.
public struct Inspection {
    public let file: String
    public let tensor: TensorView
    public let summary: TensorSummary
    public let evaluation: Evaluation
    public var valuesHead: [Float] = []
    public var reconstructionHead: [Float] = []
    public var histogram: Histogram?
    /// The file that columns are weighed by, where it has weights for the tensor.
    public var importance: String?
    /// How a quantized tensor is stored, and its first elements.
    public var stored: (form: StoredForm, head: [StoredValue])?

    public init(file: String, tensor: TensorView, summary: TensorSummary, evaluation: Evaluation) {
        (self.file, self.tensor, self.summary, self.evaluation) = (file, tensor, summary, evaluation)
    }

    private var statistics: TensorStatistics { summary.statistics }

    package var statisticEntries: [(String, JSONValue)] {
        let s = statistics
        let percentiles = s.percentiles ?? []
        return [
            ("count", .int(s.count)), ("min", .number(s.minimum)), ("max", .number(s.maximum)),
            ("mean", .number(s.mean)), ("std", .number(s.standardDeviation)), ("abs_max", .number(s.absoluteMaximum)),
            ("zero_count", .int(s.zeroCount)), ("nan_count", .int(s.nanCount)), ("inf_count", .int(s.infinityCount)),
            ("skewness", .number(s.skewness)), ("kurtosis", .number(s.kurtosis)),
            (
                "percentiles",
                .object(
                    zip(TensorStatistics.percentilePoints, percentiles).map { (Self.short($0), .number($1)) })
            ),
        ]
    }

    package static func short(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }

    /// `inspect --json`
    public var json: JSONValue {
        var members: [(String, JSONValue)] = [
            ("file", .string(file)), ("tensor", .string(tensor.name)), ("dtype", .string(tensor.elementType.rawValue)),
            ("shape", .array(tensor.shape.extents.map(JSONValue.int))),
            ("recipe", .string(evaluation.recipe.description)),
        ]
        if let importance { members.append(("importance", .string(importance))) }
        if let stored { members.append(("stored", storedJSON(stored.form, stored.head))) }
        // Where some entries of axis 0 are only calibrated on: those that the metrics are of.
        let first = evaluation.recipe.rangeMode.calibrationEntries
        if first > 0 {
            members.append(("evaluated_entries", .array([.int(first), .int(tensor.shape.extents[0])])))
            members.append(("evaluated_count", .int(evaluation.metrics.size.elements)))
        }
        members += [
            ("stats", .object(statisticEntries)),
            ("quantizer", quantizer),
            ("metrics", .object(evaluation.metrics.entries.map { ($0.name, .number($0.value)) })),
        ]
        if !valuesHead.isEmpty {
            members.append(("values_head", .array(valuesHead.map(JSONValue.single))))
            members.append(("dequantized_head", .array(reconstructionHead.map(JSONValue.single))))
        }
        if let histogram {
            members.append(
                (
                    "histogram",
                    .object([
                        ("edges", .array(histogram.binning.edges.map { .number($0) })),
                        ("counts", .array(histogram.counts.map { .int(Int($0)) })),
                        ("below", .int(Int(histogram.below))), ("above", .int(Int(histogram.above))),
                    ])
                ))
        }
        return .object(members)
    }

    /// The recipe by which a tensor was stored; nil where recipes have no words for it.
    package func storedRecipe(_ form: StoredForm) -> String? {
        form.recipe.flatMap { try? Recipe($0) }.map { $0.description }
    }

    private func storedJSON(_ form: StoredForm, _ head: [StoredValue]) -> JSONValue {
        .object([
            ("method", .string(form.method)),
            ("recipe", storedRecipe(form).map(JSONValue.string) ?? .null),
            ("parts", .array(form.parts.map(JSONValue.string))),
            ("codes_head", .array(head.map { .int($0.code) })),
            ("levels_head", .array(head.map { .single($0.level) })),
            ("scales_head", .array(head.map { .single($0.scale) })),
            ("zero_points_head", .array(head.map { $0.zeroPoint.map(JSONValue.int) ?? .null })),
            ("offsets_head", .array(head.map { $0.offset.map(JSONValue.single) ?? .null })),
        ])
    }

    private var quantizer: JSONValue {
        let all = evaluation.quantizers
        var members: [(String, JSONValue)] = [
            ("scales", .array(all.map { .single($0.scale) })),
            ("zero_points", .array(all.map { .int($0.zeroPoint) })),
            ("range_count", .int(evaluation.rangeCount)),
        ]
        if evaluation.recipe.format.traits.hasOffset {
            members.append(("offsets", .array(all.map { .single($0.offset ?? 0) })))
        }
        if let first = all.first {
            members.append(("clip_low", .single(first.limits.low)))
            members.append(("clip_high", .single(first.limits.high)))
            if evaluation.rangeCount == 1 && evaluation.recipe.granularity == .tensor
                && evaluation.recipe.format.bits <= 8 && first.isScalar
            {
                members.append(("levels", .array(first.levels.map(JSONValue.single))))
            }
        }
        return .object(members)
    }
}
