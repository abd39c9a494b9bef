import Basics
import Fixtures
import Foundation
import Quantization
import SeededRandom
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

/// Tensors of two checkpoints find each other, step by step; what could be several is listed.
@Suite struct PairingTests {
    private func tensor(_ name: String, _ extents: [Int], seed: UInt64, scale: Float = 1, offset: Float = 0) throws
        -> TensorView
    {
        var random = SeededRandom(seed)
        let shape = try #require(Shape(extents))
        let values = (0..<shape.count).map { _ in
            ((0..<6).reduce(Float(0)) { sum, _ in sum + Float.random(in: -0.7...0.7, using: &random) }) * scale + offset
        }
        return try tensor(name, extents, values)
    }

    private func tensor(_ name: String, _ extents: [Int], _ values: [Float]) throws -> TensorView {
        try #require(TensorView(name: name, values: values, shape: Shape(extents)!))
    }

    private func values(_ view: TensorView) -> [Float] { view.values(0..<view.count) }

    private func file(_ tensors: [TensorView], _ format: String = "safetensors") -> TensorFile {
        TensorFile(path: "/x", format: format, metadata: [], tensors: tensors)
    }

    private func result(_ a: TensorFile, _ b: TensorFile, map: PairMap? = nil) throws -> Checkpoints.ComparisonResult {
        let comparison = try Comparison(a, b, map: map)
        return ComparisonResult(
            rows: try comparison.pairs.map { try comparison.row($0, context: WorkContext(threads: 2)) },
            onlyA: comparison.match.onlyA, onlyB: comparison.match.onlyB, doubts: comparison.match.doubts)
    }

    /// A step in the folder is a step of the match.
    @Test func everyStepIsTaken() throws {
        let folder = Bundle.root.appendingPathComponent("Sources/Checkpoints/Compare/Matching")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { name in
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8).contains(": PairingStep {")
        }
        #expect(Set(files) == Set(TensorMatch.steps.map { "\(type(of: $0)).swift" }) && files.count == 9)
    }

    private static let layers = ["layers.0.fc1", "layers.0.fc2", "layers.1.fc1", "layers.1.fc2", "head"]

    private func network(_ prefix: String = "") throws -> [TensorView] {
        try Self.layers.enumerated().flatMap { index, name in
            [
                try tensor("\(prefix)\(name).weight", [6, 8], seed: UInt64(index)),
                try tensor("\(prefix)\(name).bias", [6], seed: UInt64(100 + index)),
            ]
        }
    }

    /// Whatever the prefix, on either side or on both.
    @Test(arguments: ["model.", "net.", "module.", "ema_model.", "state_dict.", "0.auto_model.", "a.b.c."])
    func prefixes(_ prefix: String) throws {
        let plain = file(try network()), named = file(try network(prefix))
        for (a, b) in [(plain, named), (named, plain), (file(try network("teacher.")), named)] {
            let found = try result(a, b)
            #expect(found.rows.count == 10 && found.onlyA.isEmpty && found.onlyB.isEmpty && found.doubts.isEmpty)
            #expect(found.rows.allSatisfy { $0.metrics?.mse == 0 && $0.matchedBy == "prefix" })
            #expect(found.rows[0].matchNote?.contains(prefix) == true)
        }
    }

    /// A checkpoint with the weights and their moving average: both would fit, so neither is taken until a map says which.
    @Test func copiesAreNotGuessedBetween() throws {
        let plain = file(try network())
        let noise = try network("ema_model.").map { view in
            try tensor(view.name, view.shape.extents, values(view).enumerated().map { $1 + Float($0 % 3) * 1e-4 })
        }
        let both = file(
            try network("model.").map { view in
                try tensor(view.name, view.shape.extents, values(view).enumerated().map { $1 + Float($0 % 2) * 1e-4 })
            } + noise)
        let found = try result(plain, both)
        #expect(found.rows.isEmpty && found.onlyA.count == 10)
        #expect(found.doubts.count == 10)
        #expect(found.doubts[0].others.sorted() == ["ema_model.head.bias", "model.head.bias"])
        let map = try PairMap("# the average\n* = ema_model.*\n", path: "map")
        let mapped = try result(plain, both, map: map)
        #expect(
            mapped.rows.count == 10 && mapped.rows.allSatisfy { $0.matchedBy == "map" && $0.b.hasPrefix("ema_model.") })
        #expect(mapped.onlyB.count == 10)
    }

    @Test func mapsSayWhatIsWrong() throws {
        let plain = file(try network())
        func problem(_ text: String) -> FileError? {
            do throws(FileError) {
                _ = try Comparison(plain, plain, map: try PairMap(text, path: "map"))
                return nil
            } catch { return error }
        }
        #expect(problem("head.weight = head.weight\n") == nil)
        #expect(problem("head.weight\n")?.path == "map:1")
        #expect(problem("\n* = head.weight\n")?.path == "map:2")
        #expect(problem("hed.weight = head.weight")?.expected.contains("head.weight") == true)
        #expect(problem("head.weight = head.weight\nhead.weight = head.bias")?.found == "a tensor for the second time")
    }

    /// BERT, T5, Falcon, Phi: every architecture that the converters know, under any prefix.
    @Test(arguments: [
        ("embeddings.word_embeddings.weight", "token_embd.weight"),
        ("0.auto_model.encoder.layer.7.attention.self.query.bias", "blk.7.attn_q.bias"),
        ("bert.encoder.layer.3.output.dense.weight", "blk.3.ffn_down.weight"),
        ("encoder.block.2.layer.0.SelfAttention.k.weight", "enc.blk.2.attn_k.weight"),
        ("transformer.h.4.self_attention.query_key_value.weight", "blk.4.attn_qkv.weight"),
        ("backbone.layers.9.mixer.in_proj.weight", "blk.9.ssm_in.weight"),
    ]) func architectures(name: String, gguf: String) throws {
        let other = try tensor("other", [3, 5], seed: 9)
        let a = file([try tensor(name, [8, 16], seed: 1), other])
        let b = file([try tensor(gguf, [8, 16], seed: 2), try tensor("unlike", [2], seed: 3)], "GGUF v3")
        let found = try result(a, b)
        #expect(found.rows.map { [$0.a, $0.b, $0.matchedBy] } == [[name, gguf, "convention"]])
    }

    /// Names that say nothing: the same values rounded, matrices turned, in another order; a bias follows its layer.
    @Test func valuesDecide() throws {
        let shapes = [[32, 48], [32, 48], [32, 48], [48, 32], [16]]
        let first =
            try shapes.enumerated().map { try tensor("enc.\($0).weight", $1, seed: UInt64($0)) }
            + [try tensor("enc.1.offset", [4], [0, 0, 0, 0]), try tensor("enc.2.offset", [4], [0, 0, 0, 0])]
        let turned = values(first[2])
        let second = try [
            tensor("x.weight", [32, 48], values(first[1]).map { ($0 * 4).rounded() / 4 }),
            tensor("y.weight", [48, 32], (0..<48 * 32).map { turned[$0 % 32 * 48 + $0 / 32] }),
            tensor("z.weight", [32, 48], values(first[0])), tensor("v.weight", [48, 32], values(first[3])),
            tensor("w.weight", [16], values(first[4]).map { $0 + 1 }),
            tensor("x.offset", [4], [0, 0, 0, 0]), tensor("y.offset", [4], [0, 0, 0, 0]),
        ]
        let found = try result(file(first), file(second))
        let pairs = Dictionary(uniqueKeysWithValues: found.rows.map { ($0.a, $0) })
        #expect(
            pairs.mapValues { $0.b } == [
                "enc.0.weight": "z.weight", "enc.1.weight": "x.weight", "enc.2.weight": "y.weight",
                "enc.3.weight": "v.weight",
                "enc.4.weight": "w.weight", "enc.1.offset": "x.offset", "enc.2.offset": "y.offset",
            ])
        #expect(pairs["enc.2.weight"]?.arrangement == "transposed" && pairs["enc.2.weight"]?.metrics?.mse == 0)
        #expect(pairs["enc.1.weight"]?.matchNote?.hasPrefix("paired by values, r 0.9") == true)
        #expect(pairs["enc.4.weight"]?.arrangement == "1 added" && pairs["enc.4.weight"]?.metrics?.mse == 0)
        #expect(pairs["enc.2.offset"]?.matchedBy == "prefix")
    }

    /// Values that have nothing in common: a shape of one tensor alone, then modules of the same shapes one after the other.
    @Test func shapesAndOrder() throws {
        func modules(_ stems: [String], _ seed: UInt64) throws -> [TensorView] {
            try stems.enumerated().flatMap { index, stem in
                [
                    try tensor("\(stem).w", [8, 9], seed: seed + UInt64(index)),
                    try tensor("\(stem).b", [8], seed: seed + 50 + UInt64(index)),
                ]
            }
        }
        let a = file(try modules(["p.0", "p.1"], 1) + [tensor("stem", [3, 7], seed: 99)])
        let b = file(try modules(["q.a", "q.b"], 500) + [tensor("patch", [3, 7], seed: 98)])
        let found = try result(a, b)
        #expect(
            found.rows.map { "\($0.a) \($0.b) \($0.matchedBy)" }.sorted() == [
                "p.0.b q.a.b order", "p.0.w q.a.w order", "p.1.b q.b.b order", "p.1.w q.b.w order", "stem patch shape",
            ])
        // One module more on one side: which is which would be a guess.
        let more = try result(a, file(try modules(["q.a", "q.b", "q.c"], 500)))
        #expect(more.rows.isEmpty && more.doubts.count == 4 && more.onlyB.count == 6)
    }

    /// Gemma's converter adds 1 to the weights of norms: an arrangement, not an error.
    @Test func onesAreTakenAway() throws {
        let name = "model.layers.0.input_layernorm.weight"
        let norm = try tensor(name, [64], seed: 4, scale: 0.1),
            matrix = try tensor("model.layers.0.mlp.up_proj.weight", [8, 64], seed: 5)
        let stored = try tensor("blk.0.attn_norm.weight", [64], values(norm).map { $0 + 1 })
        let same = try tensor("blk.0.ffn_up.weight", [8, 64], values(matrix))
        let row = try #require(
            try result(file([norm, matrix]), file([stored, same], "GGUF v3")).rows.first { $0.a == name })
        #expect(row.arrangement == "1 added" && row.metrics?.mse == 0)
        let back = try #require(
            try result(file([stored, same], "GGUF v3"), file([norm, matrix])).rows.first { $0.b == name })
        #expect(back.arrangement == "1 taken off" && (back.metrics?.sqnr ?? .infinity) > 100)
        // A norm that is near 1 on both sides is compared as it is.
        let noisy = try tensor("blk.0.attn_norm.weight", [64], values(stored).map { $0 * 1.01 })
        let near = try #require(
            try result(file([stored, same]), file([noisy, same])).rows.first { $0.a == stored.name })
        #expect(near.arrangement == nil)
    }

    /// Queries, keys and values in one tensor, gate and up in another, whatever their order; and the other way round.
    @Test func fusedAndSplit() throws {
        let q = try tensor("m.0.q.weight", [16, 32], seed: 1), k = try tensor("m.0.k.weight", [8, 32], seed: 2)
        let v = try tensor("m.0.v.weight", [8, 32], seed: 3)
        let biases = try [("q", 16), ("k", 8), ("v", 8)].enumerated().map { index, part in
            try tensor("m.0.\(part.0).bias", [part.1], seed: UInt64(10 + index))
        }
        let fused = try tensor("n.0.qkv.weight", [32, 32], [q, k, v].flatMap(values).map { ($0 * 16).rounded() / 16 })
        let bias = try tensor("n.0.qkv.bias", [32], biases.flatMap(values))
        let found = try result(file([q, k, v] + biases), file([fused, bias]))
        #expect(found.rows.count == 6 && found.onlyA.isEmpty && found.onlyB.isEmpty)
        let parts = Dictionary(uniqueKeysWithValues: found.rows.map { ($0.a, $0.part) })
        #expect(parts["m.0.q.weight"] == "rows 0…15 of b" && parts["m.0.v.weight"] == "rows 24…31 of b")
        #expect(parts["m.0.k.bias"] == "rows 16…23 of b")
        #expect(found.rows.allSatisfy { ($0.metrics?.sqnr ?? .infinity) > 25 })
        let split = try result(file([fused, bias]), file([q, v] + biases))
        #expect(split.rows.count == 5 && split.onlyA == ["n.0.qkv.weight rows 16…23"])
    }

    @Test func batchNormsThatWereFolded() throws {
        let weight = try tensor("conv.weight", [8, 3, 3, 3], seed: 1),
            gain = try tensor("bn.weight", [8], seed: 2, scale: 0.3, offset: 1)
        let variance = try tensor("bn.running_var", [8], (0..<8).map { 0.2 + Float($0) * 0.7 })
        let other = try tensor("fc.weight", [4, 8], seed: 3)
        let mean = try tensor("bn.running_mean", [8], seed: 4), shift = try tensor("bn.bias", [8], seed: 5)
        let factors = zip(values(gain), values(variance)).map { $0 / ($1 + 1e-5).squareRoot() }
        let folded = try tensor("conv.weight", [8, 3, 3, 3], values(weight).enumerated().map { $1 * factors[$0 / 27] })
        let found = try result(file([weight, gain, variance, mean, shift, other]), file([folded, other]))
        let row = try #require(found.rows.first { $0.a == "conv.weight" })
        #expect(row.arrangement == "batch norm bn folded in" && (row.metrics?.sqnr ?? .infinity) > 100)
        // The same norm on both sides is none that was folded.
        let kept = try result(
            file([weight, gain, variance, mean, shift, other]), file([folded, gain, variance, mean, shift, other]))
        #expect(kept.rows.first { $0.a == "conv.weight" }?.arrangement == nil)
    }

    @Test func tiedEmbeddings() throws {
        let embedding = try tensor("model.embed_tokens.weight", [40, 16], seed: 1)
        let head = try tensor("lm_head.weight", [40, 16], values(embedding)),
            norm = try tensor("model.norm.weight", [16], seed: 2)
        let stored = try tensor("token_embd.weight", [40, 16], values(embedding).map { ($0 * 32).rounded() / 32 })
        let outNorm = try tensor("output_norm.weight", [16], values(norm))
        let found = try result(file([embedding, head, norm]), file([stored, outNorm], "GGUF v3"))
        #expect(found.onlyA.isEmpty && found.onlyB.isEmpty && found.rows.count == 3)
        let row = try #require(found.rows.first { $0.a == "lm_head.weight" })
        #expect(row.b == "token_embd.weight" && row.matchNote == "tied to model.embed_tokens.weight")
    }
}

extension Bundle {
    /// The project's folder, found from this file.
    fileprivate static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent()
}
