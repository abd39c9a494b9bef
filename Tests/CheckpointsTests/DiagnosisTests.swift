import Basics
import Fixtures
import SeededRandom
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
        let comparison = try Comparison(a, b)
        #expect(comparison.match.onlyB.isEmpty)
        let found = try comparison.diagnoses(
            of: comparison.pairs, originalFile: a, isThorough: isThorough, context: WorkContext(threads: 2)
        ) { _ in }
        for (pair, diagnosis) in zip(comparison.pairs, found) {
            try checkCorrections(of: diagnosis, comparison, pair, a)
        }
        return found
    }

    /// The error of the corrected export is what its finding says; fitted numbers cost a finding some of it.
    private func checkCorrections(
        of diagnosis: Diagnosis, _ comparison: Comparison, _ pair: TensorMatch.Pair, _ file: TensorFile
    ) throws {
        for finding in diagnosis.findings where finding.cause != "not-finite" {
            let words = "\(diagnosis.a): \(finding.cause)"
            let sides = try #require(
                try comparison.corrected(pair, cause: finding.cause, originalFile: file), "\(words)")
            #expect(sides.original.shape == sides.export.shape && sides.original.count == pair.a.count, "\(words)")
            let all = 0..<pair.a.count
            var error = 0.0, power = 0.0
            for (w, v) in zip(sides.original.values(all), sides.export.values(all)) {
                error += (Double(v) - Double(w)) * (Double(v) - Double(w))
                power += Double(w) * Double(w)
            }
            let ratio = (error + 1e-9 * power) / (finding.squaredError + 1e-9 * power)
            #expect((0.8...1.02).contains(ratio), "\(words): \(ratio)")
        }
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
        let known = Set(HypothesisCatalog.all.map { $0.cause }).subtracting([
            "transposed", "constant-factor", "wrong-group-size", "lost-signs", "shared-scale",
        ])
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
        let a = try file(original), comparison = try Comparison(a, try file(export))
        let found = try comparison.diagnosis(of: comparison.pairs[0], originalFile: a, isThorough: true)
        try checkCorrections(of: found, comparison, comparison.pairs[0], a)
        return found
    }

    /// Codes 0…15 between the extremes of groups within rows, as GPTQ has them.
    private struct Grouped {
        let size: Int
        let columns: Int
        var scales: [Float] = []
        var zeros: [Float] = []
        var codes: [Float] = []

        init(_ values: [Float], columns: Int, size: Int) {
            (self.size, self.columns) = (size, columns)
            for start in stride(from: 0, to: values.count, by: size) {
                let group = values[start..<start + size], low = min(0, group.min()!), high = max(0, group.max()!)
                let scale = (high - low) / 15, zero = (-low / scale).rounded()
                scales.append(scale)
                zeros.append(zero)
                codes += group.map { max(0, min(15, ($0 / scale).rounded() + zero)) }
            }
        }

        /// What codes become under the scale and zero-point of the group that `source` names.
        func values(zeroOffset: Float = 0, source: (Int) -> Int = { $0 }) -> [Float] {
            codes.enumerated().map { place, code in
                let group = source(place / size)
                return scales[group] * (code - zeros[group] - zeroOffset)
            }
        }
    }

    /// Scales of all rows are much the same, as real layers have them: a coarse division explains an offset as well as the right one.
    @Test(arguments: [32, 64, 128], [Float(1), -1])
    func zeroPointsOffByOneInGroups(size: Int, offset: Float) throws {
        for seed in 0..<4 {
            var numbers = SeededRandom(UInt64(100 + seed))
            let values = (0..<64 * 256).map { _ in
                (0..<6).reduce(Float(-3)) { sum, _ in sum + Float.random(in: 0..<1, using: &numbers) } * 0.05
            }
            let grouped = Grouped(values, columns: 256, size: size)
            let found = try diagnosis(values, grouped.values(zeroOffset: offset), [64, 256])
            guard case .cause(let finding) = found.verdict else {
                Issue.record("groups of \(size): \(found.verdict.kind)")
                continue
            }
            #expect(finding.cause == "zero-point-offset" && finding.sentence.contains("off by one"))
            #expect(try diagnosis(values, grouped.values(), [64, 256]).verdict == .sound)
        }
    }

    @Test func scalesOfTheWrongGroupsAndLostSigns() throws {
        var numbers = SeededRandom(201)
        let factors = (0..<64 * 8).map { _ in Float.random(in: 0.3..<2, using: &numbers) }
        let values = (0..<64 * 256).map { i in Float.random(in: -1..<1, using: &numbers) * factors[i / 32] }
        let grouped = Grouped(values, columns: 256, size: 32)
        func cause(_ export: [Float]) throws -> String? {
            if case .cause(let finding) = try diagnosis(values, export, [64, 256]).verdict {
                finding.cause
            } else {
                nil
            }
        }
        #expect(try cause(grouped.values { $0 / 8 * 8 + $0 % 8 / 2 }) == "wrong-group-size")
        #expect(try cause(grouped.values { $0 / 8 * 8 + $0 % 8 / 4 }) == "wrong-group-size")
        #expect(try cause(grouped.values().map { abs($0) }) == "lost-signs")
        // Eight bits by row, read with the first row's scale, and with the mean of all.
        let uneven = (0..<64 * 256).map { i in Float.random(in: -1..<1, using: &numbers) * factors[i / 256] }
        let rows = (0..<64).map { row in
            uneven[row * 256..<(row + 1) * 256].reduce(Float(0)) { max($0, abs($1)) } / 127
        }
        for scale in [rows[0], rows.reduce(0, +) / 64] {
            let export = uneven.enumerated().map { ($0.element / rows[$0.offset / 256]).rounded() * scale }
            guard case .cause(let finding) = try diagnosis(uneven, export, [64, 256]).verdict else {
                Issue.record("one scale for all rows is no cause")
                continue
            }
            #expect(finding.cause == "shared-scale")
        }
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
        let nothing = [Float](repeating: .nan, count: 4_096)
        #expect(try diagnosis(nothing, nothing, [64, 64]).verdict.kind == "incomparable")
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

    /// Rows in rotary order are as they should be in a GGUF file, and a fault in any other.
    @Test func theRotaryOrderOfGGUFIsSound() throws {
        let a = try FileFormatCatalog.open(path: Fixture.path("Llama/original.safetensors"))
        let b = try FileFormatCatalog.open(path: Fixture.path("Llama/model-q8_0.gguf"))
        let comparison = try Comparison(a, b)
        let found = try comparison.diagnoses(
            of: comparison.pairs, originalFile: a, isThorough: false, context: WorkContext(threads: 2)
        ) { _ in }
        #expect(found.count == 21 && found.allSatisfy { $0.verdict == .sound })
        // The same values under another format's name.
        let copy = TensorFile(path: "copy", format: "test", metadata: b.metadata, tensors: b.tensors)
        let plain = try Comparison(a, copy)
        for pair in plain.pairs where pair.a.name.contains("q_proj") {
            let verdict = try plain.diagnosis(of: pair, originalFile: a, isThorough: false).verdict
            if case .cause(let finding) = verdict {
                #expect(finding.cause == "row-permutation")
            } else {
                Issue.record("\(verdict)")
            }
        }
    }

    /// What is not finite is said before anything else; values that have nothing to do with each other have no cause.
    @Test func brokenAndUnrelatedValues() throws {
        let values = try weights()
        var broken = values
        broken[77] = .nan
        let result = try diagnosis(values, broken, [64, 64])
        guard case .cause(let finding) = result.verdict else {
            Issue.record("\(result.verdict)")
            return
        }
        #expect(finding.cause == "not-finite" && finding.evidence.hasPrefix("1 of 4096"))
        var generator = FixedGenerator(state: 5)
        let codes = values.map { _ in Float(Int.random(in: 0...15, using: &generator)) }
        let large = values.map { _ in Float.random(in: -1...1, using: &generator) * 40 }
        for other in [codes, large, large.map { abs($0) + 5 }] {
            #expect(try diagnosis(values, other, [64, 64]).verdict == .unknown)
        }
        // A single wild value is none of the causes.
        var wild = values
        wild[100] = 1e6
        #expect(try diagnosis(values, wild, [64, 64]).verdict == .unknown)
        #expect(
            try diagnosis(values.map { $0 + 1_000 }, values.map { ($0 * 1e25).rounded() * 1e-25 }, [64, 64]).verdict
                == .unknown)
        #expect(try diagnosis([Float](repeating: 0, count: 4_096), values, [64, 64]).verdict == .unknown)
    }

    /// Beyond the part that is looked at: causes that need all rows, all columns or the whole table.
    @Test(arguments: ["rows", "columns", "transposed", "table", "groups", "sound"])
    func largeTensors(fault: String) throws {
        let rows = 1_024, columns = 2_048, size = 128, groups = columns / size
        var generator = FixedGenerator(state: 3)
        let scales = (0..<rows * groups).map { _ in Float.random(in: 0.01...0.05, using: &generator) }
        let codes = (0..<rows * columns).map { _ in Float(Int.random(in: -7...7, using: &generator)) }
        let noise = (0..<rows * columns).map { _ in Float.random(in: -0.5...0.5, using: &generator) }
        func scale(_ i: Int) -> Float { scales[i / columns * groups + i % columns / size] }
        let original = codes.indices.map { (codes[$0] + noise[$0]) * scale($0) }
        let right = codes.indices.map { codes[$0] * scale($0) }
        let export: [Float], cause: String?
        switch fault {
        case "rows":
            (export, cause) = (
                right.indices.map { right[(($0 / columns * 7 + 3) % rows) * columns + $0 % columns] }, "row-permutation"
            )
        case "columns":
            (export, cause) = (
                right.indices.map { right[$0 / columns * columns + ($0 % columns * 5 + 1) % columns] },
                "wrong-group-order"
            )
        case "transposed":
            (export, cause) = ((0..<rows * columns).map { right[$0 % rows * columns + $0 / rows] }, "transposed")
        case "table":
            export = codes.indices.map { i in
                let place = i / columns * groups + i % columns / size
                return codes[i] * scales[place % rows * groups + place / rows]
            }
            cause = "transposed-scales"
        case "groups":
            export = codes.indices.map { codes[$0] * scales[$0 / columns * groups + groups - 1 - $0 % columns / size] }
            cause = "wrong-group-order"
        default: (export, cause) = (right, nil)
        }
        let shape = try #require(Shape(fault == "transposed" ? [columns, rows] : [rows, columns]))
        let first = try #require(TensorView(name: "w", values: original, shape: Shape([rows, columns])!))
        let second = try #require(TensorView(name: "w", values: export, shape: shape))
        let a = TensorFile(path: "a", format: "test", metadata: [], tensors: [first])
        let b = TensorFile(path: "b", format: "test", metadata: [], tensors: [second])
        let comparison = try Comparison(a, b)
        let found = try comparison.diagnosis(of: comparison.pairs[0], originalFile: a, isThorough: true)
        guard let cause else {
            #expect(found.verdict == .sound)
            return
        }
        if case .cause(let finding) = found.verdict {
            #expect(finding.cause == cause && finding.removed > 0.5, "\(found.findings.map { ($0.cause, $0.removed) })")
        } else {
            Issue.record("\(fault): \(found.verdict.kind) \(found.findings.map { ($0.cause, $0.removed) })")
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
