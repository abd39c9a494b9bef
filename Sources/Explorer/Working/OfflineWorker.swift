import Quantization

/// The worker without a thread: answers a request before it returns. For tests and scripts.
public final class OfflineWorker {
    private let plan: WorkPlan

    public init(threads: Int = 1) { plan = WorkPlan(threads: threads, isInBackground: false) }

    /// Every result of a request, in order.
    public func results(of request: Request) -> [WorkResult] {
        let results = Lock<[WorkResult]>([])
        try? plan.answer(request, cancel: CancelFlag()) { content in
            results.withLock { $0.append(WorkResult(generation: request.generation, content: content)) }
        }
        return results.withLock { $0 } + [WorkResult(generation: request.generation, content: .finished)]
    }
}
