public import Tensors

/// What the columns of weights count: the mean squares of the inputs that they are multiplied by, measured on some text or data.
///
/// Read from llama.cpp's importance matrices (GGUF with `NAME.in_sum2` and `NAME.counts`, or the older `.dat`), or from any tensor
/// file, such as an `.npz`, whose arrays are named like the tensors and have an element a column.
public struct Importance: Sendable {
    public let path: String
    /// By the tensor's name: for every column, or for every matrix and column.
    private let weights: [String: [Float]]

    public static func open(path: String) throws(FileError) -> Importance {
        try open(FileFormatCatalog.map(path), path: path)
    }

    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> Importance {
        if source.withBytes({ LegacyImportanceMatrix.matches($0) }) {
            do throws(Misfit) {
                let weights = try source.withBytes { bytes throws(Misfit) in try LegacyImportanceMatrix.entries(bytes) }
                return Importance(path: path, weights: weights)
            } catch {
                throw FileError(path: path, error)
            }
        }
        let file = try FileFormatCatalog.open(source, path: path)
        let names = Set(file.tensors.map { $0.name })
        var weights: [String: [Float]] = [:]
        for tensor in file.tensors where tensor.count > 0 && tensor.count <= mostWeights {
            if tensor.name.hasSuffix(sums) {
                let name = String(tensor.name.dropLast(sums.count))
                guard names.contains(name + counts) else { continue }
                weights[name] = try means(tensor, try file.tensor(named: name + counts), path: path)
            } else if !tensor.name.hasSuffix(counts) {
                weights[tensor.name] = tensor.values(0..<tensor.count)
            }
            if let fault = tensor.fault {
                throw FileError(
                    path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
            }
        }
        guard !weights.isEmpty else {
            throw FileError(path: path, found: "no tensor", expected: "importances by tensor name")
        }
        return Importance(path: path, weights: weights)
    }

    /// Tensors of importances.
    public var count: Int { weights.count }

    /// A tensor of more elements is no importance of columns.
    private static let mostWeights = 1 << 24
    private static let sums = ".in_sum2", counts = ".counts"

    /// Sums over the counts of their matrices; a matrix that was never used has none.
    private static func means(_ sums: TensorView, _ counts: TensorView, path: String) throws(FileError) -> [Float] {
        guard counts.count > 0, sums.count % counts.count == 0 else {
            throw FileError(
                path: path, place: .tensor(sums.name), found: "shape \(sums.shape) for \(counts.count) counts",
                expected: "as many matrices as counts")
        }
        let columns = sums.count / counts.count, all = counts.values(0..<counts.count)
        return sums.values(0..<sums.count).enumerated().map { index, sum in
            let count = all[index / columns]
            return count > 0 ? sum / count : 0
        }
    }

    /// The file with the weights of the tensors that they fit, and a warning of how many do.
    public func applied(to file: TensorFile) -> TensorFile {
        var fitting = 0, misfit: String?
        let tensors = file.tensors.map { tensor -> TensorView in
            guard let values = weights[tensor.name] ?? weights[String(tensor.name.dropLast(".weight".count))] else {
                return tensor
            }
            guard let columns = ColumnWeights(values, for: tensor.shape) else {
                misfit =
                    misfit
                    ?? "\(Printable.quoted(tensor.name)) of shape \(tensor.shape) has \(values.count) importances"
                return tensor
            }
            fitting += 1
            return tensor.weighted(by: columns)
        }
        let what = "importance of \(fitting) of \(tensors.count) tensors from \(Printable.text(path))"
        let warning = what + (misfit.map { ": left out those that do not fit, such as \($0)" } ?? "")
        return TensorFile(
            path: file.path, format: file.format, metadata: file.metadata, tensors: tensors,
            warnings: file.warnings + [warning], importance: path)
    }
}

/// The importance matrices of llama.cpp before they were GGUF files: a count of entries, then for each the length of its name, the
/// name, how often it was called, a count of values, and the values, which are sums over the calls.
enum LegacyImportanceMatrix {
    private static let longestName = 4_096

    /// Whether the first bytes are those of such a file: a small count, a short length, a name of plain letters.
    static func matches(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var reader = ByteReader(bytes)
        guard let entries = try? reader.number(UInt32.self, ""), (1...1_000_000).contains(entries),
            let length = try? reader.number(UInt32.self, ""), (1...UInt32(longestName)).contains(length)
        else { return false }
        let name = bytes[8..<min(bytes.count, 8 + Int(length))]
        return !name.isEmpty && name.allSatisfy { (0x20...0x7E).contains($0) }
    }

    static func entries(_ bytes: UnsafeRawBufferPointer) throws(Misfit) -> [String: [Float]] {
        var reader = ByteReader(bytes), result: [String: [Float]] = [:]
        let count = try reader.number(UInt32.self, "a count of entries")
        for _ in 0..<count {
            let place = reader.offset
            let length = try reader.number(UInt32.self, "the length of a name")
            guard length <= longestName else {
                throw .init(offset: place, found: "a name of \(length) bytes", expected: "at most \(longestName)")
            }
            let name = try reader.text(Int(length), "a name")
            let calls = try reader.number(UInt32.self, "a number of calls")
            let size = try reader.number(UInt32.self, "a count of values")
            guard Int(size) <= reader.left / 4 else {
                throw .init(
                    offset: reader.offset - 4, found: "\(size) values",
                    expected: "at most the \(reader.left / 4) that follow")
            }
            let scale = calls > 0 ? 1 / Float(calls) : 0
            var values: [Float] = []
            values.reserveCapacity(Int(size))
            for _ in 0..<size {
                values.append(Float(bitPattern: try reader.number(UInt32.self, "a value")) * scale)
            }
            result[name] = values
        }
        return result
    }
}
