import CSystem
import Platform
import Synchronization

/// Threads that help with loops, made when they are first wanted, and reused.
///
/// A thread that cannot be made is one fewer, down to the calling one: under limits of processes or memory work takes longer and goes on.
/// (`DispatchQueue.concurrentPerform` waits for ever there.)
final class ThreadTeam: Sendable {
    /// For commands, and for work that gives way to the screen's thread.
    static let foreground = ThreadTeam(niceness: 0), background = ThreadTeam(niceness: 10)

    /// A loop that threads may join. Its numbers are guarded by the team's lock.
    private final class Loop: @unchecked Sendable {
        /// Lent by the caller, who takes it back when all are done: a helper may look at the loop a little longer.
        var body: ((Int) -> Void)?
        let most: Int
        /// The caller is worker 0.
        var joined = 1
        let working = Atomic<Int>(0)
        /// The caller sleeps until nobody works any more.
        let isAwaited = Atomic<Bool>(false)
        init(_ most: Int, _ body: @escaping (Int) -> Void) { (self.most, self.body) = (most, body) }
    }

    private struct State {
        var loops: [Loop] = []
        var threads = 0
        var idle = 0
    }

    /// In all; loops within loops could ask for ever more.
    private static let mostThreads = 4 * max(2, Processors.available)
    private let state = Lock(State())
    private let niceness: Int32
    /// Grows with every loop, for helpers that look before they sleep.
    private let published = Atomic<Int>(0)
    /// How often that is, some tens of microseconds: small loops come one after the other, and waking a thread takes as long as one of them.
    private static let looks = 20_000

    private init(niceness: Int32) { self.niceness = niceness }

    /// Calls `body(0)` on this thread and `body(1)` … on others as they come, `most` in all; returns when all that began are done. A body must
    /// do what is left of the work, however many take part.
    func run(most: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            let loop = Loop(most, body)
            let missing = state.update { state in
                state.loops.append(loop)
                // Threads count as idle from when they are asked for.
                let missing = max(0, min(most - 1 - state.idle, Self.mostThreads - state.threads))
                state.threads += missing
                state.idle += missing
                published.add(1, ordering: .releasing)
                return missing
            }
            for made in 0..<missing where !start() {
                state.withLock { state in
                    state.threads -= missing - made
                    state.idle -= missing - made
                }
                break
            }
            body(0)
            state.withLock { state in state.loops.removeAll { $0 === loop } }
            var looks = Self.looks
            while loop.working.load(ordering: .acquiring) > 0, looks > 0 { looks -= 1 }
            if looks == 0 {
                loop.isAwaited.store(true, ordering: .sequentiallyConsistent)
                _ = state.wait { _ in loop.working.load(ordering: .sequentiallyConsistent) == 0 ? true : nil }
            }
            loop.body = nil
        }
    }

    private func start() -> Bool {
        let helper = Unmanaged.passRetained(Helper(team: self))
        let isMade = qlens_start_thread(
            { argument in
                guard let argument else { return }
                Unmanaged<Helper>.fromOpaque(argument).takeRetainedValue().work()
            }, helper.toOpaque(), 1 << 20)
        if !isMade { helper.release() }
        return isMade
    }

    private final class Helper {
        private let team: ThreadTeam
        init(team: ThreadTeam) { self.team = team }

        func work() {
            if team.niceness > 0 { qlens_lower_thread_priority(team.niceness) }
            var isNew = true
            while true {
                let (loop, number) = team.join(isNew: isNew)
                isNew = false
                loop.body?(number)
                let left = loop.working.subtract(1, ordering: .sequentiallyConsistent).newValue
                if left == 0, loop.isAwaited.load(ordering: .sequentiallyConsistent) { team.state.update { _ in } }
            }
        }
    }

    /// Waits for a loop that has room for one more.
    private func join(isNew: Bool) -> (Loop, Int) {
        func take(_ state: inout State) -> (Loop, Int)? {
            guard let loop = state.loops.first(where: { $0.joined < $0.most }) else { return nil }
            state.idle -= 1
            loop.joined += 1
            loop.working.add(1, ordering: .sequentiallyConsistent)
            return (loop, loop.joined - 1)
        }
        let seen = published.load(ordering: .acquiring)
        let found = state.withLock { state in
            if !isNew { state.idle += 1 }
            return take(&state)
        }
        if let found { return found }
        var looks = Self.looks
        while published.load(ordering: .acquiring) == seen, looks > 0 { looks -= 1 }
        return state.wait(take)
    }
}
