public import Quantization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Does requests on a thread of its own, the latest one only: a newer request cancels the running one at once.
public final class Worker: Sendable {
    private struct Inbox {
        var next: Request?
        var running: CancelFlag?
        var isStopped = false
    }

    private let inbox = Lock(Inbox())

    /// - Parameters:
    ///   - threads: for the loops over elements.
    ///   - post: called with every result, from the worker's threads.
    public init(threads: Int = WorkContext.processors, post: @escaping @Sendable (WorkResult) -> Void) {
        let inbox = inbox
        BackgroundThread.start {
            let plan = WorkPlan(threads: threads, isInBackground: true)
            while let (request, cancel) = Self.take(inbox) {
                // A cancelled request is silent: what it asked is no longer wanted.
                try? plan.answer(request, cancel: cancel) { content in
                    if !cancel.isCancelled { post(WorkResult(generation: request.generation, content: content)) }
                }
                if !cancel.isCancelled { post(WorkResult(generation: request.generation, content: .finished)) }
            }
        }
    }

    deinit { stop() }

    /// Replaces whatever is waiting or running.
    public func submit(_ request: Request) {
        inbox.update { inbox in
            inbox.next = request
            inbox.running?.cancel()
        }
    }

    public func stop() {
        inbox.update { inbox in
            inbox.isStopped = true
            inbox.running?.cancel()
        }
    }

    /// Waits for the next request; nil when the worker is stopped.
    private static func take(_ inbox: Lock<Inbox>) -> (Request, CancelFlag)? {
        inbox.wait { inbox -> (Request, CancelFlag)?? in
            if inbox.isStopped { return .some(nil) }
            guard let request = inbox.next else { return nil }
            let cancel = CancelFlag()
            inbox.next = nil
            inbox.running = cancel
            return .some((request, cancel))
        }
    }
}

/// A detached thread with a large stack.
enum BackgroundThread {
    private final class Job {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        let job = Unmanaged.passRetained(Job(body))
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        defer { attributes.deallocate() }
        pthread_attr_init(attributes)
        pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(attributes, 4 << 20)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, job.toOpaque())
        pthread_attr_destroy(attributes)
        precondition(status == 0, "a thread could not be made")
    }
}
