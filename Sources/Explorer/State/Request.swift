public import Checkpoints
public import Quantization
public import TensorFiles
public import Tensors

/// What `reduce` wants done outside of it, by who does it. Answers come back as actions.
public enum Request: Sendable {
    // The worker
    /// A newer one replaces an older one at once.
    case evaluate(EvaluationRequest)
    /// Stops what is running; what was found stays.
    case cancel
    /// Outlier scores of tensors, while nothing else is to be computed; an empty list stops it.
    case scoreOutliers(ScoreRequest)
    /// Tensors of a scan, or pairs of two files, while nothing else is to be computed; an empty one stops it.
    case walk(WalkRequest)
    // Others
    case files(FileRequest)
    case lab(LabCommand)
    /// Into the clipboard.
    case copy(String)
    /// What is on the screen, or a panel of it, into a file.
    case picture(path: String, panel: PanelID?)
}

/// What the file service does, one after the other.
public enum FileRequest: Sendable {
    /// A checkpoint, or a session that was saved.
    case open(path: String)
    /// A file to compare with the open one.
    case openOther(path: String, with: TensorFile, file: Int)
    case list(folder: String)
    /// What the path at the end of a line may become, in the current folder and in another one.
    case complete(line: String, path: String, folder: String?)
    /// What a scan of the open file is to look at, and the rows in order; asked for where there are too many tensors to do it at once.
    case planScan(ScanPlan)
    case rank(Ranking.Question)
    /// What a plan of the open file is to look at; a plan of very many weights.
    case surveyPlan(PlanSurvey)
    case plan(PlanQuestion)
    case writePlan(PlanExport)
    /// Text under a path; nil stands for the path of the file's last state.
    case write(SessionRecord, path: String?)
    /// The same for the last state, without a word about it.
    case keep(SessionRecord)
    /// A picture, as it was drawn.
    case writePicture(String, path: String)
}

/// What the lab's worker does.
public enum LabCommand: Sendable {
    /// A newer run stops an older one.
    case run(LabRequest)
    case pause(Bool)
    case slow(Bool)
    case stop
}

/// One recipe on one tensor, and what is to be seen of it.
public struct EvaluationRequest: Sendable {
    public let generation: Int
    public let tensor: TensorView
    /// Which tensor it is: the worker's results for a tensor are stored under it.
    public let tensorKey: TensorKey
    public let recipe: Recipe
    /// What metrics are compared with.
    public let baseline: Recipe?
    /// nil takes the range with the largest share of the error.
    public let range: Int?
    /// Its range is not read.
    public let question: DetailQuestion
    var questions: [any Question] = []
    /// Measured inputs of the layer.
    public var inputs: LayerInputs?
}

/// What a scan looks at.
public struct ScanPlan: Sendable {
    let file: Int
    /// Counts the plans that were asked for, as patterns may change before the answer.
    let number: Int
    let tensors: [TensorView]
    let recipe: Recipe
    let include: [NamePattern]
    let exclude: [NamePattern]
    let activations: Activations?

    var scan: Scan {
        Scan(tensors, recipe: recipe, include: include, exclude: exclude, activations: activations)
    }
}

/// A walk over a file, a piece of work at a time.
public enum WalkRequest: Sendable {
    case none
    case scan(file: Int, Scan, path: String?, [Scan.Candidate])
    /// Recipes on weights, for a plan.
    case plan(file: Int, path: String?, [(scan: Scan, candidate: Scan.Candidate)])
    case comparison(file: Int, Comparison, paths: (a: String, b: String), places: [Int])
    /// The same pairs, for what went wrong in them.
    case diagnosis(file: Int, Comparison, original: TensorFile, paths: (a: String, b: String), places: [Int])

    public var count: Int {
        switch self {
        case .none: 0
        case .scan(_, _, _, let candidates): candidates.count
        case .plan(_, _, let pieces): pieces.count
        case .comparison(_, _, _, let places), .diagnosis(_, _, _, _, let places): places.count
        }
    }
}

/// A tensor of an opened file.
public struct TensorKey: Hashable, Sendable {
    /// Counts the files that were opened.
    public let file: Int
    public let tensor: Int
}

public struct ScoreRequest: Sendable {
    public let file: Int
    /// In the order in which they are wanted.
    public let tensors: [(index: Int, view: TensorView)]
}
