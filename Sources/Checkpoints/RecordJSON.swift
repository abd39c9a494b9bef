import Basics
import Quantization
import TensorFiles
import Tensors

/// Results as JSON: what commands print, what parts of a split run hand on, and what is stored for a second run.
///
/// Doubles are written in their shortest form, which reads back as the same number, so that what is joined or looked up equals
/// what was computed to the last digit.
enum RecordJSON {
    static func shape(_ shape: Shape) -> JSONValue { .array(shape.extents.map(JSONValue.int)) }

    static func shape(_ value: JSONValue?) -> Shape? {
        guard let items = value?.array else { return nil }
        let extents = items.compactMap { $0.int }
        return extents.count == items.count ? Shape(extents) : nil
    }

    static func metrics(_ entries: [(name: String, value: Double?)]) -> JSONValue {
        .object(entries.map { ($0.name, .number($0.value)) })
    }

    static func numbers(_ value: JSONValue?) -> [String: Double]? {
        guard let members = value?.members else { return nil }
        return Dictionary(
            members.compactMap { member in member.1.double.map { (member.0, $0) } }, uniquingKeysWith: { $1 })
    }

    // MARK: Sums

    private static var doubles: [(name: String, path: WritableKeyPath<ErrorSums, Double>)] {
        [
            ("rounded", \.roundedSquaredError), ("clipped", \.clippedSquaredError), ("absolute", \.absoluteError),
            ("error", \.error), ("original", \.squaredOriginal), ("reconstruction", \.squaredReconstruction),
            ("product", \.product), ("largest", \.largestError),
        ]
    }

    static func sums(_ sums: ErrorSums) -> JSONValue {
        .object(
            doubles.map { ($0.name, .number(sums[keyPath: $0.path])) } + [
                ("count", .int(sums.count)), ("clipped_count", .int(sums.clippedCount)),
                ("zeroed_count", .int(sums.zeroedCount)),
            ])
    }

    static func sums(_ value: JSONValue?) -> ErrorSums? {
        var sums = ErrorSums()
        for (name, path) in doubles {
            guard let number = value?[name]?.double else { return nil }
            sums[keyPath: path] = number
        }
        guard let count = value?["count"]?.int, let clipped = value?["clipped_count"]?.int,
            let zeroed = value?["zeroed_count"]?.int
        else { return nil }
        let counts = 0...most
        guard counts.contains(count), counts.contains(clipped), counts.contains(zeroed) else { return nil }
        (sums.count, sums.clippedCount, sums.zeroedCount) = (count, clipped, zeroed)
        return sums
    }

    /// Elements and bytes of one tensor, 16 TiB: as many as can be added up without overflowing.
    static let most = 1 << 44

    static func size(_ value: JSONValue?, of shape: Shape) -> StoredSize? {
        guard let value, let bits = value["bits"]?.double, let elements = value["elements"]?.int,
            let sourceBytes = value["source_bytes"]?.int, (0...most).contains(sourceBytes),
            elements > 0, elements <= shape.count, shape.count <= most, bits >= 0, bits <= 64 * Double(most)
        else { return nil }
        return StoredSize(bits: bits, elements: elements, sourceBytes: sourceBytes)
    }

    static func size(_ size: StoredSize) -> JSONValue {
        .object([
            ("bits", .number(size.bits)), ("elements", .int(size.elements)), ("source_bytes", .int(size.sourceBytes)),
        ])
    }
}

extension Scan.Row {
    /// What `scan --json` prints of a tensor.
    var json: [(String, JSONValue)] {
        [
            ("name", .string(name)), ("shape", RecordJSON.shape(shape)), ("recipe", .string(recipe)),
            ("metrics", RecordJSON.metrics(metrics.entries)),
        ]
    }

    /// The same with what totals and the order need.
    var wholeJSON: JSONValue {
        .object(
            json + [
                ("position", .int(position)), ("sums", RecordJSON.sums(sums)),
                ("size", RecordJSON.size(metrics.size)),
            ] + (squaredOutputError.map { [("squared_output_error", .number($0))] } ?? []))
    }

    init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, let shape = RecordJSON.shape(value["shape"]),
            let recipe = value["recipe"]?.string, let numbers = RecordJSON.numbers(value["metrics"]),
            let position = value["position"]?.int, let sums = RecordJSON.sums(value["sums"]),
            let size = RecordJSON.size(value["size"], of: shape), sums.count <= shape.count, sums.squaredError >= 0,
            let metrics = Metrics(numbers, size: size)
        else { return nil }
        self.init(
            position: position, name: name, shape: shape, recipe: recipe, metrics: metrics, sums: sums,
            squaredOutputError: value["squared_output_error"]?.double)
    }

    /// The same with another offset: files of the same bytes may hold a tensor elsewhere.
    func moved(to position: Int, name: String) -> Scan.Row {
        Scan.Row(
            position: position, name: name, shape: shape, recipe: recipe, metrics: metrics, sums: sums,
            squaredOutputError: squaredOutputError)
    }
}

extension Scan.Kept {
    var json: [(String, JSONValue)] {
        [
            ("name", .string(name)), ("dtype", .string(type)), ("shape", RecordJSON.shape(shape)),
            ("bytes", .int(bytes)), ("reason", .string(reason)),
        ]
    }

    var wholeJSON: JSONValue { .object(json + [("position", .int(position)), ("elements", .int(elements))]) }

    init?(_ value: JSONValue) {
        guard let name = value["name"]?.string, let type = value["dtype"]?.string,
            let shape = RecordJSON.shape(value["shape"]), let bytes = value["bytes"]?.int,
            let reason = value["reason"]?.string, let position = value["position"]?.int,
            let elements = value["elements"]?.int, (0...RecordJSON.most).contains(bytes),
            (0...RecordJSON.most).contains(elements)
        else { return nil }
        self.init(
            position: position, name: name, shape: shape, type: type, bytes: bytes, elements: elements,
            reason: reason)
    }
}
