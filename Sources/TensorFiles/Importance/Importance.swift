import Basics
public import Tensors

/// What the columns of weights count: the mean squares of the inputs that they are multiplied by, measured on some text or data.
///
/// Read from llama.cpp's importance matrices (GGUF with `NAME.in_sum2` and `NAME.counts`, or the older `.dat`), or from any tensor
/// file, such as an `.npz`, whose arrays are named like the tensors and have an element a column.
public struct Importance: Sendable {
    public let path: String
    /// By the tensor's name: for every column, or for every matrix and column.
    private let weights: [String: Weights]

    /// What weights are read from when a tensor wants them.
    private enum Weights: Sendable {
        case values([Float])
        case view(TensorView)
        /// Sums over the counts of their matrices.
        case sums(TensorView, counts: TensorView)

        var count: Int {
            switch self {
            case .values(let values): values.count
            case .view(let view), .sums(let view, _): view.count
            }
        }

        var values: [Float] {
            switch self {
            case .values(let values): return values
            case .view(let view): return view.values(0..<view.count)
            case .sums(let sums, let counts):
                let columns = sums.count / counts.count, all = counts.values(0..<counts.count)
                return sums.values(0..<sums.count).enumerated().map { index, sum in
                    // A matrix that was never used has none.
                    all[index / columns] > 0 ? sum / all[index / columns] : 0
                }
            }
        }

        var fault: SourceFault? {
            switch self {
            case .values: nil
            case .view(let view): view.fault
            case .sums(let sums, let counts): sums.fault ?? counts.fault
            }
        }
    }

    public static func open(path: String) throws(FileError) -> Importance {
        try open(FileFormatCatalog.map(path), path: path)
    }

    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> Importance {
        if source.withBytes({ LegacyImportanceMatrix.matches($0) }) {
            do throws(Misfit) {
                let weights = try source.withBytes { bytes throws(Misfit) in try LegacyImportanceMatrix.entries(bytes) }
                return Importance(path: path, weights: weights.mapValues { .values($0) })
            } catch {
                throw FileError(path: path, error)
            }
        }
        let file = try FileFormatCatalog.open(source, path: path)
        var weights: [String: Weights] = [:]
        for tensor in file.tensors where tensor.count > 0 {
            if tensor.name.hasSuffix(sums) {
                let name = String(tensor.name.dropLast(sums.count))
                guard let position = file.position(named: name + counts) else { continue }
                let counts = file.tensors[position]
                guard counts.count > 0, tensor.count % counts.count == 0 else {
                    throw FileError(
                        path: path, place: .tensor(tensor.name),
                        found: "shape \(tensor.shape) for \(counts.count) counts",
                        expected: "as many matrices as counts")
                }
                weights[name] = .sums(tensor, counts: counts)
            } else if !tensor.name.hasSuffix(counts) {
                weights[tensor.name] = .view(tensor)
            }
        }
        guard !weights.isEmpty else {
            throw FileError(path: path, found: "no tensor", expected: "importances by tensor name")
        }
        return Importance(path: path, weights: weights)
    }

    /// Tensors of importances.
    public var count: Int { weights.count }

    private static let sums = ".in_sum2", counts = ".counts"

    /// The file with the weights of the tensors that they fit, and a warning of how many do.
    public func applied(to file: TensorFile) throws(FileError) -> TensorFile {
        var fitting = 0, misfit: String?, tensors: [TensorView] = []
        for tensor in file.tensors {
            let stem = tensor.name.hasSuffix(".weight") ? String(tensor.name.dropLast(".weight".count)) : tensor.name
            guard let found = weights[tensor.name] ?? weights[stem] else {
                tensors.append(tensor)
                continue
            }
            // Only what fits is read.
            let columns =
                ColumnWeights.fits(found.count, tensor.shape) ? ColumnWeights(found.values, for: tensor.shape) : nil
            if let fault = found.fault {
                throw FileError(path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
            }
            if columns == nil {
                misfit = misfit ?? "\(Printable.quoted(tensor.name)) of shape \(tensor.shape) has \(found.count)"
            } else {
                fitting += 1
            }
            tensors.append(tensor.weighted(by: columns))
        }
        let what = "importance of \(fitting) of \(tensors.count) tensors from \(Printable.text(path))"
        let warning = what + (misfit.map { ": left out those that do not fit, such as \($0) importances" } ?? "")
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
