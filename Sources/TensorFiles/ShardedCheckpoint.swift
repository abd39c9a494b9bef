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
        var shards: [String: Result<TensorFile, FileError>] = [:], lacking: [String: [String]] = [:]
        var tensors: [TensorView] = []
        for (name, file) in index.files {
            // An index must not lead out of its folder.
            guard !file.isEmpty, !file.contains("/"), file != "..", !file.contains("\0") else {
                throw FileError(
                    path: path, place: .tensor(name), found: "shard \(Printable.quoted(file))",
                    expected: "the name of a file beside the index")
            }
            let shard =
                shards[file]
                ?? Result { () throws(FileError) in try FileFormatCatalog.openOne(path: folder + file) }
            shards[file] = shard
            guard let tensor = try? shard.get().tensor(named: name) else {
                lacking[file, default: []].append(name)
                continue
            }
            tensors.append(tensor)
        }
        // A download that is not complete opens with what is there; nothing at all is an error.
        if tensors.isEmpty, let first = shards.sorted(by: { $0.key < $1.key }).first {
            _ = try first.value.get()
            throw FileError(
                path: folder + first.key, place: lacking[first.key]?.first.map { .tensor($0) }, found: "no such tensor",
                expected: "what the index says")
        }
        let opened = shards.values.compactMap { try? $0.get() }
        return TensorFile(
            path: path,
            format: "\(opened.first?.format ?? "index"), \(opened.count) \(opened.count == 1 ? "shard" : "shards")",
            metadata: index.metadata, tensors: tensors,
            warnings: lacking.sorted { $0.key < $1.key }.map { warning($0.key, $0.value, shards[$0.key], folder) }
                + Set(opened.flatMap { $0.warnings }).sorted())
    }

    /// What is missing: a shard, or tensors that the index expects in it.
    private static func warning(
        _ file: String, _ names: [String], _ shard: Result<TensorFile, FileError>?, _ folder: String
    ) -> String {
        let some = names.prefix(3).map(Printable.quoted).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
        let what = "\(names.count) \(names.count == 1 ? "tensor" : "tensors") (\(some))"
        guard case .failure(let error) = shard else {
            return "\(Printable.quoted(file)) does not have \(what) that the index names in it"
        }
        return Folder.exists(folder + file)
            ? "\(what) left out: \(Printable.quoted(file)): found \(error.found), expected \(error.expected)"
            : "\(Printable.quoted(file)) is missing: \(what) left out"
    }

    /// Opens a folder: by its index where it has one, else every file of a known format in it.
    ///
    /// A file with a tensor that an earlier one has too, such as a variant (`model.fp16.safetensors`) or the same model in another format,
    /// is left out. A PyTorch file that cannot be read (settings and optimizers are often saved beside a model) is left out. Both with a
    /// warning.
    static func open(folder: String) throws(FileError) -> TensorFile {
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        let all = try Folder.names(in: folder).sorted(by: NaturalOrder.precedes)
        if let index = index(among: all) { return try open(index: base + index) }
        let names = tensorFiles(among: all)
        guard !names.isEmpty else {
            let endings = FileFormatCatalog.formats.flatMap { $0.endings }.map { "." + $0 }
            throw FileError(
                path: folder, found: "no tensor file",
                expected: "files ending in \(endings.joined(separator: ", ")), or \(indexName)")
        }
        var joined = Joined(), failure: FileError?
        // Formats that hold nothing but tensors come first, and a plain name before its variants.
        let (pickles, plain) = (names.filter(isPickle), names.filter { !isPickle($0) })
        for name in plainFirst(plain) + plainFirst(pickles) {
            do throws(FileError) {
                joined.add(try FileFormatCatalog.openOne(path: base + name), name: name)
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

    private static func tensorFiles(among names: [String]) -> [String] {
        let endings = FileFormatCatalog.formats.flatMap { $0.endings }.map { "." + $0 }
        return names.filter { name in endings.contains { name.lowercased().hasSuffix($0) } && !name.hasPrefix("._") }
    }

    /// `a.safetensors` before `a.fp16.safetensors`: by the number of dots, the order kept among equals.
    private static func plainFirst(_ names: [String]) -> [String] {
        func dots(_ name: String) -> Int { name.count { $0 == "." } }
        return names.enumerated().sorted { (dots($0.element), $0.offset) < (dots($1.element), $1.offset) }
            .map { $0.element }
    }

    /// A folder of folders, such as a pipeline of diffusers: the tensors of each under its name, `unet.conv_in.weight`, each unpacked by its
    /// own settings. nil where `folder` is none, holds tensors itself, or none of its folders does.
    static func open(partsOf folder: String) throws(FileError) -> TensorFile? {
        guard Folder.isFolder(folder) else { return nil }
        let names = try Folder.names(in: folder).sorted(by: NaturalOrder.precedes)
        guard index(among: names) == nil, tensorFiles(among: names).isEmpty else { return nil }
        let base = folder.hasSuffix("/") ? folder : folder + "/"
        var joined = Joined(), count = 0
        for name in names where !name.hasPrefix(".") && Folder.isFolder(base + name) {
            guard let inside = try? Folder.names(in: base + name),
                index(among: inside) != nil || !tensorFiles(among: inside).isEmpty
            else { continue }
            let part = try open(folder: base + name).renamed { name + "." + $0 }
            count += 1
            joined.add(
                PackingCatalog.unpacking(part, settings: QuantizationSettings.beside(base + name)), name: name)
        }
        guard count > 0 else { return nil }
        return joined.file(path: folder, format: "folder of \(count) \(count == 1 ? "folder" : "folders")")
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
            joined.add(file, name: number == part ? nil : name)
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
        private var owners: [ExactName: String] = [:]
        private var formats: Set<String> = []

        /// - Parameter name: what is before the file's metadata and warnings; nil for none.
        mutating func add(_ file: TensorFile, name: String?) {
            let short = name.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
            var file = file
            // The same model in another format: what it alone has is taken from it.
            let others = file.tensors.filter { owners[ExactName($0.name)] == nil }
            if others.count < file.tensors.count, !others.isEmpty, !formats.contains(file.format) {
                warnings.append(
                    "left out \(file.tensors.count - others.count) tensors of \(Printable.quoted(short ?? file.path)) that other files "
                        + "of the folder have too")
                file = TensorFile(
                    path: file.path, format: file.format, metadata: file.metadata, tensors: others,
                    warnings: file.warnings)
            }
            formats.insert(file.format)
            let doubled = file.tensors.filter { owners[ExactName($0.name)] != nil }
            if let owner = doubled.first.flatMap({ owners[ExactName($0.name)] }) {
                warnings.append(
                    "left out \(Printable.quoted(short ?? file.path)): \(doubled.count) of its \(file.tensors.count) tensors are in "
                        + "\(Printable.quoted(owner)) too (open it by its own name)")
                return
            }
            let prefix = short.map { $0 + ": " } ?? ""
            metadata += file.metadata.map { (key: prefix + $0.key, value: $0.value) }
            warnings += file.warnings.map { prefix + $0 }
            for tensor in file.tensors { owners[ExactName(tensor.name)] = short ?? file.path }
            tensors += file.tensors
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
