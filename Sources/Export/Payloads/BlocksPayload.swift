import Basics
import Quantization
import TensorFiles
import Tensors

/// A tensor in blocks of a ggml type.
struct BlocksPayload: Payload {
    let tensor: TensorView
    let format: GGMLFormat
    let byteCount: Int

    /// Blocks that a worker makes at once.
    private static let together = 256

    init(_ tensor: TensorView, _ format: GGMLFormat) {
        (self.tensor, self.format) = (tensor, format)
        byteCount = tensor.count / format.blockElements * format.blockBytes
    }

    func write(to window: FileWindow, path: String, context: WorkContext) throws(FileError) {
        let cancel = CancelFlag(), failure = FirstFailure(cancel), format = format, tensor = tensor
        let work = WorkContext(threads: context.threads, cancel: cancel, isInBackground: context.isInBackground)
        let rooms = PerWorker(context.threads) { Scratch() }
        let blocks = tensor.count / format.blockElements, together = Self.together
        try? work.forEach(0..<(blocks + together - 1) / together) { number, worker in
            if context.cancel.isCancelled { cancel.cancel() }
            let own = number * together..<min((number + 1) * together, blocks)
            let bytes = own.count * format.blockBytes
            let room = UnsafeMutableRawPointer(rooms[worker].floats((bytes + 3) / 4))
            format.encode(
                tensor, own.lowerBound * format.blockElements..<own.upperBound * format.blockElements, into: room)
            failure.attempt { () throws(FileError) in
                try window.write(
                    UnsafeRawBufferPointer(start: room, count: bytes), at: own.lowerBound * format.blockBytes)
            }
        }
        try failure.check(path)
        if let fault = tensor.fault {
            throw FileError(path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
        }
    }
}
