import Basics
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
        let tensor: TensorView
        do throws(Misfit) {
            let head = try source.withBytes { bytes throws(Misfit) in
                try Head(UnsafeRawBufferPointer(rebasing: bytes.prefix(longestHead)), fileSize: source.byteCount)
            }
            tensor = try self.tensor(named: tensorName, head, source)
            // The only array of a file: nothing is lost where it is refused, but raw items may be known to their user.
            if let problem = tensor.problem, tensor.rawItemSize == nil {
                throw Misfit(offset: 10, found: problem.found, expected: problem.expected)
            }
        } catch {
            throw FileError(path: path, error)
        }
        return TensorFile(path: path, format: name, metadata: [], tensors: [tensor])
    }

    /// As many bytes as everything before the data may take.
    static let longestHead = 12 + longestHeader

    /// Everything before the data.
    struct Head {
        let header: NpyHeader
        let dataStart: Int
        /// Bytes of the whole file that the array takes; less than the file has where more follows.
        let end: Int

        /// - Parameters:
        ///   - head: the first bytes of the file, as many as there are up to `longestHead`.
        ///   - fileSize: in bytes.
        init(_ head: UnsafeRawBufferPointer, fileSize: Int) throws(Misfit) {
            func wrong(_ offset: Int, _ found: String, _ expected: String) -> Misfit {
                Misfit(offset: offset, found: found, expected: expected)
            }
            let start = Array(head.prefix(12))
            guard start.starts(with: magic) else {
                throw wrong(0, start.isEmpty ? "an empty file" : "another beginning", "\\x93NUMPY")
            }
            guard start.count >= 10 else {
                throw wrong(start.count, "the end of the file", "version and header length")
            }
            let lengthBytes: Int
            switch (start[6], start[7]) {
            case (1, 0): lengthBytes = 2
            case (2, 0), (3, 0): lengthBytes = 4
            default: throw wrong(6, "version \(start[6]).\(start[7])", "1.0, 2.0 or 3.0")
            }
            let headerStart = 8 + lengthBytes
            guard start.count >= headerStart else { throw wrong(start.count, "the end of the file", "a header length") }
            let length = start[8..<headerStart].reversed().reduce(0) { $0 << 8 | Int($1) }
            let longest = min(longestHeader, fileSize - headerStart)
            guard length <= longest else {
                throw wrong(8, "a header of \(length) bytes", "at most \(longest)")
            }
            dataStart = headerStart + length
            header = try NpyHeader(Array(head[headerStart..<dataStart]), base: headerStart)
            let present = fileSize - dataStart
            guard let type = header.type else {
                // Raw items have a size; what other unknown types take is not known.
                let (bytes, overflow) = header.shape.count.multipliedReportingOverflow(by: header.rawSize ?? 0)
                end = header.rawSize != nil && !overflow && bytes <= present ? dataStart + bytes : fileSize
                return
            }
            guard let needed = type.byteCount(of: header.shape.count) else {
                throw wrong(headerStart, "shape \(header.shape)", "fewer than 2^59 elements")
            }
            guard needed <= present else {
                throw wrong(dataStart, "\(present) bytes of data", "\(needed) for \(type.rawValue) \(header.shape)")
            }
            end = dataStart + needed
        }
    }

    /// The array of a file. Elements that are no numbers leave it without values.
    ///
    /// - Parameter source: the file, at least up to the end of the array.
    static func tensor(named tensorName: String, _ head: Head, _ source: any ByteSource) throws(Misfit) -> TensorView {
        let header = head.header
        let strides = header.isFortranOrder ? header.shape.columnMajorStrides : nil
        if let problem = header.problem {
            let bytes = head.end - head.dataStart
            let items = header.rawSize.flatMap { size in
                bytes / size >= header.shape.count
                    ? RawItems(
                        source, byteOffset: head.dataStart, byteCount: size, strides: strides,
                        isByteSwapped: header.isByteSwapped && size > 1) : nil
            }
            return TensorView(
                unreadable: tensorName, typeName: Printable.text(header.typeName), shape: header.shape,
                byteCount: bytes,
                problem: problem, items: items)
        }
        guard let type = header.type,
            let tensor = TensorView(
                name: tensorName, elementType: type, shape: header.shape, strides: strides,
                isByteSwapped: header.isByteSwapped, source: source, byteOffset: head.dataStart)
        else {
            throw Misfit(
                offset: 10, found: "shape \(header.shape)", expected: "one whose numbers can be counted")
        }
        return tensor
    }
}
