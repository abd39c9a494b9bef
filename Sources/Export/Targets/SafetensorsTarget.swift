import Basics
import TensorFiles
import Tensors

/// All tensors' values under their names and types: one file, or shards like the source's where the output is a folder.
enum SafetensorsTarget: ExportTarget {
    static let name = "safetensors"
    static let summary = "all tensors' values under their own names and types; a folder gets the source's shards"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        if output.lowercased().hasSuffix(".safetensors") {
            let metadata = metadata(job)
            let (file, notices) = self.file("", job.items, metadata)
            return Export(files: [file], notices: job.notices + notices)
        }
        let shards = try SourceShards(job.file)
        var files: [ExportFile] = [], notices = job.notices, map: [(String, JSONValue)] = [], total = 0
        for (name, members) in shards.files(of: job.items) {
            let (file, own) = self.file(name, members, metadata(job))
            files.append(file)
            notices += own
            for item in members {
                map.append((item.tensor.name, .string(name)))
                total += item.plain(isHeld).payload.byteCount
            }
        }
        if files.count > 1 || shards.hasIndex {
            // Last: a folder without its index is not taken for a whole checkpoint.
            var index = ExportFile(name: "model.safetensors.index.json")
            let text = JSONValue.object([
                ("metadata", .object([("total_size", .int(total))])),
                ("weight_map", .object(map.sorted { $0.0 < $1.0 })),
            ]).text
            index.add(Array(text.utf8) + [UInt8(ascii: "\n")])
            files.append(index)
        }
        return Export(files: files, notices: notices)
    }

    /// Only safetensors' own metadata are texts by texts that belong there.
    private static func metadata(_ job: ExportJob) -> [(key: String, value: String)] {
        job.file.format.hasPrefix(SafetensorsFormat.name) ? job.file.metadata : []
    }

    private static func file(
        _ name: String, _ items: [ExportJob.Item], _ metadata: [(key: String, value: String)]
    ) -> (ExportFile, notices: [String]) {
        var file = ExportFile(name: name), notices: [String] = []
        let plain = items.map { $0.plain(isHeld) }
        file.add(
            SafetensorsWriter.header(
                zip(items, plain).map { ($0.tensor.name, $1.type, $1.shape, $1.payload.byteCount) }, metadata))
        for (item, (type, _, payload)) in zip(items, plain) {
            file.add(payload)
            notices += [item.notice(type)].compactMap { $0 }
        }
        return (file, notices)
    }

    /// Types that the format names.
    static func isHeld(_ type: ElementType) -> Bool {
        switch type {
        case .float80, .complex128, .float6E2M3, .float6E3M2, .float4: false
        default: type.block == nil
        }
    }
}

/// How the source is cut into files.
struct SourceShards {
    /// By tensor's name the file that holds it; empty where the source is one file.
    private let fileOf: [String: String]
    let hasIndex: Bool

    private static let indexName = "model.safetensors.index.json"

    init(_ file: TensorFile) throws(FileError) {
        let path = file.path
        let index = path.hasSuffix(".index.json") ? path : Folder.isFolder(path) ? path + "/" + Self.indexName : nil
        guard let index, Folder.exists(index) else {
            (fileOf, hasIndex) = ([:], false)
            return
        }
        let value = try JSONValue(AtomicFile.read(index, limit: 100_000_000), path: index)
        var map: [String: String] = [:]
        for (name, file) in value["weight_map"]?.members ?? [] {
            if let text = file.string, text.hasSuffix(".safetensors"), !text.contains("/") { map[name] = text }
        }
        (fileOf, hasIndex) = (map, true)
    }

    /// Files in order, with their tensors.
    func files(of items: [ExportJob.Item]) -> [(name: String, items: [ExportJob.Item])] {
        var order: [String] = [], members: [String: [ExportJob.Item]] = [:]
        for item in items {
            let name = fileOf[item.tensor.name] ?? order.last ?? fileOf.values.min() ?? "model.safetensors"
            if members[name] == nil { order.append(name) }
            members[name, default: []].append(item)
        }
        return order.sorted().map { ($0, members[$0] ?? []) }
    }
}
