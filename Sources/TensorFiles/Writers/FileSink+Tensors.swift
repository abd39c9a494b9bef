import Tensors

extension FileSink {
    /// Writes the values of a tensor rounded to a type, a part at a time; damaged bytes of its file are an error.
    mutating func write(_ tensor: TensorView, as type: ElementType) throws(FileError) {
        let part = 1 << 18
        for start in stride(from: 0, to: tensor.count, by: part) {
            let values = tensor.values(start..<min(start + part, tensor.count))
            try write(ElementEncoder.encode(values, as: type))
        }
        if let fault = tensor.fault {
            throw FileError(
                path: path, place: .tensor(tensor.name), found: fault.found, expected: fault.expected)
        }
    }
}
