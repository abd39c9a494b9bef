import Fixtures
import Foundation
import Testing

@Suite struct SweepTests {
    private static let file = Fixture.path("Llama/original.safetensors")
    private static let tensor = "model.layers.0.self_attn.q_proj.weight"

    private func sweep(_ arguments: [String]) throws -> [[String: Any]] {
        let result = try Program.run(["sweep", Self.file, Self.tensor, "--json"] + arguments)
        #expect(result.status == 0, "\(result.error)")
        let object = try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
        return try #require(object?["rows"] as? [[String: Any]])
    }

    private func metrics(_ object: Any?) throws -> [String: Double] {
        try #require(object as? [String: Any]).compactMapValues { $0 as? Double }
    }

    /// Every row of every format is what `inspect` says of its recipe, to the last digit.
    @Test func rowsAreThoseOfInspect() throws {
        let families = [
            "int", "fp", "mx", "nvfp4", "nf4", "quantile", "kmeans", "pow2", "apot", "bcq", "pq", "binary", "ternary",
            "ggml",
        ]
        var names: Set<String> = []
        for family in families {
            let rows = try sweep(["--formats", family, "--clips", "minmax", "--granularities", "tensor"])
            #expect(!rows.isEmpty, "\(family)")
            for row in rows {
                let recipe = try #require(row["recipe"] as? String)
                names.insert(String(recipe.split(separator: " ")[0]))
                let result = try Program.run(["inspect", Self.file, Self.tensor, "--recipe", recipe, "--json"])
                let report = try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any]
                #expect(try metrics(row["metrics"]) == metrics(report?["metrics"]), "\(recipe)")
            }
        }
        #expect(names.count > 70, "\(names.count)")
    }

    @Test func theFrontierLeavesWhatOthersBeat() throws {
        let rows = try sweep(["--formats", "int", "--clips", "minmax,mse", "--granularities", "tensor,group:64"])
        #expect(rows.count == 28)
        let points = try rows.map { row in
            let values = try metrics(row["metrics"])
            return (
                bits: try #require(values["bits_per_weight"]), mse: try #require(values["mse"]),
                isOn: try #require(row["pareto"] as? Bool)
            )
        }
        #expect(points.map { $0.bits } == points.map { $0.bits }.sorted())
        for point in points {
            let isBeaten = points.contains {
                $0.bits <= point.bits && $0.mse <= point.mse && ($0.bits < point.bits || $0.mse < point.mse)
            }
            #expect(point.isOn == !isBeaten)
        }
    }

    @Test func tablesAndMistakes() throws {
        let base = ["sweep", Self.file, Self.tensor, "--formats", "int4,nf4", "--clips", "percentile:99,manual:-1,1"]
        let table = try Program.run(base + ["--granularities", "tensor"])
        #expect(table.status == 0 && table.out.contains("int4 sym tensor clip:manual:-1,1") && table.out.contains("★"))
        let csv = try Program.run(base + ["--granularities", "tensor", "--csv"])
        let lines = csv.out.split(separator: "\n")
        #expect(lines.count == 5 && lines[0].hasPrefix("recipe,mse,") && lines[0].hasSuffix(",pareto"))
        #expect(lines.dropFirst().contains { $0.hasPrefix("\"int4 sym tensor clip:manual:-1,1\",") })
        let left = try Program.run(base + ["--granularities", "tensor,channel:7"])
        #expect(left.status == 0 && left.error.contains("left out: int4 sym channel:7"))
        for (words, found) in [
            (["--formats", "itn4"], "--formats: found \"itn4\", expected a format or a family, nearest are int4"),
            (["--clips", "msee"], "--clips: found \"msee\""), (["--json", "--csv"], "found both"),
        ] {
            let result = try Program.run(["sweep", Self.file, Self.tensor] + words)
            #expect(result.status == 64 && result.out.isEmpty && result.error.contains(found), "\(result.error)")
        }
    }
}
