import Checkpoints
import Quantization
import TensorFiles
import Tensors

extension ExplorerState {
    // MARK: The filter

    mutating func editFilter(_ edit: LineEditor.Edit) -> [Request] {
        let screen = ScreenCatalog[screen]
        var editor = screen.filter(self)
        if edit == .eraseBackward, editor.isEmpty { isFiltering = false }
        editor.apply(edit)
        return screen.setFilter(editor, &self)
    }

    /// Letters of the filter in any case, words between blanks all to be found.
    mutating func setFilter(_ editor: LineEditor) -> [Request] {
        let text = editor.string
        let narrows = text.hasPrefix(filter) && filterConditions.isEmpty
        filterEditor = editor
        listed = filtered(narrows && filterConditions.isEmpty ? listed : nil)
        let hasRows = model.scan?.recipe == recipe
        if !filterConditions.isEmpty, !hasRows { say(Words.numbersNeedScan) }
        let isOfRanking = ScreenCatalog[screen].filterPanel == .ranking
        let ranking = isOfRanking || hasRows && !filterConditions.isEmpty ? rank() : []
        if isOfRanking { return ranking + followFilter() }
        if listCursor == nil, let first = listed.first { return ranking + open(first) }
        return ranking
    }

    /// Words of the filter that look at results of the scan.
    var filterConditions: [RowCondition] {
        filter.lowercased().split(separator: " ").compactMap { RowCondition(String($0)) }
    }

    /// What the filter lets through by name, of all tensors in the list's order, or of some; numbers are looked at by the ranking.
    func filtered(_ some: [Int]? = nil) -> [Int] {
        let words = filter.lowercased().split(separator: " ").map(String.init)
        let letters = words.filter { RowCondition($0) == nil }.map { Array($0.utf8) }
        return (some ?? ordered(Array(file.tensors.indices))).filter { index in
            letters.allSatisfy { ByteSearch.contains(searchNames[index], $0) }
        }
    }

    /// Names that begin with a text in any case, then those that hold it elsewhere; of very many the first thousand.
    func names(matching text: String) -> [String] {
        let word = Array(text.lowercased().utf8)
        var begin: [String] = [], hold: [String] = []
        for index in file.tensors.indices where ByteSearch.contains(searchNames[index], word) {
            if searchNames[index].starts(with: word) {
                begin.append(file.tensors[index].name)
            } else {
                hold.append(file.tensors[index].name)
            }
            if begin.count + hold.count >= 1_000 { break }
        }
        return begin + hold
    }

    // MARK: The order

    mutating func sort(by order: ListOrder) -> [Request] {
        self.order = order
        wantsFirst = false
        say(Words.sorted(by: order))
        listed = ordered(listed.sorted())
        guard order == .outlier else { return [] }
        let missing = listed.filter { facts[$0] == nil }
        // What the filter hides comes after what it shows.
        let hidden = Set(file.tensors.indices).subtracting(listed)
        let rest = file.tensors.indices.filter { facts[$0] == nil && hidden.contains($0) }
        wantsFirst = true
        return missing.isEmpty && rest.isEmpty
            ? openFirst()
            : [
                .scoreOutliers(
                    ScoreRequest(file: fileNumber, tensors: (missing + rest).map { ($0, file.tensors[$0]) }))
            ]
    }

    /// Positions in ascending order brought into the list's.
    private func ordered(_ indices: [Int]) -> [Int] {
        switch order {
        case .name: return indices
        case .size:
            return sorted(indices) { Double(file.tensors[$0].count) }
        case .outlier:
            return sorted(indices) { outlierScore(of: $0) ?? -1 }
        }
    }

    /// The largest key first; each key is looked up once.
    private func sorted(_ indices: [Int], by key: (Int) -> Double) -> [Int] {
        indices.map { (key: key($0), index: $0) }
            .sorted { $0.key != $1.key ? $0.key > $1.key : $0.index < $1.index }.map { $0.index }
    }

    mutating func take(_ facts: TensorFacts?, of tensor: Int, _ file: Int) -> [Request] {
        guard file == fileNumber, self.file.tensors.indices.contains(tensor) else { return [] }
        self.facts[tensor] = .some(facts)
        // A long list is sorted now and then, and at the end.
        let known = self.facts.count
        let isComplete = known == self.file.tensors.count
        if order == .outlier, isComplete || known % max(1, self.file.tensors.count / 64) == 0 {
            listed = ordered(listed.sorted())
        }
        return isComplete && order == .outlier ? openFirst() : []
    }

    /// The worst tensor, where the user asked for it and did not go elsewhere since.
    private mutating func openFirst() -> [Request] {
        guard wantsFirst, let first = listed.first else { return [] }
        wantsFirst = false
        return open(first)
    }

    // MARK: Opening

    /// The next tensor in the file with elements that are not finite.
    mutating func openNextNotFinite() -> Result<[Request], CommandProblem> {
        let bad = file.tensors.indices.filter { notFiniteCount(of: $0) ?? 0 > 0 }
        guard let next = bad.first(where: { $0 > tensorIndex }) ?? bad.first else {
            return .failure(CommandProblem(text: model.isComplete ? Words.noNotFinite : Words.notFiniteNeedsScan))
        }
        return .success(open(next))
    }

    /// Opens the tensor so many rows further in the list; from outside the list its first or last.
    mutating func selectListed(offset: Int, wraps: Bool) -> [Request] {
        guard !listed.isEmpty else {
            say(Words.noMatch)
            return []
        }
        guard offset != 0 else { return [] }
        let target: Int
        // The first of a list that is still being sorted is not known yet.
        let isEarly = order == .outlier && offset <= -listed.count && facts.count < file.tensors.count
        defer { wantsFirst = isEarly }
        if let cursor = listCursor {
            let wanted = cursor + offset
            target = wraps ? (wanted + listed.count) % listed.count : max(0, min(listed.count - 1, wanted))
        } else {
            target = offset > 0 ? 0 : listed.count - 1
        }
        return open(listed[target])
    }

    mutating func point(toTensor index: Int) -> [Request] {
        focus = .tensors
        return file.tensors.indices.contains(index) ? open(index) : []
    }

    mutating func open(_ index: Int) -> [Request] {
        wantsFirst = false
        guard index != tensorIndex else { return [] }
        tensorIndex = index
        forgetTensor()
        return [request()]
    }
}

/// Finds bytes in bytes: the names of a large checkpoint in a few milliseconds.
enum ByteSearch {
    static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
        guard let first = word.first else { return true }
        guard text.count >= word.count else { return false }
        return text.withUnsafeBufferPointer { text in
            word.withUnsafeBufferPointer { word in
                for start in 0...(text.count - word.count) where text[start] == first {
                    var length = 1
                    while length < word.count, text[start + length] == word[length] { length += 1 }
                    if length == word.count { return true }
                }
                return false
            }
        }
    }
}
