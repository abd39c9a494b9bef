import Tensors

/// What the settings beside a checkpoint say of how it was quantized: `quantize_config.json`, or `quantization_config` in
/// `config.json`.
enum QuantizationSettings {
    private static let longest = 4 << 20

    /// The scalars by their keys; nothing where there is no such file or it is no JSON.
    static func beside(_ path: String) -> [String: String] {
        let isFolder = Folder.isFolder(path)
        let folder = isFolder ? path + "/" : path.contains("/") ? String(path[...path.lastIndex(of: "/")!]) : ""
        for (name, key) in [("quantize_config.json", nil), ("config.json", "quantization_config")] {
            guard let size = Folder.size(ofFile: folder + name), size <= longest,
                let source = try? MappedFile(path: folder + name)
            else { continue }
            var scanner = JSONScanner(source.withBytes { Array($0) })
            let found = key.map { try? inner($0, &scanner) } ?? (try? scalars(&scanner))
            if let found, !found.isEmpty { return found }
        }
        return [:]
    }

    private static func inner(_ wanted: String, _ scanner: inout JSONScanner) throws(Misfit) -> [String: String] {
        var result: [String: String] = [:]
        try scanner.object { key, _, scanner throws(Misfit) in
            if key == wanted { result = try scalars(&scanner) } else { try scanner.skipValue() }
        }
        return result
    }

    private static func scalars(_ scanner: inout JSONScanner) throws(Misfit) -> [String: String] {
        var result: [String: String] = [:]
        try scanner.object { key, _, scanner throws(Misfit) in
            let value = try scanner.scalarText()
            if result.count < 1_000 { result[key] = value }
        }
        return result
    }
}
