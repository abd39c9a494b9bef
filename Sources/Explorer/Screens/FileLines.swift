import Quantization
import TensorFiles
import Tensors

/// What the open file says of itself.
enum FileLines {
    /// A value of a page's line is cut after so many characters.
    private static let longest = 2_000

    static func lines(_ state: ExplorerState) -> [PageLine] {
        let file = state.file
        let bytes = file.byteCount
        let elements = file.tensors.reduce(0.0) { $0 + Double($1.storedShape.count) }
        var lines: [PageLine] = [
            .heading(Words.headingFile), .pair(Words.path, ScreenText.safe(file.path)),
            .pair(Words.fileFormat, ScreenText.safe(file.format)),
            .pair(
                Words.fileTensors,
                "\(NumberText.grouped(file.tensors.count)): \(NumberText.short(elements)) elements, \(NumberText.short(Double(bytes)))B"
            ),
        ]
        if let importance = file.importance { lines.append(.pair(Words.importance, ScreenText.safe(importance))) }
        for (index, type) in types(file).enumerated() {
            lines.append(.pair(index == 0 ? Words.fileTypes : "", type))
        }
        lines += file.warnings.map { .warning(ScreenText.safe($0)) }
        lines += [.blank, .heading(Words.headingMetadata)]
        if file.metadata.isEmpty { lines.append(.text(Words.noMetadata)) }
        for (key, value) in file.metadata {
            let text = value.count > longest ? value.prefix(longest) + "…" : value[...]
            lines.append(.pair(ScreenText.safe(key), ScreenText.safe(String(text))))
        }
        return lines
    }

    /// How many tensors there are of each type, the type of most bytes first.
    private static func types(_ file: TensorFile) -> [String] {
        var counts: [String: (tensors: Int, bytes: Int)] = [:]
        for tensor in file.tensors {
            let known = counts[tensor.typeName] ?? (0, 0)
            counts[tensor.typeName] = (known.tensors + 1, known.bytes + tensor.byteCount)
        }
        let sorted = counts.sorted { ($1.value.bytes, $0.key) < ($0.value.bytes, $1.key) }
        return sorted.map { name, count in
            "\(name)  \(NumberText.grouped(count.tensors)) tensors, \(NumberText.short(Double(count.bytes)))B"
        }
    }
}
