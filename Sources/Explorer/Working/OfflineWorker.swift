import Basics
import Quantization

/// The worker without a thread: answers a request before it returns. For tests and scripts.
public final class OfflineWorker {
    private let plan: WorkPlan

    private let threads: Int

    public init(threads: Int = 1) {
        self.threads = threads
        plan = WorkPlan(threads: threads, isInBackground: false)
    }

    /// Every answer to a request, in order.
    public func answers(to request: Request, folders: UserFolders = UserFolders { _ in nil }) -> [Action] {
        switch request {
        case .evaluate(let request):
            let actions = Lock<[Action]>([])
            @Sendable func post(_ content: WorkResult.Content) -> Action {
                .resultArrived(WorkResult(generation: request.generation, content: content))
            }
            try? plan.answer(request, cancel: CancelFlag()) { content in
                actions.withLock { $0.append(post(content)) }
            }
            return actions.withLock { $0 } + [post(.finished)]
        case .scoreOutliers(let request):
            return request.tensors.map { index, view in
                let facts = try? plan.facts(of: view, cancel: CancelFlag())
                return .tensorLookedAt(file: request.file, tensor: index, facts ?? nil)
            }
        case .walk(let walk):
            let plan = WalkPlan(threads: 1, isInBackground: false, folder: folders.scanFolder)
            return (0..<walk.count).compactMap { piece in
                try? plan.answer(walk, piece: piece, walk: 0, cancel: CancelFlag())
            }
        case .files(let request):
            return FileService.answer(request, folders: folders).map { [$0] } ?? []
        case .lab(.run(let request)): return [LabWorker.run(request, threads: threads)]
        case .copy, .cancel, .lab, .picture: return []
        }
    }
}
