import Basics
import Quantization

/// The recipes that were tried on the open tensor, with what came of them: the frontier so far.
struct TriedRecipes: ScreenMemory {
    /// In the order in which they were tried first.
    private(set) var points: [SweepPoint] = []
    /// The one that the cursor is on; nil for the one in use.
    var cursor: Recipe?

    /// More would be no picture any more; the oldest go.
    static let most = 120

    mutating func note(_ evaluation: Evaluation) {
        let point = SweepPoint(evaluation)
        guard let place = points.firstIndex(where: { $0.name == point.name }) else {
            points.append(point)
            if points.count > Self.most { points.removeFirst() }
            return
        }
        // An estimate that comes late replaces nothing exact.
        if point.isExact || !points[place].isExact { points[place] = point }
    }

    mutating func forgetTensor() { self = TriedRecipes() }
}

extension ExplorerState {
    var tried: TriedRecipes {
        get { memories[TriedRecipes.self] }
        _modify { yield &memories[TriedRecipes.self] }
    }

    /// What was tried, and what the table of formats found, judged by SQNR.
    var triedRows: [SweepResult.Row] {
        var points = formatResults.results
        for point in tried.points where point.isExact || points[point.name]?.isExact != true {
            points[point.name] = point
        }
        return SweepResult(Array(points.values), by: SweepQuality.sqnr.error).rows
    }

    var triedCursor: String { (tried.cursor ?? recipe).description }

    /// Through the points by bits, or by quality.
    mutating func moveOnTried(_ motion: Action.Motion) -> [Request] {
        let isSideways = [.left, .right, .first, .last].contains(motion)
        let rows = isSideways ? triedRows : triedRows.sorted { ($0.error ?? .infinity) > ($1.error ?? .infinity) }
        let steps =
            switch motion {
            case .left: -1
            case .right: 1
            case .first: -rows.count
            case .last: rows.count
            default: -offset(of: motion, length: rows.count)
            }
        let place = rows.firstIndex { $0.point.name == triedCursor } ?? 0
        guard !rows.isEmpty else { return [] }
        tried.cursor = rows[max(0, min(rows.count - 1, place + steps))].point.recipe
        return []
    }

    /// The recipe at the cursor; where that is in use, the table with all formats.
    mutating func takeTried() -> [Request] {
        guard let chosen = tried.cursor, chosen != recipe else { return reduce(.formatsCompared) }
        tried.cursor = nil
        say(Words.sweepTaken(chosen.description))
        return change(to: chosen)
    }

    /// How the recipe in use stands among those that were tried, from the longest on.
    var standing: [String] {
        let rows = triedRows
        guard rows.count > 1, let here = rows.first(where: { $0.point.name == recipe.description }) else {
            return []
        }
        if here.isOnFrontier { return Words.standsFirst(of: rows.count) }
        let better = rows.last { $0.isOnFrontier && $0.point.bits <= here.point.bits }
        return Words.standsBehind(better?.point.name, here.gap.map { NumberText.fixed($0, places: 1) })
    }
}

extension Words {
    static func standsFirst(of count: Int) -> [String] {
        ["best of \(count) tried at its size", "best of \(count) tried"]
    }
    static func standsBehind(_ name: String?, _ gap: String?) -> [String] {
        guard let name else { return [] }
        let gain = gap.map { "\($0) dB" } ?? "all of the error"
        return ["\(gain) behind \(name)", "behind \(name)", "\(gain) behind another"]
    }
}
