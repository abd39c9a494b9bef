import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// Codes as they are, in whole bytes, for tools of one's own: `NAME.codes` in the tensor's shape, `NAME.scales` and `NAME.zero_points` by
/// range, the recipes in the metadata. x̂ = S·(q - z).
enum CodesTarget: ExportTarget {
    static let name = "codes"
    static let summary = "codes in whole bytes, scales and zero-points (intB), in one safetensors file"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        var entries: [(name: String, type: ElementType, shape: Shape, payload: any Payload)] = []
        var notices = job.notices, recipes: [(key: String, value: String)] = []
        for item in job.items {
            guard let recipe = item.treatment.recipe else {
                let (type, shape, payload) = item.plain(SafetensorsTarget.isHeld)
                entries.append((item.tensor.name, type, shape, payload))
                notices += [item.notice(type)].compactMap { $0 }
                continue
            }
            guard recipe.format is IntegerFormat, let layout = try? recipe.layout(of: item.tensor),
                let ranges = Shape([layout.rangeCount])
            else {
                throw ExportError(
                    name, found: "\(recipe) for \(Printable.quoted(item.tensor.name))", expected: "int2 … int16")
            }
            let stored = StoredCodes(item.tensor, recipe, rangeCount: layout.rangeCount), stem = item.tensor.name
            entries.append((stem + ".codes", stored.codeType, item.tensor.shape, stored.codes))
            entries.append((stem + ".scales", .float32, ranges, stored.scales))
            entries.append((stem + ".zero_points", .int32, ranges, stored.zeroPoints))
            recipes.append((stem, recipe.description))
        }
        guard !recipes.isEmpty else {
            throw ExportError(name, found: "no weight to quantize", expected: "at least one")
        }
        try ExportError.checkNames(entries.map { $0.name })
        var file = ExportFile(name: "")
        file.add(
            SafetensorsWriter.header(
                entries.map { ($0.name, $0.type, $0.shape, $0.payload.byteCount) }, recipes))
        for entry in entries { file.add(entry.payload) }
        return Export(files: [file], notices: notices)
    }
}
