import Basics
public import Tensors

/// The safetensors format: eight bytes of header length, a JSON header, and the data of the tensors without gaps.
///
/// Source: the format description of the safetensors project, version 0.6. A header of more than 100,000,000 bytes is
/// refused, as there.
public enum SafetensorsFormat: FileFormat {
    public static let name = "safetensors"
    public static let endings = ["safetensors"]
    static let longestHeader = 100_000_000
    static let highestRank = 64

    public static func matches(_ head: UnsafeRawBufferPointer) -> Bool {
        guard head.count > 8, head[8] == UInt8(ascii: "{") else { return false }
        return UInt64(littleEndian: head.loadUnaligned(as: UInt64.self)) <= UInt64(longestHeader)
    }

    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        let size = source.byteCount
        guard size >= 8 else {
            throw FileError(
                path: path, place: .offset(0), found: "\(size) bytes", expected: "a header length of 8 bytes")
        }
        let announced = source.withBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
        let longest = min(longestHeader, size - 8)
        guard announced <= UInt64(longest) else {
            throw FileError(
                path: path, place: .offset(0), found: "a header of \(announced) bytes",
                expected: longest == longestHeader
                    ? "at most \(longestHeader)" : "at most the \(longest) that follow in the file")
        }
        let headerEnd = 8 + Int(announced)
        let header = source.withBytes { Array($0[8..<headerEnd]) }
        let contents: Header
        do throws(Misfit) {
            contents = try Header(header)
        } catch {
            throw FileError(path: path, error)
        }
        try checkLayout(contents.entries, dataBytes: size - headerEnd, path: path)
        var tensors: [TensorView] = []
        tensors.reserveCapacity(contents.entries.count)
        for entry in contents.entries {
            guard let tensor = view(of: entry, source: source, dataOffset: headerEnd) else {
                throw FileError(
                    path: path, place: .tensor(entry.name), found: "shape \(entry.shape)",
                    expected: "one whose numbers can be counted")
            }
            tensors.append(tensor)
        }
        return TensorFile(path: path, format: name, metadata: contents.metadata, tensors: tensors)
    }

    /// Checks that the data of the tensors follow each other from the first byte to the last.
    private static func checkLayout(_ entries: [Header.Entry], dataBytes: Int, path: String) throws(FileError) {
        var next = 0
        for entry in entries.sorted(by: { ($0.begin, $0.end) < ($1.begin, $1.end) }) {
            guard entry.end <= dataBytes else {
                throw FileError(
                    path: path, place: .tensor(entry.name), found: "data to byte \(entry.end) of the data section",
                    expected: "at most its \(dataBytes) bytes (the file is cut short or the header is wrong)")
            }
            guard entry.begin == next else {
                let what = entry.begin < next ? "data that overlap another tensor's" : "a gap before its data"
                throw FileError(
                    path: path, place: .tensor(entry.name), found: "\(what), from byte \(entry.begin)",
                    expected: "data from byte \(next)")
            }
            next = entry.end
        }
        guard next == dataBytes else {
            throw FileError(
                path: path, found: "\(dataBytes) bytes of data", expected: "the \(next) that the tensors take")
        }
    }

    /// On a big-endian machine the stored little-endian words are swapped.
    private static func view(of entry: Header.Entry, source: any ByteSource, dataOffset: Int) -> TensorView? {
        guard let type = entry.type else {
            return TensorView(
                unreadable: entry.name, typeName: entry.typeName, shape: entry.shape,
                byteCount: entry.end - entry.begin,
                problem: SourceFault(
                    found: "dtype \(Printable.quoted(entry.typeName))",
                    expected: "a dtype of the format, such as F32, BF16 or F8_E4M3"))
        }
        return TensorView(
            name: entry.name, elementType: type, shape: entry.shape,
            isByteSwapped: UInt16(1).littleEndian != 1, source: source, byteOffset: dataOffset + entry.begin)
    }
}

extension SafetensorsFormat {
    /// The parsed header: each entry's numbers agree with each other, not yet with the file.
    struct Header {
        struct Entry {
            let name: String
            /// As the header has it.
            let typeName: String
            /// nil where it is not known.
            let type: ElementType?
            let shape: Shape
            let begin: Int
            let end: Int
        }

        private(set) var entries: [Entry] = []
        private(set) var metadata: [(key: String, value: String)] = []

        init(_ bytes: [UInt8]) throws(Misfit) {
            var scanner = JSONScanner(bytes, base: 8)
            var entries: [Entry] = [], metadata: [(key: String, value: String)] = []
            try scanner.object { name, offset, scanner throws(Misfit) in
                if name == "__metadata__" {
                    try scanner.object { key, _, scanner throws(Misfit) in
                        metadata.append((key, try scanner.string()))
                    }
                } else {
                    entries.append(try Self.entry(name, at: offset, &scanner))
                }
            }
            try scanner.end()
            self.entries = entries
            self.metadata = metadata
        }

        private static func entry(
            _ name: String, at offset: Int, _ scanner: inout JSONScanner
        ) throws(Misfit) -> Entry {
            var typeName: String?, shape: Shape?, range: [Int]?
            try scanner.object { key, keyOffset, scanner throws(Misfit) in
                switch key {
                case "dtype":
                    typeName = try scanner.string()
                case "shape":
                    let extents = try scanner.counts(atMost: highestRank)
                    guard let possible = Shape(extents) else {
                        throw .init(
                            offset: keyOffset, found: "a shape of more than 2^63 elements", expected: "a smaller one")
                    }
                    shape = possible
                case "data_offsets": range = try scanner.counts(atMost: 2)
                default:
                    throw .init(
                        offset: keyOffset, found: "the key \(Printable.quoted(key))",
                        expected: "dtype, shape or data_offsets")
                }
            }
            guard let typeName, let shape, let range, range.count == 2 else {
                throw .init(
                    offset: offset, found: "tensor \(Printable.quoted(name)) without dtype, shape or two data_offsets",
                    expected: "all three")
            }
            guard range[0] <= range[1] else {
                throw .init(
                    offset: offset, found: "tensor \(Printable.quoted(name)) with data from \(range[0]) to \(range[1])",
                    expected: "a beginning before the end")
            }
            let type = ElementType(rawValue: typeName).flatMap { type in
                [.float80, .complex128].contains(type) || type.block != nil ? nil : type
            }
            guard let type else {
                return Entry(
                    name: name, typeName: typeName, type: nil, shape: shape, begin: range[0], end: range[1])
            }
            guard let bytes = type.byteCount(of: shape.count) else {
                throw .init(
                    offset: offset,
                    found: "tensor \(Printable.quoted(name)) with \(shape.count) elements of \(type.bitWidth) bits",
                    expected: "a whole number of bytes below 2^60")
            }
            guard bytes == range[1] - range[0] else {
                throw .init(
                    offset: offset, found: "tensor \(Printable.quoted(name)) with \(range[1] - range[0]) bytes of data",
                    expected: "\(bytes) for \(type.rawValue) \(shape)")
            }
            return Entry(
                name: name, typeName: typeName, type: type, shape: shape, begin: range[0], end: range[1])
        }
    }
}

extension JSONScanner {
    /// An array of at most `limit` counts.
    fileprivate mutating func counts(atMost limit: Int) throws(Failure) -> [Int] {
        var counts: [Int] = []
        let start = offset
        try array { scanner throws(Failure) in
            guard counts.count < limit else {
                throw Failure(offset: start, found: "more than \(limit) numbers", expected: "at most \(limit)")
            }
            counts.append(try scanner.count())
        }
        return counts
    }
}
