import Quantization
import Testing

/// The catalogue of metrics, which JSON, CSV, tables, options, filters and help are made from.
@Suite struct MetricCatalogTests {
    @Test func namesAndOrderAreThoseOfTheDocumentation() {
        let names = """
            mse rmse mae max_abs_error bias sqnr_db cosine relative_l2 clipped_fraction clip_error round_error \
            zeroed_fraction code_entropy_bits huffman_bits levels_used levels_total bits_per_weight bytes \
            compression_ratio
            """.split(separator: " ").map(String.init)
        #expect(Metrics.names == names)
        #expect(MetricCatalog.all.map { $0.id.name } == names + ["output_error"])
        #expect(names.allSatisfy { MetricCatalog.metric(named: $0)?.id.name == $0 })
        #expect(MetricCatalog.metric(named: "speed") == nil)
    }

    @Test func entriesAreWhole() {
        let all = MetricCatalog.all
        #expect(Set(all.map { $0.id }).count == all.count && Set(all.map { $0.label }).count == all.count)
        let short = all.compactMap { $0.shortName }
        #expect(Set(short).count == short.count)
        for metric in all {
            #expect(!metric.what.isEmpty && !metric.formula.isEmpty && !metric.reasonable.isEmpty, "\(metric.id)")
        }
        let listed = MetricCatalog.listed
        #expect(listed.map { $0.importance } == listed.indices.map { $0 } && listed.first?.id == .sqnr)
    }

    /// Two elements, 1 and 3, become 1 and 2.5.
    @Test func valuesOfAnExample() throws {
        var sums = ErrorSums()
        sums.add(1, 1, isClipped: false)
        sums.add(3, 2.5, isClipped: true)
        let size = StoredSize(bits: 16, elements: 2, sourceBytes: 8)
        let metrics = Metrics(sums: sums, codeCounts: [1, 0, 1], levelsTotal: 3, size: size)
        let wanted: [(MetricID, Double)] = [
            (.mse, 0.125), (.mae, 0.25), (.maxAbsError, 0.5), (.bias, -0.25), (.clippedFraction, 0.5),
            (.clipError, 0.125), (.roundError, 0), (.levelsUsed, 2), (.levelsTotal, 3), (.bitsPerWeight, 8),
            (.bytes, 2),
            (.compressionRatio, 4), (.codeEntropyBits, 1), (.zeroedFraction, 0),
        ]
        for (id, value) in wanted { #expect(MetricCatalog[id].value(metrics) == value, "\(id)") }
        let sqnr = try #require(MetricCatalog[.sqnr].value(metrics))
        #expect(abs(sqnr - 16.0206) < 1e-4)
        #expect(
            MetricCatalog[.outputError].value(metrics) == nil && !metrics.entries.contains { $0.name == "output_error" }
        )
        // Without any error the ratio is undefined, and ranks above all others.
        var exact = ErrorSums()
        exact.add(3, 3, isClipped: false)
        let perfect = Metrics(sums: exact, codeCounts: [1], levelsTotal: 1, size: size)
        #expect(MetricCatalog[.sqnr].value(perfect) == nil && MetricCatalog[.sqnr].rank(perfect) == .infinity)
        #expect(MetricCatalog[.cosine].rank(perfect) == 1)
    }
}
