public import Tensors

/// NumPy's `.npy`: a magic number, a version, a header in Python's notation, and the data of one array.
///
/// Source: `numpy.lib.format`, versions 1.0 (two bytes of header length), 2.0 (four) and 3.0 (four, UTF-8).
public enum NpyFormat: FileFormat {
    public static let name = "npy"
    public static let endings = ["npy"]
    static let magic: [UInt8] = [0x93] + "NUMPY".utf8
    /// A header of more bytes is refused; NumPy writes some hundred.
    static let longestHeader = 1 << 20
    static let highestRank = 64

    public static func matches(_ head: UnsafeRawBufferPointer) -> Bool { head.starts(with: magic) }

    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let tensorName = file.lowercased().hasSuffix(".npy") ? String(file.dropLast(4)) : file
        let tensor = try source.withBytes { bytes throws(FileError) in
            let head = UnsafeRawBufferPointer(rebasing: bytes.prefix(longestHead))
            do throws(Misfit) {
                return try self.tensor(named: tensorName, head: head, source: source)
            } catch {
                throw FileError(path: path, error)
            }
        }
        return TensorFile(path: path, format: name, metadata: [], tensors: [tensor])
    }

    /// As many bytes as everything before the data may take.
    static let longestHead = 12 + longestHeader

    /// The array of a file.
    ///
    /// - Parameter head: the first bytes of the file, as many as there are up to `longestHead`.
    static func tensor(
        named tensorName: String, head: UnsafeRawBufferPointer, source: any ByteSource
    ) throws(Misfit) -> TensorView {
        func wrong(_ offset: Int, _ found: String, _ expected: String) -> Misfit {
            Misfit(offset: offset, found: found, expected: expected)
        }
        let start = Array(head.prefix(12))
        guard start.starts(with: magic) else {
            throw wrong(0, start.isEmpty ? "an empty file" : "another beginning", "\\x93NUMPY")
        }
        guard start.count >= 10 else { throw wrong(start.count, "the end of the file", "version and header length") }
        let lengthBytes: Int
        switch (start[6], start[7]) {
        case (1, 0): lengthBytes = 2
        case (2, 0), (3, 0): lengthBytes = 4
        default: throw wrong(6, "version \(start[6]).\(start[7])", "1.0, 2.0 or 3.0")
        }
        let headerStart = 8 + lengthBytes
        guard start.count >= headerStart else { throw wrong(start.count, "the end of the file", "a header length") }
        let length = start[8..<headerStart].reversed().reduce(0) { $0 << 8 | Int($1) }
        let longest = min(longestHeader, source.byteCount - headerStart)
        guard length <= longest else {
            throw wrong(8, "a header of \(length) bytes", "at most \(longest)")
        }
        let dataStart = headerStart + length
        let bytes = Array(head[headerStart..<dataStart])
        let header = try NpyHeader(bytes, base: headerStart)
        guard let needed = header.type.byteCount(of: header.shape.count) else {
            throw wrong(headerStart, "shape \(header.shape)", "fewer than 2^59 elements")
        }
        let present = source.byteCount - dataStart
        guard needed <= present else {
            throw wrong(
                dataStart, "\(present) bytes of data", "\(needed) for \(header.type.rawValue) \(header.shape)")
        }
        guard
            let tensor = TensorView(
                name: tensorName, elementType: header.type, shape: header.shape,
                strides: header.isFortranOrder ? header.shape.columnMajorStrides : nil,
                isByteSwapped: header.isByteSwapped,
                source: source, byteOffset: dataStart)
        else { throw wrong(headerStart, "shape \(header.shape)", "one whose numbers can be counted") }
        return tensor
    }
}
