/// Two codes of a byte were read in the wrong order: neighbours are swapped.
enum SwappedNibbles: Hypothesis {
    static let cause = "swapped-nibbles"

    static func test(_ subject: DiagnosisCase) -> Finding? {
        let rows = subject.rows, columns = subject.columns, export = subject.export
        var best: Finding?
        func offer(_ words: String, _ corrected: @escaping Finding.Corrected) {
            let error = subject.error(corrected)
            guard error < best?.squaredError ?? .infinity else { return }
            best = Finding(
                cause: cause, sentence: "the halves of bytes are swapped: the two codes of every byte changed places",
                evidence: "exchanging \(words) fits", squaredError: error, corrected: corrected)
        }
        if columns > 1, columns % 2 == 0 {
            offer("elements 2i and 2i + 1 of each row") { Double(export[$0 ^ 1]) }
        }
        if rows > 1, rows % 2 == 0 {
            offer("rows 2i and 2i + 1") { Double(export[($0 / columns ^ 1) * columns + $0 % columns]) }
        }
        // Two halves of a block of 32, as ggml packs them.
        if columns % 32 == 0 {
            offer("elements i and i + 16 of each block of 32") { Double(export[$0 ^ 16]) }
        }
        return best
    }
}
