import Quantization
import TensorFiles
import Tensors

extension ExplorerState {
    // MARK: The filter

    mutating func editFilter(_ edit: LineEditor.Edit) -> [Request] {
        var editor = LineEditor(filter)
        if edit == .eraseBackward, filter.isEmpty { isFiltering = false }
        editor.apply(edit)
        return setFilter(editor.string)
    }

    /// Letters of the filter in any case, words between blanks all to be found.
    mutating func setFilter(_ text: String) -> [Request] {
        let narrows = text.hasPrefix(filter)
        filter = text
        let words = text.lowercased().split(separator: " ").map { Array($0.utf8) }
        let candidates = narrows ? listed : ordered(Array(file.tensors.indices))
        listed = candidates.filter { index in
            words.allSatisfy { ByteSearch.contains(searchNames[index], $0) }
        }
        if listCursor == nil, let first = listed.first { return open(first) }
        return []
    }

    // MARK: The order

    mutating func sort(by order: ListOrder) -> [Request] {
        self.order = order
        say(Words.sorted(by: order))
        listed = ordered(listed.sorted())
        guard order == .outlier else { return [] }
        let missing = listed.filter { outlierScores[$0] == nil }
        let rest = file.tensors.indices.filter { outlierScores[$0] == nil && !listed.contains($0) }
        return missing.isEmpty && rest.isEmpty
            ? []
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
            return indices.sorted {
                let (a, b) = (file.tensors[$0].count, file.tensors[$1].count)
                return a != b ? a > b : $0 < $1
            }
        case .outlier:
            func key(_ index: Int) -> Double { outlierScores[index].flatMap { $0 } ?? -1 }
            return indices.sorted {
                let (a, b) = (key($0), key($1))
                return a != b ? a > b : $0 < $1
            }
        }
    }

    mutating func takeScore(_ file: Int, _ tensor: Int, _ score: Double?) -> [Request] {
        guard file == fileNumber, self.file.tensors.indices.contains(tensor) else { return [] }
        outlierScores[tensor] = .some(score)
        // A long list is sorted now and then, and at the end.
        let known = outlierScores.count
        if order == .outlier, known == self.file.tensors.count || known % max(1, self.file.tensors.count / 64) == 0 {
            listed = ordered(listed.sorted())
        }
        return []
    }

    // MARK: Opening

    /// Opens the tensor so many places further in the list; from outside the list its first or last.
    mutating func selectListed(offset: Int, wraps: Bool) -> [Request] {
        guard !listed.isEmpty else {
            say(Words.noMatch)
            return []
        }
        guard offset != 0 else { return [] }
        let target: Int
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
        guard index != tensorIndex else { return [] }
        tensorIndex = index
        forgetTensor()
        return [request()]
    }

    mutating func openTensor(named name: String) -> [Request] {
        do throws(FileError) {
            let view = try file.tensor(named: name)
            return file.tensors.firstIndex { $0.name == view.name }.map { open($0) } ?? []
        } catch {
            warn(error.description)
            return []
        }
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
