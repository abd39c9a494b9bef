import Platform

/// A line on standard error that says how far a walk over a checkpoint is.
struct ProgressLine {
    private let name: String
    private let total: Int
    private let count: Int
    private var done = 0
    private var doneBytes = 0
    /// What was known before takes no time.
    private var knownBytes = 0
    private let start = ContinuousClock.now
    private var shown: ContinuousClock.Instant?
    private let isTerminal = isatty(2) == 1

    init(_ name: String, bytes: [Int]) {
        self.name = name
        total = bytes.reduce(0, +)
        count = bytes.count
    }

    mutating func finished(bytes: Int, wasKnown: Bool = false) {
        done += 1
        doneBytes += bytes
        if wasKnown { knownBytes += bytes }
    }

    /// After a second, then ten times a second; elsewhere than on a terminal nothing, so that logs have messages alone.
    mutating func show() {
        let now = ContinuousClock.now
        guard now - start > .seconds(1), shown.map({ now - $0 > .milliseconds(100) }) ?? true,
            isTerminal
        else {
            return
        }
        shown = now
        let taken = (now - start) / .seconds(1), worked = doneBytes - knownBytes
        let left = worked > 0 ? taken * Double(total - doneBytes) / Double(worked) : nil
        let share = Double(doneBytes) / Double(max(1, total))
        let text = "\(name): \(done) of \(count) tensors, \(Int(share * 100)) %" + Self.words(left)
        Console.write("\r\(text)\u{1b}[K", to: 2)
    }

    /// Whole seconds; less than one is said as that, and nothing where nothing is known yet.
    private static func words(_ left: Double?) -> String {
        guard let left else { return "" }
        return left < 1 ? ", less than 1 s left" : ", \(Int(left.rounded())) s left"
    }

    mutating func clear() {
        if shown != nil { Console.write("\r\u{1b}[K", to: 2) }
        shown = nil
    }
}
