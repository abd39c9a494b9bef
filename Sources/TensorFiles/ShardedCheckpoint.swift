import Tensors

/// A checkpoint that is cut into several files.
enum ShardedCheckpoint {
    static let indexName = "model.safetensors.index.json"
    /// An index of more bytes is refused.
    static let longestIndex = 100_000_000

    /// Opens the shards that an index names: `{"metadata": {…}, "weight_map": {tensor: file}}`.
    static func open(index path: String) throws(FileError) -> TensorFile {
        let source = try FileFormatCatalog.map(path)
        guard source.byteCount <= longestIndex else {
            throw FileError(
                path: path, found: "\(source.byteCount) bytes", expected: "an index of at most \(longestIndex)")
        }
        let index = try readIndex(source, path: path)
        let folder = path.contains("/") ? String(path[...path.lastIndex(of: "/")!]) : ""
        var opened: [String: TensorFile] = [:]
        var tensors: [TensorView] = []
        for (name, file) in index.files {
            // An index must not lead out of its folder.
            guard !file.isEmpty, !file.contains("/"), file != "..", !file.contains("\0") else {
                throw FileError(
                    path: path, place: .tensor(name), found: "shard \(Printable.quoted(file))",
                    expected: "the name of a file beside the index")
            }
            if opened[file] == nil { opened[file] = try FileFormatCatalog.open(path: folder + file) }
            guard let shard = opened[file], let tensor = try? shard.tensor(named: name) else {
                throw FileError(
                    path: folder + file, place: .tensor(name), found: "no such tensor", expected: "what the index says")
            }
            tensors.append(tensor)
        }
        return TensorFile(
            path: path, format: "safetensors, \(opened.count) shards", metadata: index.metadata, tensors: tensors)
    }

    /// Opens a folder: by its index where it has one, else every file of a known format in it.
    static func open(folder: String) throws(FileError) -> TensorFile {
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        if Folder.exists(base + indexName) { return try open(index: base + indexName) }
        let endings = FileFormatCatalog.formats.flatMap { $0.endings }.map { "." + $0 }
        let names = try Folder.names(in: folder)
            .filter { name in endings.contains { name.lowercased().hasSuffix($0) } }
            .sorted(by: NaturalOrder.precedes)
        guard !names.isEmpty else {
            throw FileError(
                path: folder, found: "no tensor file",
                expected: "files ending in \(endings.joined(separator: ", ")), or \(indexName)")
        }
        var tensors: [TensorView] = [], metadata: [(key: String, value: String)] = []
        var owners: [[UInt8]: String] = [:]
        for name in names {
            let file = try FileFormatCatalog.open(path: base + name)
            metadata += file.metadata.map { (key: "\(name): \($0.key)", value: $0.value) }
            for tensor in file.tensors {
                if let owner = owners.updateValue(name, forKey: Array(tensor.name.utf8)) {
                    throw FileError(
                        path: base + name, place: .tensor(tensor.name), found: "a tensor that \(owner) also has",
                        expected: "each name once in the folder")
                }
                tensors.append(tensor)
            }
        }
        return TensorFile(
            path: folder, format: "folder of \(names.count) \(names.count == 1 ? "file" : "files")",
            metadata: metadata, tensors: tensors)
    }

    private typealias Index = (files: [(name: String, file: String)], metadata: [(key: String, value: String)])

    private static func readIndex(_ source: MappedFile, path: String) throws(FileError) -> Index {
        let bytes = source.withBytes { Array($0) }
        var scanner = JSONScanner(bytes)
        do throws(JSONScanner.Failure) {
            var index: Index = ([], [])
            var hasMap = false
            try scanner.object { key, keyOffset, scanner throws(JSONScanner.Failure) in
                switch key {
                case "weight_map":
                    hasMap = true
                    try scanner.object { name, _, scanner throws(JSONScanner.Failure) in
                        index.files.append((name, try scanner.string()))
                    }
                case "metadata":
                    try scanner.object { name, _, scanner throws(JSONScanner.Failure) in
                        index.metadata.append((name, try scanner.scalarText()))
                    }
                default: try scanner.skipValue()
                }
            }
            try scanner.end()
            guard hasMap else { throw .init(offset: 0, found: "no key weight_map", expected: "one") }
            return index
        } catch {
            throw FileError(path: path, place: .offset(error.offset), found: error.found, expected: error.expected)
        }
    }
}
