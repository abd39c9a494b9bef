import Basics
import TensorFiles

/// The data of a tensor in an exported file.
protocol Payload: Sendable {
    var byteCount: Int { get }
    /// Writes all of it, in any order.
    ///
    /// - Parameter path: of the output, for messages.
    func write(to window: FileWindow, path: String, context: WorkContext) throws(FileError)
}

/// The first failure of some workers, which the others stop for.
final class FirstFailure: Sendable {
    private let failure = Lock<FileError?>(nil)
    private let cancel: CancelFlag

    init(_ cancel: CancelFlag) { self.cancel = cancel }

    /// Does something, unless something failed before.
    func attempt(_ body: () throws(FileError) -> Void) {
        guard !cancel.isCancelled else { return }
        do throws(FileError) {
            try body()
        } catch {
            failure.withLock { $0 = $0 ?? error }
            cancel.cancel()
        }
    }

    /// - Parameter path: what was not finished, where the work was stopped for another reason.
    func check(_ path: String) throws(FileError) {
        if let error = failure.withLock({ $0 }) { throw error }
        if cancel.isCancelled { throw FileError(path: path, found: "an interruption", expected: "the whole file") }
    }
}
