import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

/// Exports with a planted fault each, and sound ones (`Tests/Fixtures/Diagnosis/make.py`).
@Suite struct DiagnosisTests {
    private func diagnoses(_ original: String, _ export: String, isThorough: Bool = true) throws -> [Diagnosis] {
        let a = try FileFormatCatalog.open(path: Fixture.path("Diagnosis/\(original).safetensors"))
        let b = try FileFormatCatalog.open(path: Fixture.path("Diagnosis/\(export).safetensors"))
        let comparison = Comparison(a, b)
        #expect(comparison.match.onlyB.isEmpty)
        return comparison.pairs.map { comparison.diagnosis(of: $0, originalFile: a, isThorough: isThorough) }
    }

    /// The name of each tensor begins with the cause that was planted in it.
    @Test(arguments: [false, true])
    func everyPlantedCauseIsNamedFirst(isThorough: Bool) throws {
        let found = try diagnoses("original", "export", isThorough: isThorough)
        var causes: Set<String> = []
        for diagnosis in found {
            let planted = diagnosis.a.split(separator: ".")[0]
            causes.insert(String(planted))
            guard case .cause(let finding) = diagnosis.verdict else {
                Issue.record("\(diagnosis.a): \(diagnosis.verdict.kind)")
                continue
            }
            #expect(finding.cause == planted, "\(diagnosis.a): \(finding.cause)")
            #expect(diagnosis.findings.first == finding && finding.removed >= 0.5)
            #expect(!finding.sentence.isEmpty && !finding.evidence.isEmpty)
            // What removes more stands before what removes less, but for causes that are as good.
            #expect(
                zip(diagnosis.findings.dropFirst(), diagnosis.findings.dropFirst(2)).allSatisfy {
                    $0.removed >= $1.removed
                })
        }
        #expect(found.count >= 25)
        let known = Set(HypothesisCatalog.all.map { $0.cause }).subtracting(["transposed", "constant-factor"])
        #expect(causes == known)
    }

    @Test(arguments: [false, true])
    func soundExportsAreSound(isThorough: Bool) throws {
        let found = try diagnoses("sound-original", "sound-export", isThorough: isThorough)
        #expect(found.count >= 14)
        for diagnosis in found {
            #expect(diagnosis.verdict == .sound, "\(diagnosis.a): \(diagnosis.findings.first?.sentence ?? "")")
        }
    }

    private func diagnosis(_ original: [Float], _ export: [Float], _ extents: [Int]) throws -> Diagnosis {
        let shape = try #require(Shape(extents))
        func file(_ values: [Float]) throws -> TensorFile {
            let tensor = try #require(TensorView(name: "w", values: values, shape: shape))
            return TensorFile(path: "memory", format: "test", metadata: [], tensors: [tensor])
        }
        let a = try file(original), comparison = Comparison(a, try file(export))
        return comparison.diagnosis(of: comparison.pairs[0], originalFile: a, isThorough: true)
    }

    private func weights() throws -> [Float] {
        let file = try FileFormatCatalog.open(path: Fixture.path("Diagnosis/sound-original.safetensors"))
        let tensor = try #require(file.tensors.first { $0.shape.rank == 2 && $0.count >= 4_096 })
        return tensor.values(0..<4_096)
    }

    @Test func moreCauses() throws {
        let values = try weights()
        func cause(_ export: [Float]) throws -> String? {
            if case .cause(let finding) = try diagnosis(values, export, [64, 64]).verdict {
                finding.cause
            } else {
                nil
            }
        }
        #expect(try cause(values.indices.map { values[$0 % 64 * 64 + $0 / 64] }) == "transposed")
        #expect(try cause(values.map { $0 * 16 }) == "constant-factor")
        #expect(try cause(values.map { -$0 }) == "constant-factor")
        // Zero-points one apart, as between versions of a packing.
        let evaluator = try Evaluator(
            #require(TensorView(name: "w", values: values, shape: Shape([64, 64])!)),
            recipe: Recipe("int4 asym channel:0"))
        let back = try evaluator.reconstructionHead(4_096)
        let scales = try (0..<64).map { try evaluator.quantizer(ofRange: $0).scale }
        let shifted = back.indices.map { back[$0] - scales[$0 / 64] }
        #expect(try cause(shifted) == "zero-point-offset")
        #expect(try diagnosis(values, back, [64, 64]).verdict == .sound)
    }

    /// What no cause explains is said to be so.
    @Test func otherValuesHaveNoKnownCause() throws {
        let values = try weights()
        var other = values
        other.shuffle(using: &Self.generator)
        let result = try diagnosis(values, other, [64, 64])
        #expect(result.verdict == .unknown && result.findings.allSatisfy { $0.removed < 0.5 })
        #expect(try diagnosis(values, [Float](repeating: .nan, count: 4_096), [64, 64]).verdict.kind == "incomparable")
        #expect(try diagnosis(values, values, [64, 64]).verdict == .sound)
    }

    nonisolated(unsafe) private static var generator = FixedGenerator(state: 9)

    private struct FixedGenerator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ state >> 29
        }
    }

    /// The catalogue has every hypothesis of the folder, once.
    @Test func theCatalogueIsWhole() throws {
        let causes = HypothesisCatalog.all.map { $0.cause }
        #expect(Set(causes).count == causes.count)
        let folder = Fixture.path("../../Sources/Checkpoints/Diagnose/Hypotheses")
        let declared = try Folder.names(in: folder).reduce(0) { count, name in
            let text = String(decoding: try Fixture.read(folder + "/" + name), as: UTF8.self)
            return count + text.split(separator: "\n").count { $0.hasPrefix("enum ") && $0.contains(": Hypothesis") }
        }
        #expect(declared == causes.count)
    }
}
