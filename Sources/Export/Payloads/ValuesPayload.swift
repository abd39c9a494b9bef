import Basics
import Quantization
import TensorFiles
import Tensors

/// The values of a tensor, quantized and reconstructed where a recipe says so, rounded to nearest even in a type.
struct ValuesPayload: Payload {
    let tensor: TensorView
    let recipe: Recipe?
    let type: ElementType
    let byteCount: Int

    private static let part = 1 << 18

    /// - Precondition: the type is one that `ValueEncoder` writes; the recipe fits the tensor.
    init(_ tensor: TensorView, recipe: Recipe?, as type: ElementType) {
        (self.tensor, self.recipe, self.type) = (tensor, recipe, type)
        byteCount = tensor.count * (type.bitWidth / 8)
    }

    func write(to window: FileWindow, path: String, context: WorkContext) throws(FileError) {
        let cancel = CancelFlag(), failure = FirstFailure(cancel), size = type.bitWidth / 8
        let work = WorkContext(threads: context.threads, cancel: cancel, isInBackground: context.isInBackground)
        let rooms = PerWorker(context.threads) { Scratch() }, type = type
        @Sendable func put(_ elements: Range<Int>, _ values: UnsafePointer<Float>, _ worker: Int) {
            if context.cancel.isCancelled { cancel.cancel() }
            failure.attempt { () throws(FileError) in
                let bytes = elements.count * size
                let room = UnsafeMutableRawPointer(rooms[worker].floats((bytes + 3) / 4))
                ValueEncoder.encode(values, elements.count, as: type, into: room)
                try window.write(UnsafeRawBufferPointer(start: room, count: bytes), at: elements.lowerBound * size)
            }
        }
        if let recipe {
            guard let evaluator = try? Evaluator(tensor, recipe: recipe) else {
                throw FileError(
                    path: path, place: .tensor(tensor.name), found: "a shape that \(recipe) does not fit",
                    expected: "another recipe")
            }
            try? evaluator.reconstruct(work) { elements, _, reconstruction, worker in
                put(elements, reconstruction, worker)
            }
        } else {
            let count = tensor.count, tensor = tensor
            let values = PerWorker(context.threads) { Scratch() }
            try? work.forEach(0..<(count + Self.part - 1) / Self.part) { number, worker in
                let elements = number * Self.part..<min((number + 1) * Self.part, count)
                tensor.withValues(elements, scratch: values[worker].floats(elements.count)) {
                    put(elements, $0, worker)
                }
            }
        }
        try failure.check(path)
        if let fault = tensor.fault {
            throw FileError(path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
        }
    }
}
