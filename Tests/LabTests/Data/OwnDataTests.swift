import Fixtures
import Foundation
import TensorFiles
import Tensors
import Testing

@testable import Lab

/// Samples of the user's own.
struct OwnDataTests {
    /// What cannot be learnt is reported, with its position, instead of numbers that mean nothing.
    @Test func valuesThatCannotBeLearnt() throws {
        try TemporaryFolder.with { (folder: String) throws in
            func message(_ inputs: [Float], _ labels: [Float], _ chosen: [(String, String)] = []) throws -> String {
                let path = folder + "/own.npz"
                try NpzWriter.write(
                    [
                        .init(name: "images", shape: Shape([inputs.count / 2, 2])!, values: inputs),
                        .init(name: "labels", shape: Shape([labels.count])!, values: labels),
                    ], to: path)
                let report = try SmallRun.of(BitsExperiment(), [("data", path)] + chosen)
                if case .failed(let text) = report.state { return text }
                return "\(report.state)"
            }
            let plain = (0..<200).map { Float($0 % 7) / 7 }, two = (0..<100).map { Float($0 % 2) }
            #expect(try message(plain, two) == "finished")
            #expect(try message(plain.map { $0 * 3e38 }, two).contains("found no finite number, expected one"))
            #expect(try message(plain, [Float](repeating: 4, count: 100)).contains("found one class, 4"))
            #expect(try message(plain, two.map { $0 / 2 }).contains("found label 0.5"))
            #expect(try message(plain.map { $0 == 0 ? .nan : $0 }, two).contains("no finite number"))
            #expect(try message(plain, Array(two.dropLast())).contains("a label for every sample"))
            #expect(
                try message(plain, two, [("weights", "nf4 group:64")]).contains("expected int2 to int16"))
            // Sorted by class: a seeded order mixes them.
            #expect(try message(plain, (0..<100).map { Float($0 / 50) }) == "finished")
        }
    }

    @Test func ownData() throws {
        try TemporaryFolder.with { folder in
            let path = folder + "/own.npz"
            let data = Spirals.dataset(seed: 9).training.prefix(400)
            try NpzWriter.write(
                [
                    .init(name: "images", shape: Shape([400, 2])!, values: data.inputs),
                    .init(name: "labels", shape: Shape([400])!, values: data.labels.map(Float.init)),
                ], to: path)
            let opened = try DataFile.open(path, most: 200, seed: 1)
            #expect(opened.training.count == 200)
            #expect(opened.test.count == 50)
            #expect(opened.classes == 3)
            // Other samples for another seed, the same for the same.
            #expect(try DataFile.open(path, most: 200, seed: 1).training.inputs == opened.training.inputs)
            #expect(try DataFile.open(path, most: 200, seed: 2).training.inputs != opened.training.inputs)
            let report = try SmallRun.of(PostTrainingExperiment(), [("data", path)])
            #expect((report[.float] ?? 0) > 0.6)
            let misfit = try SmallRun.of(PostTrainingExperiment(), [("data", path), ("model", "glyphnet")])
            guard case .failed(let text) = misfit.state else { return #expect(Bool(false)) }
            #expect(text.contains("found samples of shape [2], expected images of 4×4"))
        }
    }

    @Test func idxFiles() throws {
        try TemporaryFolder.with { folder in
            func write(_ name: String, _ extents: [Int], _ bytes: [UInt8]) throws -> String {
                let path = folder + "/" + name
                let head: [UInt8] = [0, 0, 8, UInt8(extents.count)]
                let sizes = extents.flatMap {
                    [UInt8($0 >> 24), UInt8($0 >> 16 & 255), UInt8($0 >> 8 & 255), UInt8($0 & 255)]
                }
                try Data(head + sizes + bytes).write(to: URL(fileURLWithPath: path))
                return path
            }
            let path = try write("train-images-idx3-ubyte", [20, 4, 4], (0..<320).map { UInt8($0 % 256) })
            _ = try write("train-labels-idx1-ubyte", [20], (0..<20).map { UInt8($0 % 3) })
            #expect(try DataFile.open(path, most: 12, seed: 1).training.count == 12)
            _ = try write("t10k-images-idx3-ubyte", [12, 4, 4], (0..<192).map { UInt8($0 % 256) })
            _ = try write("t10k-labels-idx1-ubyte", [12], (0..<12).map { UInt8($0 % 3) })
            let data = try DataFile.open(path, most: 1_000, seed: 1)
            #expect(data.training.count == 20 && data.test.count == 12 && data.classes == 3)
            #expect(data.training.shape == [1, 4, 4])
            #expect(data.training.inputs.max() == 1)
            #expect(throws: FileError.self) {
                try DataFile.open(folder + "/t10k-labels-idx1-ubyte", most: 9, seed: 1)
            }
        }
    }
}
