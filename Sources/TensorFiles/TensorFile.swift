import Basics
public import Tensors

/// An opened file, or several that belong together: its tensors, none of them read yet.
public struct TensorFile: Sendable {
    public let path: String
    /// The name of the file format, as in the catalogue.
    public let format: String
    /// Free text of the file about itself, in the file's order.
    public let metadata: [(key: String, value: String)]
    /// In the natural order of their names.
    public let tensors: [TensorView]
    /// What was left out while the rest could be read, a sentence each.
    public let warnings: [String]
    /// The file that columns are weighed by, where there is one.
    public let importance: String?
    /// Bytes of all stored tensors, each counted once: scales that are beside packed tensors belong to these too.
    public let byteCount: Int
    /// How many tensors there are of each type, and their bytes, the type of most bytes first.
    public let types: [(name: String, tensors: Int, bytes: Int)]
    /// By the bytes of the name: names that differ in spelling alone are different ones.
    private let positions: [ExactName: Int]

    public init(
        path: String, format: String, metadata: [(key: String, value: String)], tensors: [TensorView],
        warnings: [String] = [], importance: String? = nil
    ) {
        self.path = path
        self.format = format
        self.metadata = metadata
        self.warnings = warnings
        self.importance = importance
        let sorted = Self.sorted(tensors)
        self.tensors = sorted
        positions = ExactName.positions(of: sorted)
        var bytes = 0, counts: [String: (tensors: Int, bytes: Int)] = [:]
        for tensor in sorted {
            bytes += tensor.byteCount
            for part in tensor.parts where part != tensor.name {
                if let position = positions[ExactName(part)] { bytes -= sorted[position].byteCount }
            }
            let known = counts[tensor.typeName] ?? (0, 0)
            counts[tensor.typeName] = (known.tensors + 1, known.bytes + tensor.byteCount)
        }
        byteCount = bytes
        types = counts.map { ($0.key, $0.value.tensors, $0.value.bytes) }.sorted { ($1.2, $0.0) < ($0.2, $1.0) }
    }

    /// How many tensors have values that cannot be read.
    public var unreadableCount: Int { tensors.count { $0.problem != nil } }

    /// The same file with other names of tensors.
    func renamed(_ name: (String) -> String) -> TensorFile {
        TensorFile(
            path: path, format: format, metadata: metadata, tensors: tensors.map { $0.renamed(name($0.name)) },
            warnings: warnings, importance: importance)
    }

    /// The same file with elements of a type that its user knows, where the file names none of that size.
    public func reinterpreted(as type: ElementType) -> TensorFile {
        TensorFile(
            path: path, format: format, metadata: metadata,
            tensors: tensors.map { $0.reinterpreted(as: type) ?? $0 }, warnings: warnings, importance: importance)
    }

    /// By name, in natural order; by numbers, which are lighter to move than tensors. Most files are in order already.
    private static func sorted(_ tensors: [TensorView]) -> [TensorView] {
        let isInOrder = zip(tensors, tensors.dropFirst()).allSatisfy { !NaturalOrder.precedes($1.name, $0.name) }
        if isInOrder { return tensors }
        let names = tensors.map { $0.name }
        return tensors.indices.sorted { NaturalOrder.precedes(names[$0], names[$1]) }.map { tensors[$0] }
    }

    /// The tensor of that name, whose values can be read; without a name the only one.
    public func readableTensor(named name: String?) throws(FileError) -> TensorView {
        let tensor = try tensor(named: name)
        if let problem = tensor.problem {
            throw FileError(path: path, place: .tensor(tensor.name), found: problem.found, expected: problem.expected)
        }
        return tensor
    }

    /// Where the tensor of that name is in `tensors`; names are compared by their bytes.
    public func position(named name: String) -> Int? { positions[ExactName(name)] }

    /// The tensor of that name; without a name the only one.
    public func tensor(named name: String?) throws(FileError) -> TensorView {
        guard let name else {
            if tensors.count == 1 { return tensors[0] }
            let some = tensors.prefix(3).map { Printable.quoted($0.name) }.joined(separator: ", ")
            throw FileError(
                path: path, found: "\(tensors.count) tensors and no name",
                expected: tensors.isEmpty ? "a file with tensors" : "the name of one, such as \(some)")
        }
        if let position = position(named: name) { return tensors[position] }
        let nearest = NearestNames.nearest(to: name, in: tensors.lazy.map { $0.name })
        let offer = nearest.map(Printable.quoted).joined(separator: ", ")
        throw FileError(
            path: path, place: .tensor(name), found: "no such tensor",
            expected: nearest.isEmpty ? "a file with tensors" : "a name of the file, nearest are \(offer)")
    }
}
