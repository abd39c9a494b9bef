public import Basics
public import TensorFiles

/// `{"name", "summary", "source", "bandwidth_gb_s", "peaks": [{"weight_bits", "activation_bits", "gops"}], "unpacking_ps",
/// "activation_bits", "batch"}`
extension HardwareProfile {
    public var json: JSONValue {
        .object([
            ("name", .string(name)), ("summary", .string(summary)), ("source", .string(source)),
            ("bandwidth_gb_s", .number(bandwidth / 1e9)),
            (
                "peaks",
                .array(
                    peaks.map { peak in
                        .object([
                            ("weight_bits", .int(peak.weightBits)), ("activation_bits", .int(peak.activationBits)),
                            ("gops", .number(peak.operations / 1e9)),
                        ])
                    })
            ), ("unpacking_ps", .number(unpacking * 1e12)), ("activation_bits", .int(activationBits)),
            ("batch", .int(batch)),
        ])
    }

    /// A profile that ships with the program, by its name, or one from a file.
    public static func open(_ text: String) throws(FileError) -> HardwareProfile {
        if let known = HardwareCatalog.profile(named: text) { return known }
        guard Folder.exists(text) else {
            let names = HardwareCatalog.all.map { $0.name }.joined(separator: ", ")
            throw FileError(path: text, found: "no such file", expected: "a profile's file, or one of \(names)")
        }
        return try HardwareProfile(JSONValue(AtomicFile.read(text, anyKind: true), path: text), path: text)
    }

    /// - Parameter path: of the file, for messages.
    public init(_ value: JSONValue, path: String) throws(FileError) {
        func wrong(_ key: String, _ expected: String) -> FileError {
            let found = value[key].map { "\(key) \($0.text)" } ?? "no \(key)"
            return FileError(path: path, found: found, expected: expected)
        }
        func positive(_ value: JSONValue?, _ most: Double = 1e18) -> Double? {
            value?.double.flatMap { $0 > 0 && $0 <= most ? $0 : nil }
        }
        func bits(_ value: JSONValue?) -> Int? { value?.int.flatMap { (1...64).contains($0) ? $0 : nil } }
        guard let bandwidth = positive(value["bandwidth_gb_s"]) else {
            throw wrong("bandwidth_gb_s", "gigabytes a second")
        }
        var peaks: [Peak] = []
        for item in value["peaks"]?.array ?? [] {
            guard let weight = bits(item["weight_bits"]), let activation = bits(item["activation_bits"]),
                let operations = positive(item["gops"])
            else { throw wrong("peaks", "a list of {\"weight_bits\", \"activation_bits\", \"gops\"}") }
            peaks.append(Peak(weightBits: weight, activationBits: activation, operations: operations * 1e9))
        }
        guard !peaks.isEmpty else {
            throw wrong("peaks", "a list of {\"weight_bits\", \"activation_bits\", \"gops\"}")
        }
        let unpacking = value["unpacking_ps"] == nil ? 0 : value["unpacking_ps"]?.double ?? -1
        guard unpacking >= 0, unpacking <= 1e15 else { throw wrong("unpacking_ps", "picoseconds a weight") }
        guard let activationBits = value["activation_bits"] == nil ? 16 : bits(value["activation_bits"]) else {
            throw wrong("activation_bits", "1 to 64")
        }
        let batch = value["batch"] == nil ? 1 : value["batch"]?.int ?? 0
        guard (1...1 << 30).contains(batch) else { throw wrong("batch", "samples that share the weights") }
        self.init(
            name: value["name"]?.string ?? path, summary: value["summary"]?.string ?? "",
            source: value["source"]?.string ?? "", bandwidth: bandwidth * 1e9, peaks: peaks,
            unpacking: unpacking * 1e-12, activationBits: activationBits, batch: batch)
    }
}
