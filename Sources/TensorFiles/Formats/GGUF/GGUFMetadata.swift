public import Tensors

/// The metadata of a GGUF file as it is stored, to be carried over to another file: settings of the model and its tokenizer.
public struct GGUFMetadata: Sendable {
    /// Keys, and whole pairs of the file: key, type and value.
    public let pairs: [(key: String, bytes: [UInt8])]
    public let alignment: Int

    public static let usualAlignment = 32

    /// What a file without metadata of its own gets.
    public init(pairs: [(key: String, bytes: [UInt8])] = [], alignment: Int = GGUFMetadata.usualAlignment) {
        self.pairs = pairs
        self.alignment = alignment
    }

    public static func open(path: String) throws(FileError) -> GGUFMetadata {
        let source = try FileFormatCatalog.map(path)
        do throws(Misfit) {
            return try source.withBytes { bytes throws(Misfit) in
                let header = try GGUFHeader(bytes)
                return GGUFMetadata(
                    pairs: zip(header.metadata, header.pairPlaces).map { ($0.key, Array(bytes[$1])) },
                    alignment: header.alignment)
            }
        } catch {
            throw FileError(path: path, error)
        }
    }

    /// A pair with a text, or a whole number of 32 bits.
    public static func pair(_ key: String, text: String) -> (key: String, bytes: [UInt8]) {
        (key, self.text(key) + LittleEndian.bytes(UInt32(8)) + self.text(text))
    }

    public static func pair(_ key: String, number: UInt32) -> (key: String, bytes: [UInt8]) {
        (key, text(key) + LittleEndian.bytes(UInt32(4)) + LittleEndian.bytes(number))
    }

    private static func text(_ text: String) -> [UInt8] {
        LittleEndian.bytes(UInt64(text.utf8.count)) + Array(text.utf8)
    }

    /// Everything before the data of a file, version 3.
    ///
    /// - Parameter tensors: with the offsets of their data, from the beginning of the data section.
    public func header(
        _ tensors: [(name: String, type: ElementType, shape: Shape, offset: Int)]
    ) -> [UInt8] {
        var bytes = GGUFFormat.magic + LittleEndian.bytes(UInt32(3)) + LittleEndian.bytes(UInt64(tensors.count))
        bytes += LittleEndian.bytes(UInt64(pairs.count)) + pairs.flatMap { $0.bytes }
        for tensor in tensors {
            bytes += Self.text(tensor.name) + LittleEndian.bytes(UInt32(tensor.shape.rank))
            for extent in tensor.shape.extents.reversed() { bytes += LittleEndian.bytes(UInt64(extent)) }
            bytes += LittleEndian.bytes(GGUFFormat.number(of: tensor.type) ?? 0)
            bytes += LittleEndian.bytes(UInt64(tensor.offset))
        }
        while bytes.count % alignment != 0 { bytes.append(0) }
        return bytes
    }

    /// Whether tensors of a type may be in such a file.
    public static func holds(_ type: ElementType) -> Bool { GGUFFormat.number(of: type) != nil }
}

extension GGUFFormat {
    /// ggml's number of a type; nil for types that it has not.
    static func number(of type: ElementType) -> UInt32? { (0...41).first { elementType($0) == type } }
}
