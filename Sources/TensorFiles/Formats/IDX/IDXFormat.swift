public import Tensors

/// The IDX format of the MNIST files: two zero bytes, a type, a rank, big-endian extents, and the data in row-major order.
///
/// Source: the format's description beside the MNIST files.
public enum IDXFormat: FileFormat {
    public static let name = "idx"
    public static let endings = ["idx", "idx1-ubyte", "idx3-ubyte"]

    private static let types: [UInt8: ElementType] = [
        0x08: .uint8, 0x09: .int8, 0x0B: .int16, 0x0C: .int32, 0x0D: .float32, 0x0E: .float64,
    ]
    private static let highestRank = 8

    public static func matches(_ head: UnsafeRawBufferPointer) -> Bool {
        head.count >= 8 && head[0] == 0 && head[1] == 0 && types[head[2]] != nil
            && (1...highestRank).contains(Int(head[3]))
    }

    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        func wrong(_ offset: Int, _ found: String, _ expected: String) -> FileError {
            FileError(path: path, place: .offset(offset), found: found, expected: expected)
        }
        let head = source.withBytes { Array($0.prefix(4 + 4 * highestRank)) }
        guard head.count >= 4, head[0] == 0, head[1] == 0 else { throw wrong(0, "another beginning", "two zero bytes") }
        guard let type = types[head[2]] else {
            throw wrong(2, "type \(head[2])", "one of \(types.keys.sorted().map(String.init).joined(separator: ", "))")
        }
        let rank = Int(head[3])
        guard (1...highestRank).contains(rank) else { throw wrong(3, "rank \(rank)", "1 to \(highestRank)") }
        let start = 4 + 4 * rank
        guard source.byteCount >= start else {
            throw wrong(source.byteCount, "the end of the file", "\(rank) extents of 4 bytes")
        }
        let extents = (0..<rank).map { axis in
            head[4 + 4 * axis..<8 + 4 * axis].reduce(0) { $0 << 8 | Int($1) }
        }
        guard let shape = Shape(extents), let needed = type.byteCount(of: shape.count) else {
            throw wrong(4, "extents \(extents)", "fewer than 2^59 elements")
        }
        let present = source.byteCount - start
        guard needed <= present else {
            throw wrong(start, "\(present) bytes of data", "\(needed) for \(type.rawValue) \(shape)")
        }
        let file = path.split(separator: "/").last.map(String.init) ?? path
        let ending = endings.first { file.lowercased().hasSuffix("." + $0) }
        guard
            let tensor = TensorView(
                name: ending.map { String(file.dropLast($0.count + 1)) } ?? file, elementType: type, shape: shape,
                isByteSwapped: true, source: source, byteOffset: start)
        else { throw wrong(4, "shape \(shape)", "one whose numbers can be counted") }
        return TensorFile(path: path, format: name, metadata: [], tensors: [tensor])
    }
}
