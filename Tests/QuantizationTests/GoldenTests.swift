import Basics
import Foundation
import TensorFiles
import Tensors
import Testing

@testable import Quantization

/// What other people's code gives (see `Tests/Fixtures/Golden/README.md`).
@Suite struct GoldenTests {
    private static let folder = Sources.root.appendingPathComponent("Tests/Fixtures/Golden")

    /// Tame inputs, and wild ones: constants, offsets, one outlier, other units, two hills.
    private static let folders = [folder, folder.appendingPathComponent("wild")]

    private static func book(
        _ folder: URL = Self.folder
    ) throws -> (cases: [[String: Any]], stats: [String: [String: Any]]) {
        let data = try Data(contentsOf: folder.appendingPathComponent("cases.json"))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        return (
            try #require(object["cases"] as? [[String: Any]]), try #require(object["stats"] as? [String: [String: Any]])
        )
    }

    @Test func statistics() throws {
        let file = try FileFormatCatalog.open(path: Self.folder.appendingPathComponent("inputs.safetensors").path)
        let (_, book) = try Self.book()
        #expect(book.count == 13)
        for (name, expected) in book {
            let s = try FirstPass(try file.tensor(named: name)).run(WorkContext()).statistics
            let got: [String: Double?] = [
                "count": Double(s.count), "min": s.minimum, "max": s.maximum, "mean": s.mean,
                "std": s.standardDeviation,
                "abs_max": s.absoluteMaximum, "zero_count": Double(s.zeroCount), "nan_count": Double(s.nanCount),
                "inf_count": Double(s.infinityCount),
            ]
            for (key, value) in expected {
                let want = try #require(value as? Double), have = try #require(got[key] ?? nil)
                #expect(close(have, want, 1e-5, floor: 1e-7), "\(name).\(key): \(have) is not \(want)")
            }
        }
    }

    /// Every case whose recipe the program knows. Their number may only grow.
    @Test(arguments: folders)
    func recipes(_ folder: URL) throws {
        let file = try FileFormatCatalog.open(path: folder.appendingPathComponent("inputs.safetensors").path)
        var covered = 0
        for entry in try Self.book(folder).cases {
            let text = try #require(entry["recipe"] as? String), id = try #require(entry["id"] as? String)
            guard let recipe = try? Recipe(text) else { continue }
            covered += 1
            let tensor = try file.tensor(named: entry["tensor"] as? String)
            let summary = try FirstPass(tensor).run(WorkContext())
            let evaluator = try Evaluator(tensor, recipe: recipe, summary: summary)
            let evaluation = try evaluator.evaluate()
            check(entry, id, evaluation)
            check(entry, id, summary.statistics)
            if let head = entry["dequantized_head"] as? [Double] {
                let got = try evaluator.reconstructionHead(head.count)
                let peak = head.map { abs($0) }.max() ?? 1
                let wrong = zip(got, head).count { !close(Double($0), $1, 1e-5, floor: 1e-6 * peak) }
                #expect(wrong <= 1, "\(id): \(wrong) reconstructions differ")
            }
        }
        #expect(covered == (folder == Self.folder ? 265 : 153))
    }

    /// Moments by NumPy in Double, with the tolerance of each.
    private func check(_ entry: [String: Any], _ id: String, _ s: TensorStatistics) {
        let have = [
            "mean": s.mean, "std": s.standardDeviation, "skewness": s.skewness, "kurtosis": s.kurtosis,
        ]
        for (key, want) in entry["stats_close"] as? [String: [Double]] ?? [:] {
            #expect(
                have[key].flatMap { $0 }.map { close($0, want[0], want[1], floor: max(want[2], 1e-12)) } == true,
                "\(id): \(key) \(have[key] as Any) is not \(want[0])")
        }
        let counts = ["nan_count": s.nanCount, "inf_count": s.infinityCount]
        for (key, want) in entry["stats"] as? [String: Any] ?? [:] {
            if let count = counts[key] {
                #expect(count == want as? Int, "\(id): \(key)")
            } else {
                #expect(want is NSNull && have[key].flatMap { $0 } == nil, "\(id): \(key) \(have[key] as Any)")
            }
        }
    }

    private func check(_ entry: [String: Any], _ id: String, _ evaluation: Evaluation) {
        let tolerance = entry["rel_tol"] as? Double ?? 0
        var have: [String: Double?] = Dictionary(
            uniqueKeysWithValues: evaluation.metrics.entries.map { ($0.name, $0.value) })
        have["scale"] = evaluation.quantizers.first.map { Double($0.scale) }
        have["zero_point"] = evaluation.quantizers.first.map { Double($0.zeroPoint) }
        have["clip_low"] = evaluation.quantizers.first.map { Double($0.range.low) }
        have["clip_high"] = evaluation.quantizers.first.map { Double($0.range.high) }
        for (key, want) in entry["expect"] as? [String: Any] ?? [:] {
            if let list = want as? [Double] {
                let got = evaluation.quantizers.map { key == "scales" ? Double($0.scale) : Double($0.zeroPoint) }
                #expect(
                    zip(got, list).allSatisfy { close($0, $1, tolerance, floor: 1e-12) } && got.count >= list.count,
                    "\(id): \(key)")
                continue
            }
            guard let want = want as? Double, let got = have[key] ?? nil else {
                #expect(want is NSNull && have[key] ?? nil == nil, "\(id): \(key)")
                continue
            }
            var relative = tolerance, floor = 1e-12
            switch key {
            case "sqnr_db": (relative, floor) = (0, 0.005)
            case "max_abs_error", "code_entropy_bits": relative = max(tolerance, 1e-3)
            case "zeroed_fraction", "clipped_fraction": floor = 2e-4
            default: break
            }
            #expect(close(got, want, relative, floor: floor), "\(id): \(key) \(got) is not \(want)")
        }
        for (key, most) in entry["at_most"] as? [String: Double] ?? [:] {
            #expect((have[key] ?? nil).map { $0 <= most * (1 + 1e-6) } == true, "\(id): \(key) is above \(most)")
        }
        for (key, least) in entry["at_least"] as? [String: Double] ?? [:] {
            #expect((have[key] ?? nil).map { $0 >= least - 1e-6 } == true, "\(id): \(key) is below \(least)")
        }
    }
}
