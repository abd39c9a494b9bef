import Basics
import Fixtures
import Foundation
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Checkpoints

/// Scans in parts, stopped and taken up again.
@Suite struct ScanRunTests {
    private let path = Fixture.path("Llama/original.safetensors")
    private let recipe = try! Recipe("int4 sym group:64")

    private func scan() throws -> (TensorFile, Scan) {
        let file = try FileFormatCatalog.open(path: path)
        return (file, Scan(file.tensors, recipe: recipe))
    }

    private func outcomes(_ run: ScanRun, first count: Int = .max) throws -> [Scan.Outcome] {
        try run.candidates.prefix(count).map { candidate in
            try run.known(candidate) ?? run.outcome(of: candidate, path: path, context: WorkContext(threads: 2))
        }
    }

    private func json(_ run: ScanRun, _ outcomes: [Scan.Outcome]) -> String {
        ScanResult(recipe: recipe.description, kept: run.kept, outcomes)
            .jsonText(file: path, order: .metric(.sqnr))
    }

    /// A tensor that was computed once is not computed again, whatever ended the first scan, and the result is the same text.
    @Test(arguments: [0, 1, 7, 15])
    func aStoppedScanGoesOn(after count: Int) throws {
        try TemporaryFolder.with { folder in
            let (_, scan) = try scan()
            let whole = ScanRun(scan), expected = json(whole, try outcomes(whole))
            let first = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            _ = try outcomes(first, first: count)
            let second = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            #expect(second.candidates.prefix(count).allSatisfy { second.known($0) != nil })
            #expect(second.candidates.dropFirst(count).allSatisfy { second.known($0) == nil })
            #expect(json(second, try outcomes(second)) == expected)
            // Another recipe has rows of its own.
            let other = ScanCache(folder: folder, file: path, recipe: try Recipe("int5 sym group:64"))
            #expect(scan.candidates.allSatisfy { other.outcome(of: $0) == nil })
        }
    }

    /// What a killed process leaves is half a line at most, which does not count; the next line begins anew.
    @Test func halfALineIsNoRow() throws {
        try TemporaryFolder.with { folder in
            let (_, scan) = try scan()
            let first = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            _ = try outcomes(first, first: 3)
            let name = try #require(try Folder.names(in: folder).first { $0.hasSuffix(".scan") })
            let file = folder + "/" + name, bytes = try Fixture.read(file)
            try Data(bytes.dropLast(200)).write(to: URL(fileURLWithPath: file))
            let second = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            #expect(
                second.candidates.map { second.known($0) != nil } == [true, true] + Array(repeating: false, count: 14))
            _ = try outcomes(second)
            let third = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            #expect(third.candidates.allSatisfy { third.known($0) != nil })
            // Rows that cannot be this tensor's are computed again.
            let damaged = String(decoding: try Fixture.read(file), as: UTF8.self)
                .replacingOccurrences(of: "\"bits\": ", with: "\"bits\": 1e300, \"x\": ")
            try Data(damaged.utf8).write(to: URL(fileURLWithPath: file))
            let none = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            #expect(none.candidates.allSatisfy { none.known($0) == nil })
            // A file of another version is begun anew.
            try Data("qlens scan 0\n{}\n".utf8).write(to: URL(fileURLWithPath: file))
            let fourth = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            #expect(fourth.candidates.allSatisfy { fourth.known($0) == nil })
            _ = try outcomes(fourth)
            let fifth = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            #expect(fifth.candidates.allSatisfy { fifth.known($0) != nil })
        }
    }

    /// What lists say comes from rows that are older than it, too.
    @Test func marksComeFromStoredRows() throws {
        try TemporaryFolder.with { folder in
            let (file, scan) = try scan()
            let first = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            _ = try outcomes(first)
            let name = try #require(try Folder.names(in: folder).first { $0.hasSuffix(".marks") })
            try FileManager.default.removeItem(atPath: folder + "/" + name)
            let marks = { ScanMarks(folder: folder, file: path) }
            #expect(file.tensors.allSatisfy { marks()[$0] == nil })
            let second = ScanRun(scan, cache: ScanCache(folder: folder, file: path, recipe: recipe))
            #expect(second.candidates.allSatisfy { second.known($0) != nil })
            let found = marks()
            #expect(second.candidates.allSatisfy { found[$0.tensor]?.notFinite == 0 })
        }
    }

    /// Rows belong to bytes, not to names: a file that was written over has none.
    @Test func otherBytesHaveNoRows() throws {
        try TemporaryFolder.with { folder in
            let copy = folder + "/model.safetensors"
            func open() throws -> Scan {
                Scan(try FileFormatCatalog.open(path: copy).tensors, recipe: recipe)
            }
            // Until the file is old enough for its time of writing to name it.
            func settle() throws {
                let end = ContinuousClock.now + .seconds(10)
                while try MappedFile(path: copy).identity == nil {
                    try #require(ContinuousClock.now < end, "a file that was written just now stays unsettled")
                }
            }
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            try settle()
            let first = ScanRun(try open(), cache: ScanCache(folder: folder + "/c", file: copy, recipe: recipe))
            _ = try outcomes(first)
            let again = try open(), cache = ScanCache(folder: folder + "/c", file: copy, recipe: recipe)
            #expect(again.candidates.allSatisfy { cache.outcome(of: $0) != nil })
            let handle = try FileHandle(forUpdating: URL(fileURLWithPath: copy))
            try handle.seek(toOffset: 1_500_000)
            try handle.write(contentsOf: Data([1, 2, 3, 4]))
            try handle.close()
            // Just written: another writing might bear the same time.
            try settle()
            let changed = try open()
            #expect(changed.candidates.allSatisfy { cache.outcome(of: $0) == nil })
        }
    }

    /// Parts of any number join into the very text of one process, in any order.
    @Test(arguments: [2, 3, 4, 30])
    func partsJoin(count: Int) throws {
        let (opened, scan) = try scan(), whole = ScanRun(scan), tensors = opened.tensors.count
        let expected = json(whole, try outcomes(whole))
        var parts: [(path: String, value: JSONValue)] = []
        var seen: [Int] = []
        for index in (0..<count).reversed() {
            let shard = try #require(Shard(index: index, count: count)), run = ScanRun(scan, shard: shard)
            seen += run.candidates.map { $0.position }
            let result = ScanResult(recipe: recipe.description, kept: run.kept, try outcomes(run))
            let text = result.partJSON(
                file: path, order: .metric(.sqnr), shard: shard, options: "", count: tensors
            ).text
            parts.append(("part-\(index)", try JSONValue(Array(text.utf8), path: "part-\(index)")))
        }
        #expect(seen.sorted() == scan.candidates.map { $0.position })
        guard case .scan(let merged, let file, let order) = try Merge.result(of: parts) else {
            Issue.record("not a scan")
            return
        }
        #expect(merged.jsonText(file: file, order: order) == expected)
        // What is missing, comes twice or belongs elsewhere is told.
        func problem(_ parts: [(path: String, value: JSONValue)]) -> String {
            do throws(FileError) {
                _ = try Merge.result(of: parts)
                return ""
            } catch { return error.description }
        }
        #expect(problem(Array(parts.dropLast())).contains("\(count - 1) of \(count) parts, expected 0/\(count) too"))
        #expect(problem(parts + [parts[0]]).contains("for the second time"))
        #expect(problem([]).contains("found no part"))
        let other = JSONValue.object(
            (parts[0].value.members ?? []).map { $0.0 == "recipe" ? ("recipe", .string("int8")) : $0 })
        #expect(problem([parts[1], ("other", other)]).contains("other: found recipe \"int8\", expected"))
        #expect(problem([("x", .object([]))]).contains("found no command"))
        // Parts made with other options, or of tensors that stand in two of them, do not join.
        func changed(_ part: (path: String, value: JSONValue), _ key: String, _ value: JSONValue) -> (
            path: String, value: JSONValue
        ) {
            (part.path, .object((part.value.members ?? []).map { $0.0 == key ? (key, value) : $0 }))
        }
        let options = [parts[0], changed(parts[1], "options", .string("--exclude b"))] + parts.dropFirst(2)
        #expect(problem(Array(options)).contains("found options \"--exclude b\""))
        let twice = parts.map { part in
            part.path == "part-1"
                ? changed(part, "rows", parts.first { $0.path == "part-0" }?.value["rows"] ?? .null) : part
        }
        #expect(problem(twice).contains("each once"))
        // Numbers that cannot be are damage, not arithmetic.
        let last = parts.count - 1
        for (key, number) in [
            ("elements", JSONValue.int(1 << 62)), ("source_bytes", .int(-1)), ("bits", .number(1e300)),
            ("count", .int(1 << 62)),
        ] {
            let text = parts[last].value.text
            let parts2 = text.components(separatedBy: "\"\(key)\": ")
            guard parts2.count > 2 else { continue }
            let tail = parts2[2].drop { $0.isNumber || $0 == "." || $0 == "-" }
            let broken = ([parts2[0], parts2[1], number.text + tail] + parts2[3...]).joined(separator: "\"\(key)\": ")
            let value = try JSONValue(Array(broken.utf8), path: "x")
            #expect(!problem(Array(parts[..<last]) + [(parts[last].path, value)]).isEmpty, "\(key)")
        }
    }

    @Test func partsAreOfLikeSize() throws {
        let sizes = [100, 1, 1, 50, 50, 3, 90, 7, 0]
        let parts = try (0..<3).map { try #require(Shard(index: $0, count: 3)).places(ofSizes: sizes) }
        #expect(parts.flatMap { $0 }.sorted() == Array(sizes.indices))
        let loads = parts.map { $0.reduce(0) { $0 + sizes[$1] } }
        #expect((loads.max() ?? 0) - (loads.min() ?? 0) <= 10, "\(loads)")
        #expect(Shard("3/3") == nil && Shard("-1/3") == nil && Shard("0/0") == nil && Shard("1") == nil)
        #expect(Shard("2/3") == Shard(index: 2, count: 3))
        let slurm = ["SLURM_PROCID": "2", "SLURM_NTASKS": "8"]
        #expect(Shard.ofEnvironment { slurm[$0] }?.shard == Shard(index: 2, count: 8))
        let both = slurm.merging(["OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "4"]) { $1 }
        #expect(Shard.ofEnvironment { both[$0] }?.shard == Shard(index: 1, count: 4))
        #expect(Shard.ofEnvironment { ["SLURM_PROCID": "0", "SLURM_NTASKS": "1"][$0] } == nil)
        #expect(Shard.ofEnvironment { _ in nil } == nil)
        let alone = ["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"]
        #expect(Shard.ofEnvironment { alone[$0] }?.shard == .whole)
    }

    /// Measured inputs: the error of outputs is what NumPy says in Double.
    @Test func outputErrors() throws {
        let recipe = try Recipe("int4 sym channel:0")
        let file = try FileFormatCatalog.open(path: Fixture.path("Activations/layers.safetensors"))
        let inputs = try Activations.open(path: Fixture.path("Activations/activations.npz"))
        let scan = Scan(file.tensors, recipe: recipe, activations: inputs)
        let bytes = try Fixture.bytes("Activations/expected.json")
        let expected = try #require(try JSONValue(bytes, path: "expected")[recipe.description])
        for candidate in scan.candidates {
            guard case .row(let row) = try scan.row(candidate, context: WorkContext(threads: 2)) else { continue }
            let layer = String(row.name.dropLast(".weight".count))
            let wanted = try #require(expected[layer]?.double), found = try #require(row.metrics.outputError)
            #expect(abs(found - wanted) < 1e-6 * wanted, "\(layer): \(found) \(wanted)")
            // The scan's JSON holds it, and reads back as the same row.
            let text = row.wholeJSON.text
            #expect(Scan.Row(try JSONValue(Array(text.utf8), path: "row")) == row)
        }
        #expect(scan.candidates.count == 3)
        #expect(inputs.summary(for: file.tensors).hasPrefix("inputs of 3 of 3 tensors"))
        // Inputs of another number of features are told.
        let values = [Float](repeating: 1, count: 6)
        let other = try #require(TensorView(name: "fc1.weight", values: values, shape: Shape([2, 3])!))
        #expect(inputs.inputs(for: other) == nil)
        #expect(inputs.summary(for: [other]).contains("such as [40,32] for \"fc1.weight\", which takes 3 features"))
    }
}
