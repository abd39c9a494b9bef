import Basics
public import TensorFiles

/// What an error in each tensor counts, from a file: numbers by names.
///
/// A JSON list of pairs `[[name, number], …]`, as MLX's dynamic quantization writes it, a JSON object `{name: number}`, or lines of
/// `name,number`. Names may lack their ending `.weight`.
public struct Sensitivities: Hashable, Sendable {
    public let path: String
    public let numbers: [String: Double]

    public init(path: String, numbers: [String: Double]) { (self.path, self.numbers) = (path, numbers) }

    public static func open(path: String) throws(FileError) -> Sensitivities {
        let bytes = try AtomicFile.read(path, limit: 1 << 28, anyKind: true)
        let first = bytes.first { !" \t\r\n".utf8.contains($0) }
        let pairs =
            first == UInt8(ascii: "[") || first == UInt8(ascii: "{")
            ? try json(JSONValue(bytes, path: path), path) : try lines(bytes, path)
        var numbers: [String: Double] = [:]
        for (name, number) in pairs {
            guard number >= 0, number.isFinite else {
                throw FileError(
                    path: path, place: .tensor(name), found: "\(number)", expected: "a number that is not negative")
            }
            guard numbers.updateValue(number, forKey: name) == nil else {
                throw FileError(path: path, place: .tensor(name), found: "a second number", expected: "one")
            }
        }
        guard !numbers.isEmpty else { throw FileError(path: path, found: "no number", expected: "names with numbers") }
        return Sensitivities(path: path, numbers: numbers)
    }

    private static func json(_ value: JSONValue, _ path: String) throws(FileError) -> [(String, Double)] {
        var pairs: [(String, Double)] = []
        if let members = value.members {
            for (name, number) in members {
                guard let number = number.double else { throw wrong(path, name) }
                pairs.append((name, number))
            }
            return pairs
        }
        for item in value.array ?? [] {
            guard let pair = item.array, pair.count == 2, let name = pair[0].string, let number = pair[1].double else {
                throw wrong(path, item.array?.first?.string)
            }
            pairs.append((name, number))
        }
        return pairs
    }

    private static func wrong(_ path: String, _ name: String?) -> FileError {
        FileError(
            path: path, place: name.map { .tensor($0) }, found: "something else", expected: "a pair of name and number")
    }

    /// The last comma parts name and number; a first line without a number is a head.
    private static func lines(_ bytes: [UInt8], _ path: String) throws(FileError) -> [(String, Double)] {
        var pairs: [(String, Double)] = [], isFirst = true
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            defer { isFirst = false }
            guard let comma = line.lastIndex(of: ","),
                let number = Double(line[line.index(after: comma)...].filter { $0 != " " && $0 != "\t" })
            else {
                if isFirst { continue }
                throw FileError(
                    path: path, found: "the line \(Printable.quoted(String(line)))", expected: "name,number")
            }
            let name = line[..<comma]
            let isQuoted = name.count >= 2 && name.first == "\"" && name.last == "\""
            pairs.append((String(isQuoted ? name.dropFirst().dropLast() : name), number))
        }
        return pairs
    }

    /// The number of a tensor, by its name or that of its module.
    public subscript(name: String) -> Double? {
        let ending = ".weight"
        return numbers[name] ?? (name.hasSuffix(ending) ? numbers[String(name.dropLast(ending.count))] : nil)
    }
}
