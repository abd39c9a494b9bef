import ArgumentParser
import TensorFiles
import Tensors

/// What a user knows of a file that the file does not say.
struct ReadingOptions: ParsableArguments {
    private static let types: [ElementType] = [
        .bfloat16, .float16, .float8E4M3, .float8E5M2, .float8E8M0, .float8E4M3FNUZ, .float8E5M2FNUZ, .int8, .uint8,
        .int16, .uint16,
    ]
    private static var names: [String] { types.map { $0.rawValue.lowercased() } }

    @Option(
        help: ArgumentHelp(
            "What raw items of NumPy files are, such as bf16 where ml_dtypes wrote V2: \(names.joined(separator: ", ")).",
            valueName: "type"),
        completion: .list(names))
    var dtype: String?

    private var type: ElementType? {
        dtype.flatMap { name in Self.types.first { $0.rawValue.lowercased() == name.lowercased() } }
    }

    func validate() throws {
        if let dtype, type == nil {
            throw ValidationError("--dtype: found \(dtype), expected \(Self.names.joined(separator: ", "))")
        }
    }

    /// The file with raw items as what `--dtype` says.
    func open(_ path: String) throws(FileError) -> TensorFile { try interpreted(FileFormatCatalog.open(path: path)) }

    /// Two files, of which one may have raw items.
    func open(_ a: String, _ b: String) throws(FileError) -> (TensorFile, TensorFile) {
        let first = try FileFormatCatalog.open(path: a), second = try FileFormatCatalog.open(path: b)
        guard let type else { return (first, second) }
        if first.tensors.contains(where: { $0.rawItemSize != nil }) {
            return (try interpreted(first), second.reinterpreted(as: type))
        }
        return (first, try interpreted(second))
    }

    /// - Throws: where the file has raw items and none is of the type's size.
    func interpreted(_ file: TensorFile) throws(FileError) -> TensorFile {
        guard let dtype, let type else { return file }
        let sizes = Set(file.tensors.compactMap { $0.rawItemSize })
        guard !sizes.isEmpty else {
            throw FileError(
                path: file.path, found: "no raw items with --dtype \(dtype)", expected: "an array of them, such as V2")
        }
        guard sizes.contains(type.bitWidth / 8) else {
            let found = sizes.sorted().map(String.init).joined(separator: ", ")
            throw FileError(
                path: file.path, found: "raw items of \(found) bytes with --dtype \(dtype)",
                expected: "items of \(type.bitWidth / 8)")
        }
        return file.reinterpreted(as: type)
    }
}
