import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// The pieces of walks over files: a tensor of a scan, or a pair of two files. One thread at a time uses it.
final class WalkPlan {
    private let threads: Int
    private let isInBackground: Bool
    /// Where rows of scans are stored; nil stores none.
    private let folder: String?
    /// The scan whose stored rows were read, by the walk's number and the recipe.
    private var run: (walk: Int, recipe: Recipe, run: ScanRun)?
    /// Tensors whose outlines were sent already, of a file.
    private var outlined: (file: Int, positions: Set<Int>) = (-1, [])

    init(threads: Int, isInBackground: Bool, folder: String?) {
        self.threads = threads
        self.isInBackground = isInBackground
        self.folder = folder
    }

    /// What became of a piece.
    ///
    /// - Parameter walk: the same number for all pieces of one request.
    func answer(_ request: WalkRequest, piece: Int, walk: Int, cancel: CancelFlag) throws(Cancelled) -> Action? {
        let context = WorkContext(threads: threads, cancel: cancel, isInBackground: isInBackground)
        switch request {
        case .none: return nil
        case .scan(let file, let scan, let path, let candidates):
            return try scanned(file, scan, candidates[piece], path, walk, context)
        case .plan(let file, let path, let pieces):
            return try scanned(file, pieces[piece].scan, pieces[piece].candidate, path, walk, context)
        case .comparison(let file, let comparison, let paths, let places):
            let place = places[piece], pair = comparison.pairs[place]
            let row = try comparison.row(pair, context: context)
            return .pairCompared(
                file: file, path: paths.b, place: place, Self.fault(pair, paths).map { .failure($0) } ?? .row(row))
        case .diagnosis(let file, let comparison, let original, let paths, let places):
            let place = places[piece], pair = comparison.pairs[place]
            let diagnosis = try comparison.diagnosis(
                of: pair, originalFile: original, isThorough: false, context: context)
            return .pairCompared(
                file: file, path: paths.b, place: place,
                Self.fault(pair, paths).map { .failure($0) } ?? .diagnosis(diagnosis))
        }
    }

    /// A recipe on a weight, or what an earlier scan stored.
    private func scanned(
        _ file: Int, _ scan: Scan, _ candidate: Scan.Candidate, _ path: String?, _ walk: Int, _ context: WorkContext
    ) throws(Cancelled) -> Action {
        let run = self.run(walk, scan, path)
        func action(_ answer: ScanAnswer, _ seconds: Double?) -> Action {
            .tensorScanned(
                file: file, recipe: scan.recipe, position: candidate.position, answer,
                silhouette: silhouette(file, candidate), seconds: seconds)
        }
        if let known = run.known(candidate) { return action(.outcome(known), nil) }
        let clock = ContinuousClock(), start = clock.now
        do {
            let outcome = try run.outcome(of: candidate, path: path ?? "samples", context: context)
            return action(.outcome(outcome), (clock.now - start) / .seconds(1))
        } catch let error as FileError {
            return action(.failure(error.description), nil)
        } catch {
            throw Cancelled()
        }
    }

    /// The outline of a tensor, once: it is the same under every recipe.
    private func silhouette(_ file: Int, _ candidate: Scan.Candidate) -> Silhouette? {
        if outlined.file != file { outlined = (file, []) }
        guard outlined.positions.insert(candidate.position).inserted, candidate.tensor.problem == nil else {
            return nil
        }
        return Silhouette(candidate.tensor)
    }

    /// What is wrong with the bytes of a pair.
    private static func fault(_ pair: TensorMatch.Pair, _ paths: (a: String, b: String)) -> String? {
        for (path, tensor) in [(paths.a, pair.a), (paths.b, pair.b)] {
            guard let fault = tensor.fault else { continue }
            let error = FileError(
                path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
            return error.description
        }
        return nil
    }

    private func run(_ walk: Int, _ scan: Scan, _ path: String?) -> ScanRun {
        if let run, run.walk == walk, run.recipe == scan.recipe { return run.run }
        let cache = path.flatMap { path in
            folder.map { ScanCache(folder: $0, file: path, recipe: scan.recipe) }
        }
        let made = ScanRun(scan, cache: cache)
        run = (walk, scan.recipe, made)
        return made
    }
}
