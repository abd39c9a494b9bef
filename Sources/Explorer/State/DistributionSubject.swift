import Checkpoints
public import Quantization

/// What two distributions are laid over each other, A over B.
public enum DistributionSubject: Hashable, Sendable {
    /// What the open tensor's values become under two recipes.
    case recipes(a: Recipe, b: Recipe)
    /// The values of a marked tensor and of the open one, by their positions in the file.
    case tensors(a: Int, b: Int)
    /// The values of the open tensor and of its partner in another file, by the number of its opening and the pair's index; perhaps with a cause
    /// of its error corrected.
    case files(opening: Int, pair: Int, corrected: String?)

    /// What is chosen between.
    enum Kind: CaseIterable, Sendable { case recipes, tensors, files }

    var kind: Kind {
        switch self {
        case .recipes: .recipes
        case .tensors: .tensors
        case .files: .files
        }
    }
}

extension ExplorerState {
    /// All that can be shown for the open tensor.
    var distributionSubjects: [DistributionSubject] {
        var subjects: [DistributionSubject] = []
        let columns = comparedRecipes
        let chosen = columns.indices.contains(comparison.column) ? columns[comparison.column] : recipe
        if let a = [chosen, pin].compactMap({ $0 }).first(where: { $0 != recipe })
            ?? columns.first(where: { $0 != recipe })
        {
            subjects.append(.recipes(a: a, b: recipe))
        }
        if let marked = comparison.marked, marked != tensorIndex {
            subjects.append(.tensors(a: marked, b: tensorIndex))
        }
        if let other = comparison.other, other.sorted.indices.contains(pairCursor) {
            let pair = other.sorted[pairCursor]
            if other.tensors[pair] == tensorIndex {
                subjects.append(
                    .files(opening: other.opening, pair: pair, corrected: other.correction(of: pair)?.cause))
            }
        }
        return subjects
    }

    /// What is shown: of the kind that was used last, else the first there is.
    public var distributionSubject: DistributionSubject? {
        let all = distributionSubjects
        return all.first { $0.kind == comparison.subjectKind } ?? all.first
    }
}
