import Basics
import TensorFiles
import Tensors

/// A tensor as it is stored: the same type, row-major and little-endian.
struct StoredPayload: Payload {
    let tensor: TensorView
    let byteCount: Int

    private static let part = 1 << 20

    /// - Precondition: the tensor can be copied.
    init(_ tensor: TensorView) {
        self.tensor = tensor
        byteCount = tensor.byteCount
    }

    func write(to window: FileWindow, path: String, context: WorkContext) throws(FileError) {
        let unit = tensor.elementType.block?.elements ?? 8
        let part = max(unit, Self.part / unit * unit), count = tensor.storedShape.count
        let type = tensor.elementType
        let most = type.byteCount(of: part) ?? part * 16
        try withUnsafeTemporaryAllocation(byteCount: most, alignment: 16) { room throws(FileError) in
            guard let base = room.baseAddress else { return }
            for start in stride(from: 0, to: count, by: part) {
                let elements = start..<min(start + part, count)
                let bytes = type.byteCount(of: elements.count) ?? 0, offset = type.byteCount(of: start) ?? 0
                let isCopied = tensor.copyElements(elements, into: base)
                if let fault = tensor.fault {
                    throw FileError(
                        path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
                }
                guard isCopied else {
                    throw FileError(
                        path: path, place: .tensor(tensor.name), found: "no room for its bytes in memory",
                        expected: "\(tensor.byteCount) bytes")
                }
                try window.write(UnsafeRawBufferPointer(start: base, count: bytes), at: offset)
                if context.cancel.isCancelled {
                    throw FileError(path: path, found: "an interruption", expected: "the whole file")
                }
            }
        }
    }
}
