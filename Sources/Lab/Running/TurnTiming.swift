/// Times works against each other: they take turns, so that what else the machine does meets all of them alike.
enum TurnTiming {
    static let turns = 7

    /// The median seconds of each of several works, after a turn that pays for pages and caches.
    ///
    /// - Parameters:
    ///   - pass: called between works: where a run is stopped.
    ///   - work: does the work of a number from 0 to `count` - 1.
    static func medians(
        _ count: Int, pass: () throws(LabFailure) -> Void, _ work: (Int) throws(LabFailure) -> Void
    ) throws(LabFailure) -> [Double] {
        let clock = ContinuousClock()
        var seconds = [[Double]](repeating: [], count: count)
        for turn in 0...turns {
            for place in 0..<count {
                try pass()
                let start = clock.now
                try work(place)
                if turn > 0 { seconds[place].append((clock.now - start) / .seconds(1)) }
            }
        }
        return seconds.map { $0.sorted()[$0.count / 2] }
    }
}
