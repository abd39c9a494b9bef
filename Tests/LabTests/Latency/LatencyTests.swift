import Basics
import Fixtures
import Hardware
import TensorFiles
import Testing

@testable import Lab

/// Tables of latencies: what they are made of, and that they are kept.
struct LatencyTests {
    init() throws { try MatrixProduct.prepare() }

    private func run(_ chosen: [(String, String)], folder: String?) throws -> LabReport {
        let experiment = HardwareExperiment()
        let settings = try LabSettings(
            experiment, [("model", "mlp"), ("width", "1"), ("batch", "2"), ("profiles", "here,mcu")] + chosen)
        return LabRun(experiment.name, settings, folder: folder).perform(experiment)
    }

    /// Measured once, then taken from the folder, unless the processor, the products or the file are others.
    @Test func tablesAreKept() throws {
        try TemporaryFolder.with { folder in
            let path = LatencyTable.path(in: folder)
            let first = try run([], folder: folder)
            #expect(first.finding?.contains("no layer is large enough") == true)
            #expect(first.state == .finished && first.remarks.contains { $0.contains("measured on") })
            let value = try JSONValue(AtomicFile.read(path), path: path)
            let table = try #require(LatencyTable(value))
            #expect(table.processor == ProcessorName.current && table.date == DateText.today)
            #expect(table.entries.map { $0.product.layer } == ["fc1", "fc2", "fc3"])
            #expect(table.entries.map { $0.product.rows } == [2, 2, 2])
            let second = try run([], folder: folder)
            #expect(second.remarks.contains { $0.contains("measures anew") })
            #expect(
                second.tables.first { $0.title == "Measured µs" } == first.tables.first { $0.title == "Measured µs" })
            #expect(try run([("batch", "3")], folder: folder).remarks.allSatisfy { !$0.contains("anew") })
            try AtomicFile.write(Array("{\"processor\": \"another\"}".utf8), to: path)
            #expect(try run([], folder: folder).remarks.allSatisfy { !$0.contains("anew") })
        }
    }

    /// A machine on which four bits take as long as eight, or longer, gets eight bits everywhere.
    @Test func fewerBitsOnlyWhereTheyAreFaster() throws {
        let report = try run([("profiles", "mcu"), ("budget", "0")], folder: nil)
        let bits = report.results.first { $0.measure.name == "mcu_bits" }
        guard case .parts(let parts)? = bits?.value else {
            Issue.record("no bits")
            return
        }
        #expect(parts.count == 3 && parts.allSatisfy { $0.value == 8 })
    }

    /// Every form of a product is of the same shape, and whole after a run.
    @Test func allKindsRun() {
        let bench = ProductBench(rows: 3, columns: 9, inner: 65)
        for kind in ProductKind.allCases { #expect(bench.seconds(kind, isFirst: true) > 0) }
    }
}
