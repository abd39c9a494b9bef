/// Finds what a misspelt word may have meant.
public enum NearestNames {
    /// The `limit` candidates with the fewest edits from `word`, nearest first, equally near ones in their given order.
    ///
    /// Letter case does not count. O(n·|word|·|candidate|); candidates longer than 200 characters are compared by
    /// their first 200.
    public static func nearest(to word: String, in candidates: some Sequence<String>, limit: Int = 3) -> [String] {
        let target = Array(word.lowercased().utf8.prefix(200))
        var best: [(distance: Int, order: Int, name: String)] = []
        for (order, name) in candidates.enumerated() {
            let distance = editDistance(target, Array(name.lowercased().utf8.prefix(200)))
            if best.count == limit, let worst = best.last, worst.distance <= distance { continue }
            let place = best.firstIndex { $0.distance > distance } ?? best.count
            best.insert((distance, order, name), at: place)
            if best.count > limit { best.removeLast() }
        }
        return best.map { $0.name }
    }

    /// Levenshtein distance, ten an edit, with what is before or after the word at one a character, so that `conv2` finds
    /// `layer.conv2.weight`.
    private static func editDistance(_ word: [UInt8], _ candidate: [UInt8]) -> Int {
        if word.isEmpty { return candidate.count }
        var row = (0...candidate.count).map { $0 }
        for i in 1...word.count {
            var diagonal = row[0]
            row[0] = 10 * i
            for j in stride(from: 1, through: candidate.count, by: 1) {
                let substituted = diagonal + (word[i - 1] == candidate[j - 1] ? 0 : 10)
                diagonal = row[j]
                let inserted = row[j - 1] + (i == word.count ? 1 : 10)
                row[j] = min(substituted, inserted, row[j] + 10)
            }
        }
        return row[candidate.count]
    }
}
