import Basics
import Quantization

/// Every format of the catalogue at its usual settings, by size and error.
public struct FormatTable: Sendable {
    /// The recipe that is selected; nil is the one nearest to the one in use.
    var selection: String?

    /// The settings that are compared on a tensor: those whose layouts its shape allows.
    static func recipes(for request: EvaluationRequest) -> [Recipe] {
        let texts = FormatCatalog.families.flatMap { $0.tableSettings }
        return texts.compactMap { text in
            guard let recipe = try? Recipe(text), (try? recipe.layout(of: request.tensor)) != nil else { return nil }
            return recipe
        }
    }
}

/// The table, worded.
public struct FormatTableModel: Sendable {
    public struct Row: Sendable {
        public let recipe: String
        /// Bits a weight, SQNR, entropy.
        public let cells: [String]
        /// The SQNR as a share of the best one.
        public let share: Double
        public let isEstimate: Bool
        /// None of fewer or as many bits has less error.
        public let isBestAtItsSize: Bool
        public let isInUse: Bool
    }

    public let title: String
    public let heads: [String]
    /// By bits a weight, then by error.
    public let rows: [Row]
    public let selection: Int
    public let notice: Notice?

    init(_ table: FormatTable, _ state: ExplorerState) {
        let results = Self.sorted(state)
        let best = results.compactMap { $0.metrics.sqnr }.max() ?? 1
        var least = Double.infinity
        let isSettled = results.count == state.formatResults.total && results.allSatisfy { $0.isExact }
        rows = results.map { result in
            // Which one is best is known when all are exact.
            let metrics = result.metrics, isBest = metrics.mse < least && isSettled
            least = min(least, metrics.mse)
            let sqnr = metrics.sqnr.map { NumberText.fixed($0, places: 2) } ?? Words.exact
            return Row(
                recipe: result.recipe.description,
                cells: [
                    NumberText.fixed(metrics.size.bitsPerWeight, places: 3), (result.isExact ? "" : "≈") + sqnr,
                    // Of a vector's code each value has its share.
                    NumberText.fixed(metrics.codeEntropyBits / Double(result.recipe.format.valuesPerCode), places: 2),
                ], share: metrics.sqnr.map { max(0, min(1, $0 / max(1, best))) } ?? 1, isEstimate: !result.isExact,
                isBestAtItsSize: isBest, isInUse: result.recipe == state.recipe)
        }
        selection = Self.position(table, results, state)
        let exact = results.count { $0.isExact }
        title = Words.formats + (state.isIdle ? "" : " ── " + Words.formatsDone(exact, of: state.formatResults.total))
        heads = Words.formatHeads
        notice =
            rows.isEmpty
            ? .problem(state.problem, or: state.isIdle ? Words.stoppedByUser : Words.working) : nil
    }

    static func sorted(_ state: ExplorerState) -> [SweepPoint] {
        state.formatResults.results.values.sorted {
            let a = $0.metrics, b = $1.metrics
            if a.size.bitsPerWeight != b.size.bitsPerWeight { return a.size.bitsPerWeight < b.size.bitsPerWeight }
            return a.mse != b.mse ? a.mse < b.mse : $0.recipe.description < $1.recipe.description
        }
    }

    static func position(_ table: FormatTable, _ results: [SweepPoint], _ state: ExplorerState) -> Int {
        let wanted = table.selection ?? state.recipe.description
        if let place = results.firstIndex(where: { $0.recipe.description == wanted }) { return place }
        let bits = Double(state.recipe.format.bits)
        return results.firstIndex { $0.metrics.size.bitsPerWeight >= bits } ?? max(0, results.count - 1)
    }
}
