import Foundation
import Quantization
import TensorFiles
import Testing

@testable import Explorer
@testable import TerminalUI

/// Canvases with glyphs and styles, compared with files under `Tests/Snapshots`.
///
/// `QLENS_RECORD=1 swift test --filter Snapshot` writes them anew; read the difference before committing it.
enum Snapshot {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Snapshots")
    private static let isRecording = ProcessInfo.processInfo.environment["QLENS_RECORD"] == "1"

    /// Widths of characters are the locale's.
    static func knowCharacters() { setlocale(LC_CTYPE, "C.UTF-8") }

    /// The samples, with all work done after every action.
    struct Session {
        var state: ExplorerState
        private let worker = OfflineWorker(threads: 2)

        init(_ tensor: String = "gauss", _ recipe: String = "int4 sym tensor", rows: Int, columns: Int) throws {
            Snapshot.knowCharacters()
            state = ExplorerState(
                file: try SampleCatalog.open(), tensorName: tensor, recipe: try Recipe(recipe),
                pageLength: PageLength.lines)
            // Recipes enough to see a frontier.
            state.sweep.grid = SweepGrid(
                formats: ["int", "nf4", "mxfp4"], clips: ["minmax"], granularities: ["tensor", "channel:0"])
            perform(.resized(rows: rows, columns: columns))
            perform(.started)
        }

        mutating func perform(_ action: Action) {
            answer(state.reduce(action))
            // What is bright for a moment is so no longer.
            answer(state.reduce(.flashEnded))
        }

        private mutating func answer(_ requests: [Request]) {
            for request in requests {
                for action in worker.answers(to: request) { answer(state.reduce(action)) }
            }
        }
    }

    /// A state of the samples after some actions, all work done.
    static func state(
        _ tensor: String = "gauss", _ recipe: String = "int4 sym tensor", rows: Int, columns: Int,
        _ actions: [Action] = []
    ) throws -> ExplorerState {
        var session = try Session(tensor, recipe, rows: rows, columns: columns)
        for action in actions { session.perform(action) }
        return session.state
    }

    /// Compares a part of a canvas with a file, or all of it.
    static func check(_ name: String, _ canvas: Canvas, part: Rect? = nil, _ tier: ColorTier = .palette) throws {
        let part = part ?? Rect(row: 0, column: 0, height: canvas.rows, width: canvas.columns)
        let text = text(of: canvas, part), file = folder.appendingPathComponent(name + ".txt")
        if isRecording {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(text == expected, "\(name): the picture differs from its snapshot")
        if canvas.isASCII { #expect(canvas.cells.allSatisfy { $0.scalar < 0x80 }) }
        if tier == .mono {
            #expect(canvas.cells.allSatisfy { $0.style.foreground.isOwn && !$0.style.attributes.contains(.dim) })
        }
    }

    /// What styles are called: pictures have many.
    private static let letters: [Character] =
        (97...122).map { Character(Unicode.Scalar(UInt8($0))) } + (65...90).map { Character(Unicode.Scalar(UInt8($0))) }
        + (0xC0...0x24F).map { Character(Unicode.Scalar(UInt16($0))!) }

    private static func name(_ color: Color) -> String {
        color.mixture.map { "#" + String($0.hexadecimal, radix: 16) } ?? "\(color.index ?? -1)"
    }

    /// The glyphs, then for every cell a letter for its style, then what the letters mean.
    private static func text(of canvas: Canvas, _ part: Rect) -> String {
        var letters: [Style: Character] = [:], legend: [String] = [], styles: [String] = [], lines: [String] = []
        for row in part.row..<part.endRow {
            var line = "", glyphs = ""
            for column in part.column..<part.endColumn {
                let cell = canvas[row, column], style = cell.style
                if letters[style] == nil {
                    let letter = Self.letters[min(letters.count, Self.letters.count - 1)]
                    letters[style] = letter
                    legend.append(
                        "\(letter) = colour \(name(style.foreground)) on \(name(style.background)), attributes \(style.attributes.rawValue)"
                    )
                }
                line.append(letters[style]!)
                guard cell.width > 0 else { continue }
                glyphs.unicodeScalars.append(Unicode.Scalar(cell.scalar) ?? " ")
                if cell.mark != 0, let mark = Unicode.Scalar(cell.mark) { glyphs.unicodeScalars.append(mark) }
            }
            while glyphs.last == " " { glyphs.removeLast() }
            styles.append(line)
            lines.append(glyphs)
        }
        return (lines + [""] + styles + [""] + legend).joined(separator: "\n") + "\n"
    }
}
