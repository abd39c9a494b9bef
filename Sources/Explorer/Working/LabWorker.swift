public import Basics
import CSystem
import Lab
import Platform
import Quantization

/// Runs experiments on a thread of its own, one at a time: a newer one stops the one that runs.
public final class LabWorker: Sendable {
    private struct Inbox {
        var next: (request: LabRequest, control: LabControl)?
        /// Of the latest request, waiting or running.
        var control: LabControl?
        var isStopped = false
        /// Between two reports there is time to look.
        var isSlow = false
    }

    private static let slowness: UInt32 = 100_000

    private let inbox = Lock(Inbox())

    /// - Parameters:
    ///   - folder: where what was measured of this machine is kept.
    ///   - post: called with reports, some times a second, from the worker's thread.
    public init(
        threads: Int = WorkContext.processors, folder: String? = nil, post: @escaping @Sendable (Action) -> Void
    ) {
        let inbox = inbox
        BackgroundThread.start {
            // Training must not hold up the screen's own thread.
            qlens_lower_thread_priority(10)
            while let (request, control) = Self.take(inbox) {
                let last = Self.run(
                    request, threads: threads, isInBackground: true, control: control, folder: folder
                ) { action in
                    post(action)
                    if inbox.withLock({ $0.isSlow }) { usleep(Self.slowness) }
                }
                post(last)
            }
        }
    }

    deinit { stop() }

    public func submit(_ command: LabCommand) {
        switch command {
        case .run(let request): submit(request)
        case .pause(let isPaused): setPaused(isPaused)
        case .slow(let isSlow): inbox.update { $0.isSlow = isSlow }
        case .stop: stopRun()
        }
    }

    func submit(_ request: LabRequest) {
        inbox.update { inbox in
            inbox.control?.cancel()
            let control = LabControl()
            inbox.next = (request, control)
            inbox.control = control
        }
    }

    func setPaused(_ isPaused: Bool) { inbox.withLock { $0.control }?.setPaused(isPaused) }

    /// Stops the run; what it found stays.
    func stopRun() { inbox.withLock { $0.control }?.cancel() }

    public func stop() {
        inbox.update { inbox in
            inbox.isStopped = true
            inbox.control?.cancel()
        }
    }

    private static func take(_ inbox: Lock<Inbox>) -> (LabRequest, LabControl)? {
        inbox.wait { inbox -> (LabRequest, LabControl)?? in
            if inbox.isStopped { return .some(nil) }
            guard let next = inbox.next else { return nil }
            inbox.next = nil
            return .some((next.request, next.control))
        }
    }

    /// The last report of a run.
    static func run(
        _ request: LabRequest, threads: Int, isInBackground: Bool = false, control: LabControl = LabControl(),
        folder: String? = nil, post: @escaping @Sendable (Action) -> Void = { _ in }
    ) -> Action {
        let run = LabRun(
            request.experiment.name, request.settings, threads: threads, isInBackground: isInBackground,
            control: control, folder: folder
        ) { report in
            if report.state == .running { post(.labReported(number: request.number, report)) }
        }
        let report = run.perform(request.experiment)
        return .labReported(number: request.number, report)
    }
}
