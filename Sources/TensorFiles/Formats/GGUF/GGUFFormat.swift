public import Tensors

/// GGUF, the file of llama.cpp: metadata, then tensors in ggml's types.
///
/// Little-endian versions 2 and 3. Extents are listed innermost first in the file and outermost first here. Source: the GGUF
/// specification of the ggml project.
public enum GGUFFormat: FileFormat {
    public static let name = "GGUF"
    public static let endings = ["gguf"]
    static let magic: [UInt8] = Array("GGUF".utf8)

    public static func matches(_ head: UnsafeRawBufferPointer) -> Bool { head.starts(with: magic) }

    public static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        let header: GGUFHeader
        do throws(Misfit) {
            header = try source.withBytes { bytes throws(Misfit) in try GGUFHeader(bytes) }
        } catch {
            throw FileError(path: path, error)
        }
        var tensors: [TensorView] = []
        tensors.reserveCapacity(header.tensors.count)
        for entry in header.tensors {
            let (start, overflow) = header.dataStart.addingReportingOverflow(entry.offset)
            // The same test as the view's, made here for its own message.
            guard !overflow, start <= source.byteCount, entry.byteCount <= source.byteCount - start else {
                throw FileError(
                    path: path, place: .tensor(entry.name),
                    found: "\(entry.byteCount) bytes of data from byte \(entry.offset) of the data section",
                    expected:
                        "data within its \(max(0, source.byteCount - header.dataStart)) bytes (the file is cut short)")
            }
            guard let type = entry.type else {
                let problem = entry.problem ?? SourceFault(found: "an unknown type", expected: "one of ggml's")
                tensors.append(
                    TensorView(
                        unreadable: entry.name, typeName: "type \(entry.typeNumber)", shape: entry.shape, byteCount: 0,
                        problem: problem))
                continue
            }
            guard
                let tensor = TensorView(
                    name: entry.name, elementType: type, shape: entry.shape,
                    isByteSwapped: UInt16(1).littleEndian != 1, source: source, byteOffset: start)
            else {
                throw FileError(
                    path: path, place: .tensor(entry.name), found: "shape \(entry.shape)",
                    expected: "one whose numbers can be counted")
            }
            tensors.append(tensor)
        }
        return TensorFile(path: path, format: "\(name) v\(header.version)", metadata: header.metadata, tensors: tensors)
    }

    /// ggml's types by their numbers; 4, 5, 31 … 33 and 36 … 38 were withdrawn.
    static func elementType(_ number: UInt32) -> ElementType? {
        switch number {
        case 0: .float32
        case 1: .float16
        case 2: .q4_0
        case 3: .q4_1
        case 6: .q5_0
        case 7: .q5_1
        case 8: .q8_0
        case 9: .q8_1
        case 10: .q2_k
        case 11: .q3_k
        case 12: .q4_k
        case 13: .q5_k
        case 14: .q6_k
        case 15: .q8_k
        case 16: .iq2_xxs
        case 17: .iq2_xs
        case 18: .iq3_xxs
        case 19: .iq1_s
        case 20: .iq4_nl
        case 21: .iq3_s
        case 22: .iq2_s
        case 23: .iq4_xs
        case 24: .int8
        case 25: .int16
        case 26: .int32
        case 27: .int64
        case 28: .float64
        case 29: .iq1_m
        case 30: .bfloat16
        case 34: .tq1_0
        case 35: .tq2_0
        case 39: .mxfp4
        case 40: .nvfp4
        case 41: .q1_0
        default: nil
        }
    }
}
