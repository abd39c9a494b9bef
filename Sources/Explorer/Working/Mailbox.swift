import Basics
import Quantization

/// What happened on other threads, on its way to the one that shows it.
public final class Mailbox: Sendable {
    private let actions = Lock<[Action]>([])
    private let wake: @Sendable () -> Void

    /// - Parameter wake: called after every action, from the thread that posts it.
    public init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    public func post(_ action: Action) {
        actions.withLock { $0.append(action) }
        wake()
    }

    /// Everything that has come since the last call, in order.
    public func takeAll() -> [Action] {
        actions.withLock { actions in
            defer { actions = [] }
            return actions
        }
    }
}
