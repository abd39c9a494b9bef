import Quantization
import Tensors

/// What is swept, as a list of words that are in or out.
public struct SweepGridModel: Sendable {
    public enum Axis: Sendable, CaseIterable {
        case formats, clips, granularities

        var path: WritableKeyPath<SweepGrid, [String]> {
            switch self {
            case .formats: \.formats
            case .clips: \.clips
            case .granularities: \.granularities
            }
        }
    }

    public enum Row: Sendable {
        case heading(String)
        case word(Axis, String, isSwept: Bool)
    }

    public let title: String
    public let rows: [Row]
    public let cursor: Int

    init(_ state: ExplorerState) {
        let grid = state.sweep.grid, shape = state.tensor.shape
        // The usual words, and others that are swept.
        let offered: [Axis: [String]] = [
            .formats: FormatCatalog.families.map { $0.name },
            .clips: CalibratorCatalog.entries.flatMap { entry in
                entry.usual.prefix(1).compactMap { Clipping(name: entry.name, numbers: $0)?.description }
            },
            .granularities: SettingSteps.granularities(of: shape).map { $0.description },
        ]
        var rows: [Row] = []
        for axis in Axis.allCases {
            let swept = grid[keyPath: axis.path], usual = offered[axis] ?? []
            rows.append(.heading(Words.sweepAxis(axis)))
            rows += (usual + swept.filter { !usual.contains($0) }).map {
                .word(axis, $0, isSwept: swept.contains($0))
            }
        }
        self.rows = rows
        cursor = max(1, min(rows.count - 1, state.sweep.gridCursor))
        title = Words.sweepGridTitle(state.sweepPoints?.names.count ?? 0)
    }
}
