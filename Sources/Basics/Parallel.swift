import Synchronization

/// A flag that long work looks at between chunks.
public final class CancelFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    public init() {}
    public func cancel() { flag.store(true, ordering: .relaxed) }
    public var isCancelled: Bool { flag.load(ordering: .relaxed) }
}

/// Thrown by work whose flag was set.
public struct Cancelled: Error, Equatable { public init() {} }

/// How work is spread, stopped and watched.
public struct WorkContext: Sendable {
    public let threads: Int
    public let cancel: CancelFlag
    /// Called now and then with the share of the work that is done, from any thread.
    public let progress: (@Sendable (Double) -> Void)?
    /// Work gives way to the screen's thread.
    public let isInBackground: Bool

    public init(
        threads: Int = WorkContext.processors, cancel: CancelFlag = CancelFlag(), isInBackground: Bool = false,
        progress: (@Sendable (Double) -> Void)? = nil
    ) {
        self.threads = max(1, threads)
        self.cancel = cancel
        self.isInBackground = isInBackground
        self.progress = progress
    }

    /// The same without reports, for parts of a work that reports itself.
    package var silent: WorkContext { WorkContext(threads: threads, cancel: cancel, isInBackground: isInBackground) }

    /// The same as the part of a larger work from one share to another.
    package func part(_ start: Double, _ end: Double) -> WorkContext {
        guard let progress else { return self }
        return WorkContext(threads: threads, cancel: cancel, isInBackground: isInBackground) {
            progress(start + (end - start) * $0)
        }
    }

    /// Processors that this process may use.
    public static let processors = Processors.available

    /// Calls `body(index, worker)` for every index of `indices`, in order of start, on up to `threads` workers numbered from 0.
    ///
    /// Throws `Cancelled` where the flag was set before all were done; those that were begun are complete.
    package func forEach(_ indices: Range<Int>, _ body: @Sendable (_ index: Int, _ worker: Int) -> Void)
        throws(Cancelled)
    {
        let next = Atomic<Int>(indices.lowerBound)
        let workers = min(threads, indices.count)
        @Sendable func runOne(_ worker: Int) {
            while !cancel.isCancelled {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < indices.upperBound else { return }
                body(index, worker)
                if worker == 0, let progress { progress(Double(index - indices.lowerBound) / Double(indices.count)) }
            }
        }
        if workers <= 1 {
            runOne(0)
        } else {
            (isInBackground ? ThreadTeam.background : .foreground).run(most: workers) { runOne($0) }
        }
        if next.load(ordering: .relaxed) < indices.upperBound || cancel.isCancelled && !indices.isEmpty {
            throw Cancelled()
        }
    }
}
