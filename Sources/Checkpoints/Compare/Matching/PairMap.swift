public import TensorFiles
import Basics
import Tensors

/// Pairs given by hand: a line `NAME OF A = NAME OF B` each; `*` on both sides stands for the same text; `#` begins a comment.
public struct PairMap: Sendable {
    private struct Line {
        let number: Int
        let a: String
        let b: String
    }

    private let path: String
    private let lines: [Line]

    public init(path: String) throws(FileError) {
        try self.init(
            String(decoding: AtomicFile.read(path, limit: 64 << 20, anyKind: true), as: UTF8.self), path: path)
    }

    init(_ text: String, path: String) throws(FileError) {
        self.path = path
        var lines: [Line] = []
        for (index, whole) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = whole.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            let sides = line.split(separator: "=", omittingEmptySubsequences: false).map { $0.trimmed }
            let stars = sides.map { $0.count { $0 == "*" } }
            guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty, stars[0] == stars[1], stars[0] <= 1 else {
                throw FileError(
                    path: "\(path):\(index + 1)", found: Printable.quoted(String(line)),
                    expected: "NAME OF A = NAME OF B, or one * on either side")
            }
            lines.append(Line(number: index + 1, a: String(sides[0]), b: String(sides[1])))
        }
        self.lines = lines
    }

    func apply(to pairing: inout Pairing, _ a: TensorFile, _ b: TensorFile) throws(FileError) {
        let first = ExactName.positions(of: pairing.first), second = ExactName.positions(of: pairing.second)
        for line in lines {
            guard line.a.contains("*") else {
                guard let left = first[ExactName(line.a)] else { throw unknown(line, line.a, a) }
                guard let right = second[ExactName(line.b)] else { throw unknown(line, line.b, b) }
                guard pairing.isFreeA(left), pairing.isFreeB(right) else {
                    throw FileError(
                        path: "\(path):\(line.number)", found: "a tensor for the second time",
                        expected: "each tensor once")
                }
                pairing.pair(left, right, .given)
                continue
            }
            let (before, after) = Self.halves(line.a), (otherBefore, otherAfter) = Self.halves(line.b)
            for left in pairing.restA {
                let name = pairing.first[left].name
                guard name.count >= before.count + after.count, name.hasPrefix(before), name.hasSuffix(after) else {
                    continue
                }
                let middle = name.dropFirst(before.count).dropLast(after.count)
                guard let right = second[ExactName(otherBefore + middle + otherAfter)], pairing.isFreeB(right) else {
                    continue
                }
                pairing.pair(left, right, .given)
            }
        }
    }

    private static func halves(_ pattern: String) -> (String, String) {
        let parts = pattern.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }

    private func unknown(_ line: Line, _ name: String, _ file: TensorFile) -> FileError {
        let nearest = NearestNames.nearest(to: name, in: file.tensors.lazy.map { $0.name }).map(Printable.quoted)
        return FileError(
            path: "\(path):\(line.number)",
            found: "no tensor \(Printable.quoted(name)) in \(Printable.text(file.path))",
            expected: "a name of the file, nearest are \(nearest.joined(separator: ", "))")
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let front = drop { $0.isWhitespace }
        guard let end = front.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return front[...end]
    }
}
