import Basics
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
            if opened[file] == nil { opened[file] = try FileFormatCatalog.openOne(path: folder + file) }
            guard let shard = opened[file], let tensor = try? shard.tensor(named: name) else {
                throw FileError(
                    path: folder + file, place: .tensor(name), found: "no such tensor", expected: "what the index says")
            }
            tensors.append(tensor)
        }
        return TensorFile(
            path: path, format: "\(opened.values.first?.format ?? "index"), \(opened.count) shards",
            metadata: index.metadata,
            tensors: tensors, warnings: Array(Set(opened.values.flatMap { $0.warnings })).sorted())
    }

    /// Opens a folder: by its index where it has one, else every file of a known format in it.
    ///
    /// Of a tensor that files of different formats have, the first file's is kept. A PyTorch file that cannot be read (settings and
    /// optimizers are often saved beside a model) is left out. Both with a warning.
    static func open(folder: String) throws(FileError) -> TensorFile {
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        let all = try Folder.names(in: folder).sorted(by: NaturalOrder.precedes)
        if let index = index(among: all) { return try open(index: base + index) }
        let endings = FileFormatCatalog.formats.flatMap { $0.endings }.map { "." + $0 }
        let names = all.filter { name in endings.contains { name.lowercased().hasSuffix($0) } }
        guard !names.isEmpty else {
            throw FileError(
                path: folder, found: "no tensor file",
                expected: "files ending in \(endings.joined(separator: ", ")), or \(indexName)")
        }
        var joined = Joined(), failure: FileError?
        // Formats that hold nothing but tensors come first.
        let (pickles, plain) = (names.filter(isPickle), names.filter { !isPickle($0) })
        for name in plain + pickles {
            do throws(FileError) {
                try joined.add(FileFormatCatalog.openOne(path: base + name), name: name)
            } catch {
                guard isPickle(name) else { throw error }
                failure = failure ?? error
                joined.warnings.append("left out \(Printable.quoted(name)): found \(error.found)")
            }
        }
        if let failure, joined.isEmpty { throw failure }
        return joined.file(
            path: folder, format: "folder of \(names.count) \(names.count == 1 ? "file" : "files")")
    }

    private static func isPickle(_ name: String) -> Bool {
        PyTorchFormat.endings.contains { name.lowercased().hasSuffix("." + $0) }
    }

    /// The index of a folder: the usual one, else any other, those of safetensors first.
    private static func index(among names: [String]) -> String? {
        let indexes = names.filter { $0.hasSuffix(".index.json") }
        return indexes.first { $0 == indexName } ?? indexes.first { $0.hasSuffix(".safetensors.index.json") }
            ?? indexes.first { $0.hasSuffix(".bin.index.json") }
    }

    /// Opens all parts of a split GGUF file, whose names end in `-00001-of-00003.gguf`; nil where `path` is not named so.
    static func open(splitFile path: String) throws(FileError) -> TensorFile? {
        guard let (stem, part, count) = split(path), count > 1, count <= 10_000, (1...count).contains(part) else {
            return nil
        }
        var joined = Joined()
        var format = ""
        for number in 1...count {
            let name = "\(stem)-\(padded(number))-of-\(padded(count)).gguf"
            guard Folder.exists(name) else {
                joined.warnings.append("part \(number) of \(count) is missing: no file \(Printable.quoted(name))")
                continue
            }
            let file = try FileFormatCatalog.openOne(path: name)
            format = file.format
            try joined.add(file, name: number == part ? nil : name)
        }
        return joined.file(path: path, format: "\(format), \(count) parts")
    }

    /// `model-00002-of-00003.gguf` is ("model", 2, 3).
    private static func split(_ path: String) -> (stem: String, part: Int, count: Int)? {
        let tail = path.suffix("-00001-of-00003.gguf".count), parts = tail.dropLast(5).split(separator: "-")
        guard tail.hasPrefix("-"), tail.hasSuffix(".gguf"), parts.count == 3, parts[1] == "of", parts[0].count == 5,
            let part = Int(parts[0]), let count = Int(parts[2])
        else { return nil }
        return (String(path.dropLast(tail.count)), part, count)
    }

    private static func padded(_ number: Int) -> String {
        String(repeating: "0", count: max(0, 5 - String(number).count)) + String(number)
    }

    /// What several files hold together.
    private struct Joined {
        var warnings: [String] = []
        private var tensors: [TensorView] = []
        var isEmpty: Bool { tensors.isEmpty }
        private var metadata: [(key: String, value: String)] = []
        private var owners: [ExactName: (name: String, format: String)] = [:]

        /// - Parameter name: what is before the file's metadata and warnings; nil for none.
        mutating func add(_ file: TensorFile, name: String?) throws(FileError) {
            let prefix = name.map { ($0.split(separator: "/").last.map(String.init) ?? $0) + ": " } ?? ""
            metadata += file.metadata.map { (key: prefix + $0.key, value: $0.value) }
            warnings += file.warnings.map { prefix + $0 }
            var doubled: [String] = []
            for tensor in file.tensors {
                let key = ExactName(tensor.name)
                if let owner = owners[key] {
                    guard owner.format != file.format else {
                        throw FileError(
                            path: file.path, place: .tensor(tensor.name), found: "a tensor that \(owner.name) also has",
                            expected: "each name once in the folder")
                    }
                    doubled.append(owner.name)
                    continue
                }
                owners[key] = (name ?? file.path, file.format)
                tensors.append(tensor)
            }
            if let owner = doubled.first {
                warnings.append("\(prefix)left out \(doubled.count) tensors that \(owner) also has")
            }
        }

        func file(path: String, format: String) -> TensorFile {
            TensorFile(path: path, format: format, metadata: metadata, tensors: tensors, warnings: warnings)
        }
    }

    private typealias Index = (files: [(name: String, file: String)], metadata: [(key: String, value: String)])

    private static func readIndex(_ source: MappedFile, path: String) throws(FileError) -> Index {
        let bytes = source.withBytes { Array($0) }
        var scanner = JSONScanner(bytes)
        do throws(Misfit) {
            var index: Index = ([], [])
            var hasMap = false
            try scanner.object { key, keyOffset, scanner throws(Misfit) in
                switch key {
                case "weight_map":
                    hasMap = true
                    try scanner.object { name, _, scanner throws(Misfit) in
                        index.files.append((name, try scanner.string()))
                    }
                case "metadata":
                    try scanner.object { name, _, scanner throws(Misfit) in
                        index.metadata.append((name, try scanner.scalarText()))
                    }
                default: try scanner.skipValue()
                }
            }
            try scanner.end()
            guard hasMap else { throw .init(offset: 0, found: "no key weight_map", expected: "one") }
            return index
        } catch {
            throw FileError(path: path, error)
        }
    }
}
