import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// A folder that a runtime loads: one safetensors file with packed weights, `config.json` with what says how they are packed, and the
/// small files of the source beside it.
struct PackedCheckpoint {
    struct Entry {
        let name: String
        let type: ElementType
        let shape: [Int]
        let payload: any Payload
    }

    private(set) var entries: [Entry] = []
    private(set) var notices: [String]
    private let job: ExportJob

    init(_ job: ExportJob) {
        self.job = job
        notices = job.notices
    }

    mutating func add(_ name: String, _ type: ElementType, _ shape: [Int], _ payload: any Payload) {
        entries.append(Entry(name: name, type: type, shape: shape, payload: payload))
    }

    /// A tensor that is not quantized.
    mutating func add(_ item: ExportJob.Item) {
        let (type, shape, payload) = item.plain(SafetensorsTarget.isHeld)
        add(item.tensor.name, type, shape.extents, payload)
        notices += [item.notice(type)].compactMap { $0 }
    }

    mutating func note(_ notice: String) { notices.append(notice) }

    /// Files of more bytes are weights rather than settings or a tokenizer.
    private static let smallFile = 100 << 20

    /// - Parameters:
    ///   - key: in `config.json`; nil leaves that as it is.
    ///   - settings: what stands there.
    ///   - other: a file of its own for the settings.
    func export(_ key: String?, _ settings: JSONValue, file other: String? = nil) throws -> Export {
        try ExportError.checkNames(entries.map { $0.name })
        var file = ExportFile(name: "model.safetensors")
        let shapes = entries.map { Shape($0.shape) ?? .scalar }
        file.add(
            SafetensorsWriter.header(
                zip(entries, shapes).map { ($0.name, $0.type, $1, $0.payload.byteCount) }, [("format", "pt")]))
        for entry in entries { file.add(entry.payload) }
        var files = [file]
        let folder = sourceFolder
        for name in folder.map({ (try? Folder.names(in: $0)) ?? [] })?.sorted() ?? [] where Self.isCarried(name) {
            let path = (folder ?? "") + "/" + name
            guard let size = Folder.size(ofFile: path), size <= Self.smallFile else { continue }
            var copy = ExportFile(name: name)
            copy.add(try AtomicFile.read(path, limit: Self.smallFile))
            files.append(copy)
        }
        // Last: a folder without settings is not taken for a whole checkpoint.
        var config = ExportFile(name: "config.json")
        var members =
            try folder.flatMap { folder -> [(String, JSONValue)]? in
                let path = folder + "/config.json"
                guard Folder.exists(path) else { return nil }
                return try JSONValue(AtomicFile.read(path, limit: 1 << 24), path: path).members
            } ?? []
        if let key {
            members.removeAll { $0.0 == key }
            members.append((key, settings))
        }
        if let other {
            var file = ExportFile(name: other)
            file.add(Array(settings.text.utf8) + [UInt8(ascii: "\n")])
            files.removeAll { $0.name == other }
            files.append(file)
        }
        config.add(Array(JSONValue.object(members).text.utf8) + [UInt8(ascii: "\n")])
        return Export(files: files + [config], notices: notices)
    }

    /// What belongs to a model by its name: its tokenizer, its settings, and how it talks.
    private static func isCarried(_ name: String) -> Bool {
        let lower = name.lowercased()
        let names = [
            "generation_config.json", "special_tokens_map.json", "added_tokens.json", "preprocessor_config.json",
            "processor_config.json", "chat_template.json", "merges.txt", "modules.json", "sentence_bert_config.json",
            "config_sentence_transformers.json", "spiece.model",
        ]
        let beginnings = ["tokenizer", "vocab", "sentencepiece"], endings = [".json", ".txt", ".model", ".tiktoken"]
        return names.contains(lower) || lower.hasSuffix(".jinja")
            || beginnings.contains { lower.hasPrefix($0) } && endings.contains { lower.hasSuffix($0) }
    }

    /// Where the source's settings lie: nil for the samples.
    private var sourceFolder: String? {
        let path = job.file.path
        if Folder.isFolder(path) { return path }
        guard Folder.exists(path) else { return nil }
        return path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }
}

extension ExportJob {
    /// The weights in integer codes, with their places among the items.
    func integerWeights(_ target: String, bits: Set<Int>) throws(ExportError) -> [Int: IntegerWeight] {
        var weights: [Int: IntegerWeight] = [:]
        for (place, item) in items.enumerated() {
            guard let recipe = item.treatment.recipe else { continue }
            weights[place] = try IntegerWeight(item.tensor, recipe, target: target, bits: bits)
        }
        guard !weights.isEmpty else {
            throw ExportError(target, found: "no weight to quantize", expected: "at least one")
        }
        return weights
    }
}

/// Module names in regular expressions that match exactly these.
enum ExactPattern {
    static func text(_ name: String) -> String {
        "^" + name.map { "\\.^$*+?()[]{}|".contains($0) ? "\\\($0)" : String($0) }.joined() + "$"
    }
}
