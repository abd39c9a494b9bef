import Basics
import Fixtures
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

/// A transformer of one layer and seven tensors, for plans of which every choice can be tried.
enum SmallTransformer {
    static let formats = [
        "int2 sym group:32", "int3 sym group:32", "int4 sym group:32", "int8 sym channel:0", "ggml:q4_k",
    ]

    static func tensor(
        _ name: String, _ extents: [Int], _ factor: Float, _ numbers: inout SeededRandom
    ) throws -> TensorView {
        let shape = try #require(Shape(extents)), values = numbers.bell(shape.count).map { $0 * factor }
        return try #require(TensorView(name: name, values: values, shape: shape))
    }

    static func tensors() throws -> [TensorView] {
        var numbers = SeededRandom(3)
        return try [
            tensor("embed_tokens.weight", [40, 64], 0.5, &numbers),
            tensor("layers.0.attn.q_proj.weight", [32, 64], 1, &numbers),
            tensor("layers.0.attn.k_proj.weight", [16, 64], 2, &numbers),
            tensor("layers.0.attn.v_proj.weight", [16, 64], 0.1, &numbers),
            tensor("layers.0.mlp.down_proj.weight", [16, 256], 1.5, &numbers),
            tensor("layers.0.norm.weight", [64], 1, &numbers),
            tensor("lm_head.weight", [40, 64], 0.3, &numbers),
        ]
    }

    static func settings(_ formats: [String] = formats) throws -> PlanSettings {
        PlanSettings(treatments: try formats.map { try WeightTreatment($0) })
    }

    /// All candidates of a file, as the command finds them.
    static func candidates(
        _ tensors: [TensorView], _ settings: PlanSettings, activations: Activations? = nil
    ) throws -> PlanCandidates {
        var candidates = PlanCandidates(tensors, include: settings.include, exclude: settings.exclude)
        for (scan, missing) in candidates.missing(settings, tensors: tensors, activations: activations) {
            for candidate in missing {
                let outcome = try scan.row(candidate, context: WorkContext(threads: 1))
                candidates.take(outcome, of: scan.recipe.description, at: candidate.position)
            }
        }
        #expect(candidates.isComplete(settings))
        return candidates
    }

    static func plan(
        _ settings: PlanSettings, _ budget: PlanBudget, tensors: [TensorView]? = nil
    ) throws -> Plan {
        let tensors = try tensors ?? Self.tensors()
        return try Planner(candidates(tensors, settings), settings, unit: budget.unit).plan(budget)
    }

    /// The least error within the budget among all choices: evaluated one by one, without the planner.
}
