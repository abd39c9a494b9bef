public import Tensors

/// Writes `.safetensors`.
public enum SafetensorsWriter {
    /// One tensor to write: its data as stored.
    public struct Entry: Sendable {
        public let name: String
        public let type: ElementType
        public let shape: Shape
        public let data: [UInt8]

        public init(name: String, type: ElementType, shape: Shape, data: [UInt8]) {
            precondition(type.byteCount(of: shape.count) == data.count, "data and shape disagree")
            self.name = name
            self.type = type
            self.shape = shape
            self.data = data
        }

        /// Values rounded to `type`, which must be one that `ElementEncoder` knows.
        public init(name: String, type: ElementType = .float32, extents: [Int], values: [Float]) {
            guard let shape = Shape(extents) else { preconditionFailure("extents of a sample are small") }
            self.init(name: name, type: type, shape: shape, data: ElementEncoder.encode(values, as: type))
        }
    }

    /// The file; the header is padded with blanks to a multiple of eight, as the format's own library does.
    public static func bytes(_ entries: [Entry], metadata: [(key: String, value: String)] = []) -> [UInt8] {
        header(entries.map { ($0.name, $0.type, $0.shape, $0.data.count) }, metadata) + entries.flatMap { $0.data }
    }

    /// Writes tensors of any size rounded to a type each, a part at a time.
    ///
    /// - Parameters:
    ///   - tensors: with types that `ElementEncoder` knows.
    ///   - metadata: texts of the header.
    ///   - path: of the file.
    ///   - inputs: files that must not be written over.
    public static func write(
        _ tensors: [(tensor: TensorView, type: ElementType)], metadata: [(key: String, value: String)] = [],
        to path: String, notOver inputs: [String]
    ) throws(FileError) {
        var members: [(String, ElementType, Shape, Int)] = []
        for (tensor, type) in tensors {
            guard let size = type.byteCount(of: tensor.count) else {
                throw FileError(
                    path: path, place: .tensor(tensor.name), found: "shape \(tensor.shape)",
                    expected: "one whose bytes can be counted")
            }
            members.append((tensor.name, type, tensor.shape, size))
        }
        try AtomicFile.write(to: path, notOver: inputs) { sink throws(FileError) in
            try sink.write(header(members, metadata))
            for (tensor, type) in tensors { try sink.write(tensor, as: type) }
        }
    }

    public static func header(
        _ entries: [(name: String, type: ElementType, shape: Shape, size: Int)],
        _ metadata: [(key: String, value: String)]
    ) -> [UInt8] {
        var members: [String] = [], offset = 0
        if !metadata.isEmpty {
            let pairs = metadata.map { "\(quoted($0.key)):\(quoted($0.value))" }.joined(separator: ",")
            members.append("\"__metadata__\":{\(pairs)}")
        }
        for entry in entries {
            let extents = entry.shape.extents.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(entry.name)):{\"dtype\":\"\(entry.type.rawValue)\",\"shape\":[\(extents)],"
                    + "\"data_offsets\":[\(offset),\(offset + entry.size)]}")
            offset += entry.size
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        return LittleEndian.bytes(UInt64(header.count)) + header
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"", "\\": "\\\(scalar)"
            case _ where scalar.value < 0x20:
                "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
