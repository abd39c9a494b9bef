import Basics
public import Tensors

/// A file format that holds tensors. A new one is a folder under `Formats` and a line in `FileFormatCatalog`.
public protocol FileFormat: Sendable {
    /// The name in `list` and in messages.
    static var name: String { get }
    /// File name endings, without the dot.
    static var endings: [String] { get }
    /// Whether the first bytes of a file (up to 64) are this format's.
    static func matches(_ head: UnsafeRawBufferPointer) -> Bool
    /// Reads headers and checks all of them; no tensor's data.
    static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile
}

/// A file format that is a zip archive, known by its members.
protocol ArchiveFormat: FileFormat {
    static func holds(_ archive: ZipArchive) -> Bool
    static func open(_ archive: ZipArchive, path: String) throws(FileError) -> TensorFile
}

extension ArchiveFormat {
    public static func matches(_ head: UnsafeRawBufferPointer) -> Bool { ZipArchive.matches(head) }

    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        try open(ZipArchive(source, path: path), path: path)
    }
}

/// The file formats that can be opened.
public enum FileFormatCatalog {
    public static let formats: [any FileFormat.Type] = [
        NpyFormat.self,
        SafetensorsFormat.self,
        GGUFFormat.self,
        NpzFormat.self,
        PyTorchFormat.self,
        IDXFormat.self,
    ]

    /// Opens a file with the parts it was split into, a folder of files, or a `*.index.json` that names shards.
    ///
    /// Tensors that are stored as codes with scales beside them appear as what they stand for.
    public static func open(path: String) throws(FileError) -> TensorFile {
        if let parts = try ShardedCheckpoint.open(partsOf: path) { return parts }
        return PackingCatalog.unpacking(try openStored(path: path), settings: QuantizationSettings.beside(path))
    }

    private static func openStored(path: String) throws(FileError) -> TensorFile {
        if Folder.isFolder(path) { return try ShardedCheckpoint.open(folder: path) }
        if path.hasSuffix(".index.json") { return try ShardedCheckpoint.open(index: path) }
        if let joined = try ShardedCheckpoint.open(splitFile: path) { return joined }
        return try openOne(path: path)
    }

    /// Opens this file alone, though it may be a part of something.
    static func openOne(path: String) throws(FileError) -> TensorFile {
        let source = try map(path)
        do throws(FileError) {
            let file = try openStored(source, path: path)
            if let fault = source.fault { throw FileError(path: path, found: fault.found, expected: fault.expected) }
            return file
        } catch {
            // What seems wrong with bytes that are gone is not what is wrong.
            guard let fault = source.fault else { throw error }
            throw FileError(path: path, found: fault.found, expected: fault.expected)
        }
    }

    /// Opens bytes by the format that their beginning or the ending of `path` names; packed tensors appear as what they stand for.
    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        PackingCatalog.unpacking(try openStored(source, path: path), settings: [:])
    }

    private static func openStored(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        let head = source.withBytes { Array($0.prefix(512)) }
        // All archives begin alike.
        if head.withUnsafeBytes({ ZipArchive.matches($0) }) {
            return try open(ZipArchive(source, path: path), path: path)
        }
        let byContent = head.withUnsafeBytes { head in formats.first { $0.matches(head) } }
        let byEnding = formats.first { format in format.endings.contains { path.lowercased().hasSuffix("." + $0) } }
        // The beginning decides; an ending tells what a damaged file was meant to be.
        if let format = byContent { return try format.open(source, path: path) }
        if let mistaken = MistakenFile.recognise(head) {
            throw FileError(path: path, found: mistaken.found, expected: mistaken.expected)
        }
        if let format = byEnding { return try format.open(source, path: path) }
        let known = formats.flatMap { $0.endings }.map { "." + $0 }.joined(separator: ", ")
        throw FileError(
            path: path, place: .offset(0), found: worded(head), expected: "a file of a known format (\(known))")
    }

    private static func open(_ archive: ZipArchive, path: String) throws(FileError) -> TensorFile {
        for case let format as any ArchiveFormat.Type in formats where format.holds(archive) {
            return try format.open(archive, path: path)
        }
        let some = archive.members.prefix(3).map { Printable.quoted($0.name) }.joined(separator: ", ")
        throw FileError(
            path: path, found: some.isEmpty ? "an empty zip archive" : "a zip archive of \(some)",
            expected: "one of .npy files or of PyTorch's data.pkl")
    }

    static func map(_ path: String) throws(FileError) -> MappedFile {
        do throws(MappedFile.Failure) {
            return try MappedFile(path: path)
        } catch {
            switch error {
            case .cannotOpen(let number), .cannotMap(let number):
                throw FileError(path: path, found: SystemMessage.text(number), expected: "a file that can be read")
            case .notARegularFile:
                throw FileError(path: path, found: "a device, pipe or socket", expected: "a regular file")
            }
        }
    }

    /// The first eight bytes of a file in a message.
    static func worded(_ head: [UInt8]) -> String {
        head.isEmpty ? "an empty file" : "bytes " + head.prefix(8).map(hexadecimal).joined(separator: " ")
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
}
