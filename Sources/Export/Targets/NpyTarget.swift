import Basics
import TensorFiles
import Tensors

/// One array for NumPy.
enum NpyTarget: ExportTarget {
    static let name = "npy"
    static let summary = "one tensor's values for NumPy"

    static func files(_ job: ExportJob, output: String) throws -> Export {
        guard job.items.count == 1, let item = job.items.first else {
            throw ExportError(
                "--output \(Printable.text(output))", found: "\(job.items.count) tensors",
                expected: "one: name it, or write to .npz or .safetensors")
        }
        var file = ExportFile(name: "")
        let (type, shape, payload) = item.plain { NumPyType.name(of: $0) != nil }
        file.add(NpyWriter.header(descr: NumPyType.name(of: type) ?? "<f4", shape: shape))
        file.add(payload)
        return Export(files: [file], notices: job.notices + [item.notice(type)].compactMap { $0 })
    }
}

/// NumPy's names of types.
enum NumPyType {
    static func name(of type: ElementType) -> String? {
        switch type {
        case .bool: "|b1"
        case .uint8: "|u1"
        case .int8: "|i1"
        case .uint16: "<u2"
        case .int16: "<i2"
        case .uint32: "<u4"
        case .int32: "<i4"
        case .uint64: "<u8"
        case .int64: "<i8"
        case .float16: "<f2"
        case .float32: "<f4"
        case .float64: "<f8"
        case .complex64: "<c8"
        case .complex128: "<c16"
        default: nil
        }
    }
}
