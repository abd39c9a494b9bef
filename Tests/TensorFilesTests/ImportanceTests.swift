import Fixtures
import Quantization
import Tensors
import Testing

@testable import TensorFiles

/// Importances from llama.cpp's matrices and from arrays.
@Suite struct ImportanceTests {
    private func model() throws -> TensorFile {
        let shape = try #require(Shape([4, 64])), experts = try #require(Shape([2, 4, 32]))
        let values = (0..<256).map { Float(($0 * 37) % 101) - 50 }
        return TensorFile(
            path: "m", format: "test", metadata: [],
            tensors: [
                try #require(TensorView(name: "blk.0.ffn_up.weight", values: values, shape: shape)),
                try #require(TensorView(name: "blk.0.ffn_up_exps.weight", values: values, shape: experts)),
                try #require(TensorView(name: "other.weight", values: values, shape: shape)),
            ])
    }

    private func relative(_ values: [Float]) -> [Float] {
        let largest = values.max() ?? 1
        return values.map { max($0 / largest, 1e-9) }
    }

    /// `Tests/Fixtures/Importance/make.py` wrote them: sums over counts by columns, for experts by matrices too.
    @Test(arguments: ["imatrix.gguf", "imatrix.dat", "means.npz"])
    func everyKind(_ name: String) throws {
        let expected = try Fixture.values("Importance/means.values")
        let file = try Importance.open(path: Fixture.path("Importance/\(name)")).applied(to: model())
        for (key, means) in expected {
            let found = try #require(try file.tensor(named: key).columnWeights?.values)
            for (a, b) in zip(found, relative(means)) { #expect(abs(a - b) <= 2e-7 * b + 1e-9) }
            #expect(found.count == means.count)
        }
        #expect(try file.tensor(named: "other.weight").columnWeights == nil)
        #expect(file.warnings.count == 1 && file.warnings[0].hasPrefix("importance of 2 of 3 tensors"))
    }

    /// Only `.weight` is left out of a name, and tensors that are no importance are not read.
    @Test func namesAndSizes() throws {
        let shape = try #require(Shape([4, 64]))
        let tensor = try #require(
            TensorView(name: "attn_q_scaled1", values: [Float](repeating: 1, count: 256), shape: shape))
        let model = TensorFile(path: "m", format: "m", metadata: [], tensors: [tensor])
        let entries = [
            SafetensorsWriter.Entry(name: "attn_q_", extents: [64], values: [Float](repeating: 2, count: 64)),
            SafetensorsWriter.Entry(
                name: "attn_q_scaled1", extents: [4, 64], values: [Float](repeating: 2, count: 256)),
        ]
        let file = try Importance.open(ByteArray(SafetensorsWriter.bytes(entries)), path: "i").applied(to: model)
        #expect(file.tensors[0].columnWeights == nil && file.warnings[0].contains("has 256"))
    }

    @Test func misfitsAreSaid() throws {
        try TemporaryFolder.with { folder in
            let wrong = SafetensorsWriter.Entry(name: "other", extents: [5], values: [1, 2, 3, 4, 5])
            try AtomicFile.write(SafetensorsWriter.bytes([wrong]), to: folder + "/w.safetensors")
            let file = try Importance.open(path: folder + "/w.safetensors").applied(to: model())
            #expect(file.warnings[0].contains("\"other.weight\" of shape [4,64] has 5 importances"))
            #expect(file.tensors.allSatisfy { $0.columnWeights == nil })
            try AtomicFile.write(
                [1, 0, 0, 0, 3, 0, 0, 0] + Array("abc".utf8) + [0, 0, 0, 0, 255, 255, 255, 127], to: folder + "/w.dat")
            #expect(throws: FileError.self) { try Importance.open(path: folder + "/w.dat") }
            #expect(throws: FileError.self) { try Importance.open(path: folder + "/missing") }
        }
    }
}
