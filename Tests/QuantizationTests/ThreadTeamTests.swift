import Basics
import Testing

@testable import Quantization

@Suite struct ThreadTeamTests {
    /// Every index once, workers by numbers of their own, whoever helps; loops within loops and several at once.
    @Test func everyIndexOnce() async throws {
        await withTaskGroup(of: Int.self) { group in
            for seed in 0..<4 {
                group.addTask {
                    var sum = 0
                    for round in 0..<200 {
                        let count = (seed * 37 + round) % 90 + 1
                        let slots = Slots<Int>(count, repeating: 0), context = WorkContext(threads: round % 5 + 1)
                        let workers = PerWorker(5) { Lock(false) }
                        try? context.forEach(0..<count) { index, worker in
                            // Nobody else has this number meanwhile.
                            let isBusy = workers[worker].withLock { busy in
                                defer { busy = true }
                                return busy
                            }
                            if isBusy { slots[index] = -1_000_000 }
                            try? WorkContext(threads: 2).forEach(0..<3) { _, _ in }
                            slots[index] += 1
                            workers[worker].withLock { $0 = false }
                        }
                        sum += slots.all.count { $0 == 1 } == count ? 1 : 0
                    }
                    return sum
                }
            }
            for await sum in group { #expect(sum == 200) }
        }
    }
}
