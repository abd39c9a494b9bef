/// Two codes of a byte were read in the wrong order: neighbours are swapped.
enum SwappedNibbles: Hypothesis {
    static let cause = "swapped-nibbles"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns, export = subject.export
        var best: Finding?
        func offer(_ error: Double, _ words: String) {
            guard error < best?.squaredError ?? .infinity else { return }
            best = Finding(
                cause: cause, sentence: "the halves of bytes are swapped: the two codes of every byte changed places",
                evidence: "exchanging \(words) fits", squaredError: error)
        }
        if columns > 1, columns % 2 == 0 {
            offer(subject.error { Double(export[$0 ^ 1]) }, "elements 2i and 2i + 1 of each row")
        }
        if rows > 1, rows % 2 == 0 {
            offer(subject.error { Double(export[($0 / columns ^ 1) * columns + $0 % columns]) }, "rows 2i and 2i + 1")
        }
        // Two halves of a block of 32, as ggml packs them.
        if columns % 32 == 0 {
            offer(subject.error { Double(export[$0 ^ 16]) }, "elements i and i + 16 of each block of 32")
        }
        return best
    }
}
