import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// A GGUF file: weights in ggml's blocks, the others in the types that they have; the metadata of a GGUF source as they are.
enum GGUFTarget: ExportTarget {
    static let name = "gguf"
    static let summary = "weights in ggml's blocks (recipes ggml:…), for llama.cpp"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        let isGGUF = job.file.format.hasPrefix(GGUFFormat.name)
        var notices = job.notices
        let metadata: GGUFMetadata
        if isGGUF {
            let source = try GGUFMetadata.open(path: job.file.path)
            // A file that was split is whole now.
            metadata = GGUFMetadata(
                pairs: source.pairs.filter { !$0.key.hasPrefix("split.") }, alignment: source.alignment)
        } else {
            metadata = GGUFMetadata(pairs: [
                GGUFMetadata.pair("general.architecture", text: "unknown"),
                GGUFMetadata.pair("general.quantization_version", number: 2),
            ])
            // Several files in a folder have no metadata of their own; a single one is meant.
            if Folder.isFolder(job.file.path), let names = try? Folder.names(in: job.file.path),
                names.contains(where: { $0.lowercased().hasSuffix(".gguf") })
            {
                throw ExportError(
                    "gguf", found: "the folder \(Printable.text(job.file.path)), whose GGUF files have the metadata",
                    expected: "the name of the file")
            }
            notices.append(
                "names and metadata are those of the source: llama.cpp runs what its convert_hf_to_gguf.py has named")
        }
        var entries: [(name: String, type: ElementType, shape: Shape, offset: Int)] = [], offset = 0
        var payloads: [any Payload] = []
        for item in job.items {
            let (type, payload) = try stored(item)
            let shape = item.tensor.storedShape
            guard shape.rank <= 4 else {
                throw ExportError(
                    "gguf", found: "\(Printable.quoted(item.tensor.name)) of \(shape.rank) axes", expected: "at most 4")
            }
            if type.rawValue != item.tensor.typeName, item.treatment.recipe == nil {
                notices += [item.notice(type)].compactMap { $0 }
            }
            entries.append((item.tensor.name, type, shape, offset))
            payloads.append(payload)
            offset += padded(payload.byteCount, metadata.alignment)
        }
        var file = ExportFile(name: "")
        file.add(metadata.header(entries))
        for payload in payloads {
            file.add(payload)
            file.add([UInt8](repeating: 0, count: padded(payload.byteCount, metadata.alignment) - payload.byteCount))
        }
        return Export(files: [file], notices: notices)
    }

    private static func padded(_ count: Int, _ alignment: Int) -> Int {
        (count + alignment - 1) / alignment * alignment
    }

    private static func stored(_ item: ExportJob.Item) throws -> (ElementType, any Payload) {
        let tensor = item.tensor
        if let recipe = item.treatment.recipe {
            guard let format = recipe.format as? GGMLFormat, let type = format.elementType, GGUFMetadata.holds(type)
            else {
                throw ExportError(
                    "gguf", found: "\(recipe) for \(Printable.quoted(tensor.name))",
                    expected: "a recipe of ggml's types, such as ggml:q4_k")
            }
            return (type, BlocksPayload(tensor, format))
        }
        if tensor.canBeCopied, GGUFMetadata.holds(tensor.elementType) {
            return (tensor.elementType, StoredPayload(tensor))
        }
        guard tensor.isFloatingPoint, tensor.shape == tensor.storedShape else {
            throw ExportError(
                "gguf", found: "\(Printable.quoted(tensor.name)) of \(tensor.typeName)",
                expected: "floats, or integers of 8 to 64 bits")
        }
        return (.float32, ValuesPayload(tensor, recipe: nil, as: .float32))
    }
}
