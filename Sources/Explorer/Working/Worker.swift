public import Basics
import CSystem
import Platform
import Quantization
import Tensors

/// Does requests on a thread of its own, the latest one only: a newer request cancels the running one at once. Outlier scores
/// are made while nothing else is wanted.
public final class Worker: Sendable {
    private struct Inbox {
        var next: EvaluationRequest?
        var scores: ScoreRequest?
        /// How many of them are done.
        var scored = 0
        var walk = WalkRequest.none
        /// Counts the walks, and how many pieces of the present one are done.
        var walkNumber = 0
        var walked = 0
        var running: CancelFlag?
        var isStopped = false
    }

    private enum Job {
        case evaluation(EvaluationRequest, CancelFlag)
        case score(file: Int, index: Int, view: TensorView, CancelFlag)
        case walk(WalkRequest, number: Int, piece: Int, CancelFlag)
    }

    private let inbox = Lock(Inbox())

    /// - Parameters:
    ///   - threads: for the loops over elements.
    ///   - scanFolder: where rows of scans are stored.
    ///   - post: called with every result, from the worker's threads.
    public init(
        threads: Int = WorkContext.processors, scanFolder: String? = nil, post: @escaping @Sendable (Action) -> Void
    ) {
        let inbox = inbox
        BackgroundThread.start {
            qlens_lower_thread_priority(10)
            let plan = WorkPlan(threads: threads, isInBackground: true)
            let walks = WalkPlan(threads: threads, isInBackground: true, folder: scanFolder)
            while let job = Self.take(inbox) {
                // A cancelled job is silent: what it asked is no longer wanted.
                switch job {
                case .evaluation(let request, let cancel):
                    @Sendable func answer(_ content: WorkResult.Content) {
                        guard !cancel.isCancelled else { return }
                        post(.resultArrived(WorkResult(generation: request.generation, content: content)))
                    }
                    try? plan.answer(request, cancel: cancel, post: answer)
                    answer(.finished)
                case .score(let file, let index, let view, let cancel):
                    guard let facts = try? plan.facts(of: view, cancel: cancel) else {
                        if !cancel.isCancelled { Self.finishScore(inbox, file: file, index: index) }
                        if !cancel.isCancelled { post(.tensorLookedAt(file: file, tensor: index, nil)) }
                        continue
                    }
                    Self.finishScore(inbox, file: file, index: index)
                    post(.tensorLookedAt(file: file, tensor: index, facts))
                case .walk(let request, let number, let piece, let cancel):
                    guard let action = try? walks.answer(request, piece: piece, walk: number, cancel: cancel) else {
                        continue
                    }
                    // A walk that was replaced meanwhile is no longer wanted.
                    let isPresent = inbox.withLock { inbox in
                        guard inbox.walkNumber == number else { return false }
                        inbox.walked = piece + 1
                        return true
                    }
                    if isPresent { post(action) }
                }
            }
        }
    }

    deinit { stop() }

    /// Replaces whatever is waiting or running.
    public func submit(_ request: EvaluationRequest) {
        inbox.update { inbox in
            inbox.next = request
            inbox.running?.cancel()
        }
    }

    /// Stops what is waiting or running.
    public func cancel() {
        inbox.update { inbox in
            inbox.next = nil
            inbox.running?.cancel()
        }
    }

    /// Replaces the tensors whose scores are wanted; evaluations go first.
    public func submit(_ request: ScoreRequest) {
        inbox.update { inbox in
            inbox.scores = request
            inbox.scored = 0
        }
    }

    /// Replaces the walk over a file; evaluations and scores go first.
    public func submit(_ request: WalkRequest) {
        inbox.update { inbox in
            inbox.walk = request
            inbox.walkNumber += 1
            inbox.walked = 0
        }
    }

    public func stop() {
        inbox.update { inbox in
            inbox.isStopped = true
            inbox.running?.cancel()
        }
    }

    /// Waits for the next job; nil when the worker is stopped.
    private static func take(_ inbox: Lock<Inbox>) -> Job? {
        inbox.wait { inbox -> Job?? in
            if inbox.isStopped { return .some(nil) }
            let cancel = CancelFlag()
            if let request = inbox.next {
                inbox.next = nil
                inbox.running = cancel
                return .some(.evaluation(request, cancel))
            }
            if let scores = inbox.scores, inbox.scored < scores.tensors.count {
                let (index, view) = scores.tensors[inbox.scored]
                inbox.running = cancel
                return .some(.score(file: scores.file, index: index, view: view, cancel))
            }
            guard inbox.walked < inbox.walk.count else { return nil }
            inbox.running = cancel
            return .some(.walk(inbox.walk, number: inbox.walkNumber, piece: inbox.walked, cancel))
        }
    }

    /// A tensor is done only when its score is known: a cancelled one comes again.
    private static func finishScore(_ inbox: Lock<Inbox>, file: Int, index: Int) {
        inbox.update { inbox in
            guard let scores = inbox.scores, scores.file == file, inbox.scored < scores.tensors.count,
                scores.tensors[inbox.scored].index == index
            else { return }
            inbox.scored += 1
        }
    }
}

/// A detached thread with a large stack.
public enum BackgroundThread {
    private final class Job {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Threads that the explorer cannot do without: its workers and the one for files.
    public static let needed = 3

    /// Whether they can be made here: tried before the terminal is taken. Those that were tried have ended on return.
    public static func areAvailable() -> Bool {
        let running = Lock((count: 0, mayEnd: false))
        var made = 0
        while made < needed {
            running.withLock { $0.count += 1 }
            let isMade = tryStart {
                _ = running.wait { $0.mayEnd ? true : nil }
                running.update { $0.count -= 1 }
            }
            guard isMade else {
                running.withLock { $0.count -= 1 }
                break
            }
            made += 1
        }
        running.update { $0.mayEnd = true }
        _ = running.wait { $0.count == 0 ? true : nil }
        return made == needed
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        precondition(tryStart(body), "a thread could not be made")
    }

    private static func tryStart(_ body: @escaping @Sendable () -> Void) -> Bool {
        let job = Unmanaged.passRetained(Job(body))
        let isMade = qlens_start_thread(
            { argument in
                guard let argument else { return }
                Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body()
            }, job.toOpaque(), 4 << 20)
        if !isMade { job.release() }
        return isMade
    }
}
