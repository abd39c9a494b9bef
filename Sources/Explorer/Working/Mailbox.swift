import Quantization

/// Results on their way from the worker's threads to the one that shows them.
public final class Mailbox: Sendable {
    private let results = Lock<[WorkResult]>([])
    private let wake: @Sendable () -> Void

    /// - Parameter wake: called after every result, from the thread that posts it.
    public init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    public func post(_ result: WorkResult) {
        results.withLock { $0.append(result) }
        wake()
    }

    /// Everything that has come since the last call, in order.
    public func takeAll() -> [WorkResult] {
        results.withLock { results in
            defer { results = [] }
            return results
        }
    }
}
