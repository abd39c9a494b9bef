import Platform

/// A line on standard error that says what a long work does at present, and how much of it is done.
struct StageLine {
    private let name: String
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant?
    private let isTerminal = isatty(2) == 1

    init(_ name: String) { self.name = name }

    /// After a second, then ten times a second; elsewhere than on a terminal nothing, so that logs have messages alone.
    mutating func show(_ stage: String, _ share: Double) {
        let now = ContinuousClock.now
        guard now - start > .seconds(1), shown.map({ now - $0 > .milliseconds(100) }) ?? true, isTerminal,
            !stage.isEmpty
        else { return }
        shown = now
        let text = "\(name): \(stage), \(Int(share * 100)) %"
        Console.write("\r\(text)\u{1b}[K", to: 2)
    }

    mutating func clear() {
        if shown != nil { Console.write("\r\u{1b}[K", to: 2) }
        shown = nil
    }
}
