public import Checkpoints
public import Lab
public import Quantization
public import TensorFiles

/// What happened: keys and the pointer by their meaning, sizes, and answers to requests.
public enum Action: Sendable {
    public enum Motion: Sendable, Equatable {
        case up, down, left, right, pageUp, pageDown, halfPageUp, halfPageDown, first, last
    }

    /// A side of the clipping range.
    public enum ClipEdge: Sendable, Equatable { case low, high }

    case started
    case resized(rows: Int, columns: Int)
    case screenChosen(ScreenID)
    // Settings
    case settingStepped(Setting, forward: Bool)
    case undone, redone
    case pinSwitched
    // Moving
    case moved(Motion)
    /// A motion in a panel that need not have the focus.
    case movedIn(PanelID, Motion)
    case focusMoved(forward: Bool)
    case entered
    case escaped
    // The list
    case filterOpened
    case matchStepped(forward: Bool)
    case orderSwitched
    // Views
    /// The open tensor is A from now on.
    case tensorMarked
    case axisLockSwitched
    case rangeStepped(forward: Bool)
    case coverageSwitched
    case countScaleSwitched
    case axisScaleSwitched
    case zoomSwitched
    /// In or out, around the cursor, or around a position on the axis from 0 to 1.
    case axisZoomed(inward: Bool, around: Double?)
    case axisShown
    case clipStepped(Action.ClipEdge, right: Bool)
    // Screens
    /// Stops a walk over the file, or lets it go on.
    case walkPaused
    /// What the cursor is on goes from the screen: a pinned recipe, a tensor from the scan.
    case removed
    // Overlays
    case helpSwitched
    case explanationAsked
    /// What the file says of itself, and how the open tensor is stored.
    case fileShown
    case storedShown
    case promptOpened
    case filesOpened
    case edited(LineEditor.Edit)
    case completed(forward: Bool)
    case pasted(String)
    // Habits
    case conventionsCompared
    case formatsCompared
    case recipeCopied
    case commandCopied
    case mouseSwitched
    case quitPressed
    case unknownKey(String)
    // The pointer
    case pointed(PanelID, PanelTarget)
    case overlayRowPointed(Int)
    /// What changed has been bright for long enough.
    case flashEnded
    // Answers
    case resultArrived(WorkResult)
    case tensorLookedAt(file: Int, tensor: Int, TensorFacts?)
    case fileOpened(path: String, Result<TensorFile, FileError>)
    /// A tensor of the scan under a recipe, and the seconds that it took; nil where it was known.
    case tensorScanned(
        file: Int, recipe: Recipe, position: Int, ScanAnswer, silhouette: Silhouette? = nil, seconds: Double?)
    case scanPlanned(file: Int, number: Int, Scan)
    case ranked(file: Int, number: Int, Ranking)
    case otherOpened(file: Int, path: String, Result<Comparison, FileError>)
    case pairCompared(file: Int, path: String, place: Int, PairAnswer)
    case labReported(number: Int, LabReport)
    case folderListed(path: String, Result<[FileBrowser.Entry], FileError>)
    /// Paths that may complete a line after `:`.
    case pathsFound(line: String, [Prompt.Candidate])
    case planSurveyed(file: Int, number: Int, PlanSurvey.Answer)
    case planned(file: Int, number: Int, Result<PlanQuestion.Answer, PlanError>)
    case planWritten(path: String, FileError?)
    case sessionRead(path: String, Result<SessionRecord, FileError>, Result<TensorFile, FileError>?)
    case sessionWritten(path: String, FileError?)
    case pictureWritten(path: String, FileError?)
}

/// What became of a tensor of a scan.
public enum ScanAnswer: Sendable {
    case outcome(Scan.Outcome)
    case failure(String)
}

/// What became of a pair of tensors.
public enum PairAnswer: Sendable {
    case row(Comparison.Row)
    case diagnosis(Diagnosis)
    case failure(String)
}

/// How far long work is.
public struct Progress: Equatable, Sendable {
    /// From 0 to 1.
    public let share: Double
    /// Told from the second second on.
    public let secondsLeft: Double?
}

/// What the worker found, stamped with the generation of the request.
public struct WorkResult: Sendable {
    public enum Content: Sendable {
        case statistics(TensorStatistics)
        case evaluation(Evaluation)
        case baseline(Evaluation)
        case detail(RangeDetail)
        case answer(AnswerPart)
        /// Of the open tensor, whatever the recipe.
        case hasDeadChannel(Bool)
        case progress(Progress)
        case problem(String)
        case finished
    }

    public let generation: Int
    public let content: Content

    public init(generation: Int, content: Content) {
        self.generation = generation
        self.content = content
    }
}
