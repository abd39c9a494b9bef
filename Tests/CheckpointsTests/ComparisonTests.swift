import Basics
import Fixtures
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

@Suite struct ComparisonTests {
    private func result(_ a: TensorFile, _ b: TensorFile) throws -> ComparisonResult {
        let comparison = try Comparison(a, b)
        return ComparisonResult(
            rows: try comparison.pairs.map { try comparison.row($0, context: WorkContext(threads: 2)) },
            onlyA: comparison.match.onlyA, onlyB: comparison.match.onlyB)
    }

    /// A Hugging Face checkpoint and its GGUF quantization: every name finds its partner, and errors are NumPy's on what gguf-py
    /// dequantizes, rows of queries and keys in rotary order.
    @Test func theLlamaFamily() throws {
        let a = try FileFormatCatalog.open(path: Fixture.path("Llama/original.safetensors"))
        let b = try FileFormatCatalog.open(path: Fixture.path("Llama/model-q8_0.gguf"))
        let found = try result(a, b)
        let expected = try JSONValue(Fixture.bytes("Llama/pairs.json"), path: "pairs.json")
        let pairs = try #require(expected["pairs"]?.array)
        #expect(found.rows.count == pairs.count && pairs.count == 21)
        #expect(found.onlyA.isEmpty && found.onlyB == ["rope_freqs.weight"])
        for pair in pairs {
            let name = try #require(pair["a"]?.string), row = try #require(found.rows.first { $0.a == name })
            #expect(row.b == pair["b"]?.string)
            let metrics = try #require(row.metrics)
            func close(_ value: Double?, _ wanted: Double?, _ tolerance: Double) -> Bool {
                guard let wanted else { return value == nil }
                return value.map { abs($0 - wanted) <= tolerance * abs(wanted) + 1e-12 } ?? false
            }
            #expect(close(metrics.mse, pair["mse"]?.double, 1e-6), "\(name)")
            #expect(close(metrics.sqnr, pair["sqnr_db"]?.double, 1e-6), "\(name)")
            #expect(close(metrics.cosine, pair["cosine"]?.double, 1e-6), "\(name)")
            #expect(close(metrics.maxAbsError, pair["max_abs_error"]?.double, 1e-6), "\(name)")
            let isRotary = name.contains("q_proj") || name.contains("k_proj")
            #expect((row.arrangement != nil) == isRotary)
            #expect(row.arrangement.map { $0.contains(name.contains("q_proj") ? "8 heads" : "2 heads") } ?? true)
        }
        // The worst first; the other way round the same errors against the other's power.
        #expect(found.sorted(by: .metric(.sqnr)).first?.a == "model.layers.0.mlp.down_proj.weight")
        let back = try result(b, a)
        #expect(back.rows.count == 21)
        for row in back.rows {
            let other = try #require(found.rows.first { $0.a == row.b })
            #expect(abs((row.metrics?.mse ?? -1) - (other.metrics?.mse ?? -2)) < 1e-12)
        }
    }

    private func tensor(_ name: String, _ extents: [Int], _ value: (Int) -> Float) throws -> TensorView {
        let shape = try #require(Shape(extents))
        return try #require(TensorView(name: name, values: (0..<shape.count).map(value), shape: shape))
    }

    private func file(_ tensors: [TensorView]) -> TensorFile {
        TensorFile(path: "memory", format: "test", metadata: [], tensors: tensors)
    }

    @Test func arrangementsAndMisfits() throws {
        var numbers = SeededRandom(3)
        let values = (0..<96 * 64).map { _ in Float.random(in: -1..<1, using: &numbers) }
        let a = try tensor("w", [96, 64]) { values[$0] }, square = try tensor("s", [64, 64]) { values[$0] }
        let transposed = try tensor("w", [64, 96]) { values[$0 % 96 * 64 + $0 / 96] }
        let squareTransposed = try tensor("s", [64, 64]) { values[$0 % 64 * 64 + $0 / 64] }
        let found = try result(file([a, square]), file([transposed, squareTransposed]))
        #expect(found.rows.map { $0.arrangement } == ["transposed", "transposed"])
        #expect(found.rows.allSatisfy { $0.metrics?.mse == 0 && $0.metrics?.sqnr == nil })
        // A block format read transposed has the same values.
        let other = try tensor("w", [96, 32]) { values[$0] }
        let misfit = try result(file([a]), file([other])).rows[0]
        #expect(misfit.metrics == nil && misfit.problem == "shapes [96,64] and [96,32]")
        // What is not finite on one side alone is counted, not averaged.
        let broken = try tensor("w", [96, 64]) { $0 == 7 ? .nan : values[$0] }
        let row = try result(file([a]), file([broken])).rows[0]
        #expect(row.mismatched == 1 && row.metrics?.mse == 0 && row.sums.count == 96 * 64 - 1)
        #expect(try result(file([broken]), file([broken])).rows[0].mismatched == 0)
        // A vector against itself as a matrix of one row.
        let vector = try tensor("v", [64]) { values[$0] }, line = try tensor("v", [1, 64]) { values[$0] + 0.5 }
        let plain = try result(file([vector]), file([line])).rows[0]
        #expect(plain.arrangement == nil && abs((plain.metrics?.bias ?? 0) - 0.5) < 1e-6)
    }

    /// Names of many makers come to one; what has no convention stands for itself.
    @Test(arguments: [
        ("model.embed_tokens.weight", "token_embd.weight"), ("lm_head.weight", "output.weight"),
        ("model.norm.weight", "output_norm.weight"), ("tok_embeddings.weight", "token_embd.weight"),
        ("model.layers.7.self_attn.q_proj.weight", "blk.7.attn_q.weight"),
        ("model.layers.7.self_attn.q_proj.bias", "blk.7.attn_q.bias"),
        ("layers.3.attention.wo.weight", "blk.3.attn_output.weight"),
        ("layers.3.feed_forward.w2.weight", "blk.3.ffn_down.weight"),
        ("transformer.h.0.attn.c_attn.weight", "blk.0.attn_qkv.weight"),
        ("module.model.layers.1.mlp.up_proj.weight", "blk.1.ffn_up.weight"),
        ("model.language_model.layers.1.mlp.up_proj.weight", "blk.1.ffn_up.weight"),
        ("model.layers.2.self_attn.k_norm.weight", "blk.2.attn_k_norm.weight"),
        ("model.layers.2.post_attention_layernorm.weight", "blk.2.ffn_norm.weight"),
        ("blk.2.ffn_norm.weight", "blk.2.ffn_norm.weight"), ("conv1.weight", "conv1.weight"), ("weight", "weight"),
    ])
    func names(name: String, canonical: String) {
        #expect(CanonicalName.of(name) { _ in false }.name == canonical)
    }

    @Test func normsAndExperts() throws {
        #expect(
            CanonicalName.of("model.layers.2.post_attention_layernorm.weight") { $0 == 2 }.name
                == "blk.2.post_attention_norm.weight")
        // Experts stand in one tensor on one side.
        let parts = try (0..<3).map { expert in
            try tensor("model.layers.0.block_sparse_moe.experts.\(expert).w1.weight", [4, 8]) {
                Float(expert * 32 + $0) / 7
            }
        }
        let stacked = try tensor("blk.0.ffn_gate_exps.weight", [3, 4, 8]) { Float($0) / 7 + ($0 == 40 ? 1 : 0) }
        for (a, b) in [(file(parts), file([stacked])), (file([stacked]), file(parts))] {
            let found = try result(a, b)
            #expect(found.rows.map { $0.expert } == [0, 1, 2] && found.onlyA.isEmpty && found.onlyB.isEmpty)
            #expect(found.rows.map { $0.metrics?.mse == 0 } == [true, false, true])
        }
        // Some of the experts alone: the others are told. A number below zero is no expert.
        let few = try result(file(Array(parts.prefix(2))), file([stacked]))
        #expect(few.rows.count == 2 && few.onlyB == ["blk.0.ffn_gate_exps.weight [2]"])
        let turned = try result(file([stacked]), file(Array(parts.prefix(2))))
        #expect(turned.rows.count == 2 && turned.onlyA == ["blk.0.ffn_gate_exps.weight [2]"])
        let negative = try tensor("model.layers.0.mlp.experts.-1.gate_proj.weight", [4, 8]) { Float($0) }
        #expect(try result(file([negative, parts[0]]), file([stacked])).onlyA == [negative.name])
        // Two names that mean the same layer do not share a partner.
        let doubled = try [
            tensor("model.norm.weight", [4], { Float($0) }), tensor("module.model.norm.weight", [4], { Float($0) }),
            tensor("x", [4], { Float($0) }),
        ]
        let norm = try tensor("output_norm.weight", [4]) { Float($0) }
        let once = try result(file(doubled), file([norm, tensor("y", [4], { Float($0) })]))
        #expect(once.rows.count == 1 && once.onlyA.count == 2)
        // A bias of queries in rotary order is a vector.
        let bias = try tensor("model.layers.0.self_attn.q_proj.bias", [64]) { Float($0 * 37 % 64) }
        let paired = try tensor("blk.0.attn_q.bias", [64]) { element in
            let place = element % 16
            return Float((element - place + place % 2 * 8 + place / 2) * 37 % 64)
        }
        let rotary = try result(file([bias, doubled[0]]), file([paired, norm])).rows.first { $0.a == bias.name }
        #expect(rotary?.arrangement == "rows of 4 heads in rotary order" && rotary?.metrics?.mse == 0)
        // Files of one tensor each are one pair, whatever the names; without a partner a tensor is told.
        let one = try tensor("x", [4], { Float($0) }), two = try tensor("y", [4], { Float($0) })
        #expect(try result(file([one]), file([two])).rows.count == 1)
        let unlike = try tensor("y", [5], { Float($0) })
        let lone = try result(file([one, parts[0]]), file([unlike, stacked]))
        #expect(lone.onlyA == ["x"] && lone.onlyB.last == "y" && lone.onlyB.count == 3 && lone.rows.count == 1)
    }

    /// Parts of a comparison join into the very text of one process.
    @Test func partsJoin() throws {
        let a = try FileFormatCatalog.open(path: Fixture.path("Llama/original.safetensors"))
        let b = try FileFormatCatalog.open(path: Fixture.path("Llama/model-q8_0.gguf"))
        let comparison = try Comparison(a, b), sizes = comparison.pairs.map { $0.b.byteCount }
        let order = ScanResult.Order.metric(.sqnr)
        let expected = try result(a, b).json(a: "a", b: "b", order: order).text
        let parts = try (0..<4).map { index -> (path: String, value: JSONValue) in
            let shard = try #require(Shard(index: index, count: 4))
            let rows = try shard.places(ofSizes: sizes).map { try comparison.row(comparison.pairs[$0]) }
            let part = ComparisonResult(
                rows: rows, onlyA: [], onlyB: index == 0 ? comparison.match.onlyB : [])
            let text = part.partJSON(a: "a", b: "b", order: order, shard: shard, count: comparison.pairs.count).text
            return ("\(index)", try JSONValue(Array(text.utf8), path: "part"))
        }
        guard case .comparison(let merged, let first, let second, let sorted) = try Merge.result(of: parts) else {
            Issue.record("not a comparison")
            return
        }
        #expect(merged.json(a: first, b: second, order: sorted).text == expected)
    }
}
