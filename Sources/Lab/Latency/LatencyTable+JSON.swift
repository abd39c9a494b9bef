import Basics
import TensorFiles

extension LatencyTable {
    private static func object(_ numbers: [String: Double]) -> JSONValue {
        .object(numbers.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })
    }

    var json: JSONValue {
        .object([
            ("processor", .string(processor)), ("kernels", .string(kernels)), ("date", .string(date)),
            ("bandwidth", .number(bandwidth)),
            ("peaks", Self.object(peaks)), ("unpacking", Self.object(unpacking)),
            (
                "products",
                .array(
                    entries.map { entry in
                        .object([
                            ("layer", .string(entry.product.layer)), ("rows", .int(entry.product.rows)),
                            ("columns", .int(entry.product.columns)), ("inner", .int(entry.product.inner)),
                            ("seconds", Self.object(entry.seconds)),
                        ])
                    })
            ),
        ])
    }

    /// nil where it is no such table, or one of other kinds of products.
    init?(_ value: JSONValue) {
        func numbers(_ value: JSONValue?, _ names: [ProductKind]) -> [String: Double]? {
            var result: [String: Double] = [:]
            for kind in names {
                guard let number = value?[kind.rawValue]?.double, number.isFinite, number >= 0 else { return nil }
                result[kind.rawValue] = number
            }
            return result
        }
        guard let processor = value["processor"]?.string, let kernels = value["kernels"]?.string,
            let date = value["date"]?.string,
            let bandwidth = value["bandwidth"]?.double, bandwidth > 0,
            let peaks = numbers(value["peaks"], ProductKind.allCases.filter { $0.multiplied == $0 }),
            peaks.values.allSatisfy({ $0 > 0 }),
            let unpacking = numbers(value["unpacking"], ProductKind.allCases.filter { $0.multiplied != $0 }),
            let products = value["products"]?.array
        else { return nil }
        var entries: [Entry] = []
        for item in products {
            guard let layer = item["layer"]?.string, let rows = item["rows"]?.int, let columns = item["columns"]?.int,
                let inner = item["inner"]?.int, let seconds = numbers(item["seconds"], ProductKind.allCases)
            else { return nil }
            entries.append(
                Entry(product: Product(layer: layer, rows: rows, columns: columns, inner: inner), seconds: seconds))
        }
        self.init(
            processor: processor, kernels: kernels, date: date, entries: entries, bandwidth: bandwidth, peaks: peaks,
            unpacking: unpacking)
    }

    /// A table that was kept in a folder, of this processor and these products; nil where there is none.
    static func kept(in folder: String, _ products: [Product]) -> LatencyTable? {
        let path = self.path(in: folder)
        guard let bytes = try? AtomicFile.read(path), let value = try? JSONValue(bytes, path: path),
            let table = LatencyTable(value), table.processor == ProcessorName.current, table.kernels == currentKernels,
            table.entries.map({ $0.product }) == products
        else { return nil }
        return table
    }

    func keep(in folder: String) throws(FileError) {
        try AtomicFile.write(Array(json.text.utf8), to: Self.path(in: folder), makesFolders: true)
    }

    static func path(in folder: String) -> String { folder + "/latency.json" }
}
