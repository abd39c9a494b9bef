import Basics
import Quantization
import TensorFiles
import Tensors

/// What the open file says of itself.
enum FileLines {
    /// So many entries are shown, each cut after so many characters: the page is wrapped anew for every picture.
    private static let most = 500, longest = 300

    static func lines(_ state: ExplorerState) -> [PageLine] {
        let file = state.file, bytes = file.byteCount
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
        for (index, type) in file.types.enumerated() {
            let text =
                "\(type.name): \(NumberText.grouped(type.tensors)) \(type.tensors == 1 ? "tensor" : "tensors"), \(NumberText.short(Double(type.bytes)))B"
            lines.append(.pair(index == 0 ? Words.fileTypes : "", text))
        }
        lines += file.warnings.map { .warning(ScreenText.safe($0)) }
        lines += [.blank, .heading(Words.headingMetadata)]
        if file.metadata.isEmpty { lines.append(.text(Words.noMetadata)) }
        func cut(_ text: String) -> String {
            ScreenText.safe(text.utf8.count > longest ? String(text.prefix(longest)) + "…" : text)
        }
        lines += file.metadata.prefix(most).map { .pair(cut($0.key), cut($0.value)) }
        if file.metadata.count > most { lines.append(.text(Words.moreMetadata(file.metadata.count - most))) }
        return lines
    }
}
