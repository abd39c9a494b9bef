/// Some of many rows, at random.
///
/// Rows of convolutions come image by image and position by position: every n-th one would be the same column of all images where n divides their
/// width, and a border's patches are half zeros.
enum SampledRows {
    /// Numbers of `most` rows of `count` in ascending order, each set of them as likely as any other; all where there are no more.
    ///
    /// One pass: row i is taken with the probability (still wanted)/(still to come) (Knuth, volume 2, algorithm 3.4.2 S).
    static func of(_ count: Int, most: Int, seed: UInt64) -> [Int] {
        guard count > most else { return Array(0..<count) }
        var random = RandomSource(seed: seed, stream: "rows"), rows: [Int] = []
        rows.reserveCapacity(most)
        for row in 0..<count where random.uniform() * Double(count - row) < Double(most - rows.count) {
            rows.append(row)
        }
        return rows
    }
}
