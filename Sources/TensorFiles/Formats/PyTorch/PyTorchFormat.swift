import Basics
public import Tensors

/// PyTorch's `torch.save`: a zip archive of a pickle and storages (since 1.6), or a row of pickles before the storages.
///
/// Pickles are read, never run: `PickleGlobals` says which names may occur. Source: `torch.serialization`.
public enum PyTorchFormat: ArchiveFormat {
    public static let name = "PyTorch"
    public static let endings = ["pt", "pth", "bin", "ckpt", "pkl"]
    /// A pickle of more bytes than these holds more than names and shapes.
    static let longestPickle = 1 << 30

    public static func matches(_ head: UnsafeRawBufferPointer) -> Bool {
        ZipArchive.matches(head) || isPickle(head)
    }

    /// Protocols 2 to 5 begin with their number, followed by a frame or any other code.
    private static func isPickle(_ head: UnsafeRawBufferPointer) -> Bool {
        head.count > 2 && head[0] == 0x80 && (2...5).contains(head[1])
    }

    static func holds(_ archive: ZipArchive) -> Bool { pickle(of: archive) != nil }

    private static func pickle(of archive: ZipArchive) -> ZipArchive.Member? {
        archive.members.first { $0.name == "data.pkl" || $0.name.hasSuffix("/data.pkl") }
    }

    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        let head = source.withBytes { Array($0.prefix(8)) }
        if head.withUnsafeBytes({ ZipArchive.matches($0) }) {
            return try open(ZipArchive(source, path: path), path: path)
        }
        guard head.withUnsafeBytes({ isPickle($0) }) else {
            throw FileError(
                path: path, place: .offset(0), found: FileFormatCatalog.worded(head),
                expected: "a zip archive or a pickle of protocol 2 to 5, as torch.save writes")
        }
        return try LegacyTorch.open(source, path: path)
    }

    static func open(_ archive: ZipArchive, path: String) throws(FileError) -> TensorFile {
        guard let member = pickle(of: archive) else {
            throw FileError(path: path, found: "a zip archive without data.pkl", expected: "one that torch.save wrote")
        }
        guard member.size <= longestPickle else {
            throw FileError(path: path, found: "a pickle of \(member.size) bytes", expected: "at most \(longestPickle)")
        }
        let folder = String(member.name.dropLast("data.pkl".count))
        let byName = Dictionary(archive.members.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var isBig = false
        if let order = byName[folder + "byteorder"] {
            isBig = try archive.head(of: order, limit: 8).starts(with: Array("big".utf8))
        }
        let source = try archive.source(of: member, checksStored: false)
        let unpickler: Unpickler, value: PickleValue
        do throws(Misfit) {
            (unpickler, value) = try source.withBytes { bytes throws(Misfit) in
                var unpickler = Unpickler(bytes)
                let value = try unpickler.next()
                return (unpickler, value)
            }
        } catch {
            if let fault = source.fault { throw FileError(path: path, found: fault.found, expected: fault.expected) }
            // Of a deflated member no byte of the file can be named.
            throw FileError(path: path, error, base: member.method == 0 ? member.offset : nil)
        }
        if let fault = source.fault { throw FileError(path: path, found: fault.found, expected: fault.expected) }
        var collector = TorchCollector(
            unpickler.heap, path: path, isByteSwapped: isBig == (1.littleEndian == 1)
        ) { key, most throws(FileError) in
            guard let member = byName[folder + "data/" + key] ?? byName[folder + key] else { return nil }
            return .init(
                source: try archive.source(of: member, upTo: most, checksStored: false), byteOffset: 0,
                byteCount: min(member.size, most))
        }
        try collector.collect(value)
        return file(collector, foreign: unpickler.foreign, path: path, format: name)
    }

    static func file(
        _ collector: TorchCollector, foreign: [PickleHeap.Global], path: String, format: String
    ) -> TensorFile {
        let names = foreign.map { "did not run \(Printable.quoted($0.description)), which the pickle names" }
        return TensorFile(
            path: path, format: format, metadata: collector.metadata, tensors: collector.tensors,
            warnings: names + collector.warnings)
    }
}
