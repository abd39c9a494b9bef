import Basics
import Tensors

/// Everything before a GGUF file's data, checked but for whether the data lie within the file.
struct GGUFHeader {
    struct Entry {
        let name: String
        /// nil where the number of the type is not known, which `problem` says.
        let type: ElementType?
        let typeNumber: UInt32
        let problem: SourceFault?
        let shape: Shape
        /// From the beginning of the data section.
        let offset: Int
        /// 0 where the type is not known.
        let byteCount: Int
    }

    let version: UInt32
    private(set) var metadata: [(key: String, value: String)] = []
    private(set) var tensors: [Entry] = []
    /// Where the pairs of the metadata are in the file, in its order.
    private(set) var pairPlaces: [Range<Int>] = []
    let alignment: Int
    let dataStart: Int

    /// ggml's own limit.
    private static let highestRank = 4
    /// Of tensors, and of metadata pairs; the largest models have some thousand.
    private static let mostEntries = 1_000_000
    /// The specification's limit for keys; ggml's own for names is 64 bytes.
    private static let longestName = 65_535
    /// Bytes of all texts of the metadata that are stored; elements of long arrays are not.
    private static let mostText = 64 << 20

    init(_ bytes: UnsafeRawBufferPointer) throws(Misfit) {
        var reader = ByteReader(bytes)
        try reader.skip(4, "the first word")
        version = try reader.number(UInt32.self, "the version")
        guard version == 2 || version == 3 else {
            let swapped = version.byteSwapped
            throw .init(
                offset: 4, found: swapped <= 3 ? "a big-endian file" : "version \(version)",
                expected: "a little-endian file of version 2 or 3")
        }
        // A tensor takes at least an empty name, a rank, a type and an offset; a pair an empty key, a type and a byte.
        let tensorCount = try reader.count(of: "tensors", atLeast: 24, most: Self.mostEntries)
        let pairCount = try reader.count(of: "metadata pairs", atLeast: 13, most: Self.mostEntries)
        var alignment = 32, kept = 0
        for _ in 0..<pairCount {
            let start = reader.offset
            let key = try reader.text(reader.count(of: "bytes of a key", atLeast: 1, most: Self.longestName), "a key")
            let place = reader.offset
            let value = try GGUFValue(&reader)
            if key == "general.alignment" {
                guard let number = Int(value.text), number > 0, number <= 1 << 20, number & (number - 1) == 0 else {
                    throw .init(
                        offset: place, found: "alignment \(Printable.quoted(value.text))",
                        expected: "a power of two up to 2^20")
                }
                alignment = number
            }
            kept += key.utf8.count + value.text.utf8.count
            guard kept <= Self.mostText else {
                throw .init(offset: place, found: "over \(Self.mostText) bytes of metadata", expected: "fewer")
            }
            metadata.append((key, value.text))
            pairPlaces.append(start..<reader.offset)
        }
        var names = Set<ExactName>()
        for _ in 0..<tensorCount {
            let place = reader.offset
            let entry = try Self.entry(&reader, alignment)
            guard names.insert(ExactName(entry.name)).inserted else {
                throw .init(
                    offset: place, found: "a second tensor \(Printable.quoted(entry.name))", expected: "each name once")
            }
            tensors.append(entry)
        }
        self.alignment = alignment
        dataStart = (reader.offset + alignment - 1) / alignment * alignment
    }

    private static func entry(_ reader: inout ByteReader, _ alignment: Int) throws(Misfit) -> Entry {
        let name = try reader.text(
            reader.count(of: "bytes of a tensor's name", atLeast: 1, most: longestName), "a tensor's name")
        let place = reader.offset
        func wrong(_ found: String, _ expected: String) -> Misfit {
            .init(offset: place, found: "tensor \(Printable.quoted(name)) with \(found)", expected: expected)
        }
        let rank = try reader.number(UInt32.self, "a tensor's rank")
        guard rank <= highestRank else { throw wrong("\(rank) axes", "at most \(highestRank)") }
        var extents: [Int] = []
        for _ in 0..<rank {
            let extent = try reader.number(UInt64.self, "a tensor's extent")
            guard let extent = Int(exactly: extent) else { throw wrong("extent \(extent)", "one below 2^63") }
            extents.insert(extent, at: 0)
        }
        guard let shape = Shape(extents) else { throw wrong("more than 2^63 elements", "fewer") }
        let number = try reader.number(UInt32.self, "a tensor's type")
        let type = GGUFFormat.elementType(number)
        if let block = type?.block, shape.count > 0, (extents.last ?? 1) % block.elements != 0 {
            throw wrong("rows of \(extents.last ?? 1)", "a multiple of \(block.elements) for \(type?.rawValue ?? "it")")
        }
        guard let bytes = type.map({ $0.byteCount(of: shape.count) }) ?? 0 else {
            throw wrong("shape \(shape)", "fewer elements")
        }
        let offset = try reader.number(UInt64.self, "a tensor's offset")
        guard let offset = Int(exactly: offset), offset % alignment == 0 else {
            throw wrong("its data at byte \(offset)", "a multiple of \(alignment)")
        }
        return Entry(
            name: name, type: type, typeNumber: number, problem: type == nil ? unknownType(number) : nil, shape: shape,
            offset: offset, byteCount: bytes)
    }

    /// Other programs add types of their own: one tensor of such a type does not keep the others from being read.
    private static func unknownType(_ number: UInt32) -> SourceFault {
        let isWithdrawn = [4, 5, 31, 32, 33, 36, 37, 38].contains(number)
        return SourceFault(
            found: "ggml type \(number)\(isWithdrawn ? ", which ggml withdrew" : "")",
            expected: isWithdrawn ? "a type of today (requantize the model)" : "one of ggml's types up to 41")
    }
}

/// A value of the metadata, worded; of arrays the first few elements.
struct GGUFValue {
    let text: String

    /// Arrays may hold arrays so deep; no file known has more than one level.
    private static let deepest = 4
    /// Bytes of a text.
    private static let longestText = 16 << 20
    /// Of an element of an array so much is shown.
    private static let longestPart = 200
    /// Elements that an array's text shows.
    private static let shown = 8

    init(_ reader: inout ByteReader) throws(Misfit) {
        let type = try reader.number(UInt32.self, "a metadata type")
        text = try Self.text(of: type, &reader, depth: 0)
    }

    /// Bytes that a value takes at least.
    private static func leastSize(of type: UInt32) -> Int? {
        switch type {
        case 0, 1, 7: 1
        case 2, 3: 2
        case 4, 5, 6: 4
        case 8, 10, 11, 12: 8
        case 9: 12
        default: nil
        }
    }

    private static func text(
        of type: UInt32, _ reader: inout ByteReader, depth: Int
    ) throws(Misfit) -> String {
        let what = "a metadata value"
        switch type {
        case 0: return String(try reader.number(UInt8.self, what))
        case 1: return String(try reader.number(Int8.self, what))
        case 2: return String(try reader.number(UInt16.self, what))
        case 3: return String(try reader.number(Int16.self, what))
        case 4: return String(try reader.number(UInt32.self, what))
        case 5: return String(try reader.number(Int32.self, what))
        case 6: return "\(Float(bitPattern: try reader.number(UInt32.self, what)))"
        case 7: return try reader.number(UInt8.self, what) == 0 ? "false" : "true"
        case 8: return try reader.text(reader.count(of: "bytes of a text", atLeast: 1, most: longestText), what)
        case 9: return try array(&reader, depth: depth)
        case 10: return String(try reader.number(UInt64.self, what))
        case 11: return String(try reader.number(Int64.self, what))
        case 12: return "\(Double(bitPattern: try reader.number(UInt64.self, what)))"
        default:
            throw .init(offset: reader.offset - 4, found: "metadata type \(type)", expected: "0 … 12")
        }
    }

    private static func array(_ reader: inout ByteReader, depth: Int) throws(Misfit) -> String {
        let place = reader.offset
        guard depth < deepest else {
            throw .init(offset: place, found: "arrays within arrays deeper than \(deepest)", expected: "fewer levels")
        }
        let type = try reader.number(UInt32.self, "an array's type")
        guard let size = leastSize(of: type) else {
            throw .init(offset: place, found: "metadata type \(type)", expected: "0 … 12")
        }
        let count = try reader.count(of: "elements of an array", atLeast: size)
        var parts: [String] = []
        for _ in 0..<min(count, shown) {
            let part = try text(of: type, &reader, depth: depth + 1)
            parts.append(part.utf8.count <= longestPart ? part : part.prefix(longestPart) + "…")
        }
        let rest = count - parts.count
        if type == 8 || type == 9 {
            for _ in 0..<rest { try skip(type, &reader, depth: depth + 1) }
        } else {
            try reader.skip(rest * size, "an array")
        }
        return "[" + parts.joined(separator: ", ") + (rest > 0 ? ", … \(count) in all]" : "]")
    }

    /// Passes over a text or an array.
    private static func skip(_ type: UInt32, _ reader: inout ByteReader, depth: Int) throws(Misfit) {
        if type == 9 {
            _ = try array(&reader, depth: depth)
        } else {
            try reader.skip(reader.count(of: "bytes of a text", atLeast: 1), "a text")
        }
    }
}
