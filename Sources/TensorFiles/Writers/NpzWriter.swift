import CMinizip
public import Tensors

/// Writes `.npz`: a zip archive of `.npy` files, deflated as by `numpy.savez_compressed`, without times, so that equal arrays make equal files.
public enum NpzWriter {
    public struct Entry: Sendable {
        public let name: String
        public let shape: Shape
        public let values: [Float]

        /// - Precondition: as many values as the shape has.
        public init(name: String, shape: Shape, values: [Float]) {
            precondition(values.count == shape.count, "values and shape disagree")
            (self.name, self.shape, self.values) = (name, shape, values)
        }
    }

    /// Writes arrays as an uncompressed archive.
    ///
    /// - Parameters:
    ///   - entries: the arrays, each under a name of its own.
    ///   - path: of the archive.
    ///   - inputs: files that must not be written over.
    public static func write(_ entries: [Entry], to path: String, notOver inputs: [String] = []) throws(FileError) {
        let archive = try bytes(entries, path: path)
        try AtomicFile.write(to: path, notOver: inputs) { sink throws(FileError) in try sink.write(archive) }
    }

    /// - Parameter path: for messages.
    static func bytes(_ entries: [Entry], path: String) throws(FileError) -> [UInt8] {
        let target = GrowingArchive()
        var functions = target.functions
        func failure() -> FileError {
            FileError(path: path, found: "no room for a zip archive", expected: "memory for all arrays")
        }
        guard let zip = zipOpen2_64(path, APPEND_STATUS_CREATE, nil, &functions) else { throw failure() }
        for entry in entries {
            let bytes = NpyWriter.bytes(entry.values, shape: entry.shape)
            var info = zip_fileinfo()
            // The first day that zip knows.
            info.tmz_date.tm_year = 1980
            info.tmz_date.tm_mday = 1
            let isLarge = bytes.count >= Int(UInt32.max)
            var isWritten =
                zipOpenNewFileInZip64(
                    zip, entry.name + ".npy", &info, nil, 0, nil, 0, nil, Z_DEFLATED, Z_DEFAULT_COMPRESSION,
                    isLarge ? 1 : 0) == ZIP_OK
            for start in stride(from: 0, to: bytes.count, by: 1 << 30) where isWritten {
                let count = min(1 << 30, bytes.count - start)
                isWritten = bytes.withUnsafeBytes {
                    zipWriteInFileInZip(zip, $0.baseAddress.map { $0 + start }, UInt32(count)) == ZIP_OK
                }
            }
            guard isWritten, zipCloseFileInZip(zip) == ZIP_OK else {
                zipClose(zip, nil)
                throw failure()
            }
        }
        guard zipClose(zip, nil) == ZIP_OK else { throw failure() }
        return withExtendedLifetime(target) { target.bytes }
    }
}
