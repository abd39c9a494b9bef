public import Tensors

/// Writes `.npy`, version 1.0, row-major, little-endian.
public enum NpyWriter {
    /// The file for Float32 values, whose number must be the shape's.
    public static func bytes(_ values: [Float], shape: Shape) -> [UInt8] {
        precondition(values.count == shape.count, "values and shape disagree")
        return bytes(descr: "<f4", shape: shape, data: values.flatMap { LittleEndian.bytes($0.bitPattern) })
    }

    /// Writes a tensor of any size as Float32, a part at a time.
    ///
    /// - Parameters:
    ///   - tensor: read a part at a time.
    ///   - path: of the file.
    ///   - inputs: files that must not be written over.
    public static func write(_ tensor: TensorView, to path: String, notOver inputs: [String]) throws(FileError) {
        try AtomicFile.write(to: path, notOver: inputs) { sink throws(FileError) in
            try sink.write(header(descr: "<f4", shape: tensor.shape))
            try sink.write(tensor, as: .float32)
        }
    }

    /// The file for data in the given NumPy type.
    static func bytes(descr: String, shape: Shape, data: [UInt8]) -> [UInt8] {
        header(descr: descr, shape: shape) + data
    }

    /// The header of an array whose data begin at a multiple of 64.
    public static func header(descr: String, shape: Shape) -> [UInt8] {
        let extents = shape.extents.map(String.init).joined(separator: ", ") + (shape.rank == 1 ? "," : "")
        var header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (\(extents)), }"
        // The data begins at a multiple of 64.
        let padding = 63 - (10 + header.utf8.count) % 64
        header += String(repeating: " ", count: padding) + "\n"
        return NpyFormat.magic + [1, 0] + LittleEndian.bytes(UInt16(header.utf8.count)) + Array(header.utf8)
    }
}
