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

    /// - Parameter inputs: files that must not be written over.
    public static func write(_ entries: [Entry], to path: String, notOver inputs: [String] = []) throws(FileError) {
        let archive = try bytes(entries, path: path)
        try AtomicFile.write(to: path, notOver: inputs) { sink throws(FileError) in try sink.write(archive) }
    }

    /// - Parameter path: for messages.
    static func bytes(_ entries: [Entry], path: String) throws(FileError) -> [UInt8] {
        let target = GrowingFile()
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
        return target.bytes
    }
}

/// Bytes in memory as the file that minizip writes.
private final class GrowingFile {
    var bytes: [UInt8] = []
    private var position = 0

    /// For as long as this object lives.
    var functions: zlib_filefunc64_def {
        var functions = zlib_filefunc64_def()
        functions.opaque = Unmanaged.passUnretained(self).toOpaque()
        functions.zopen64_file = { opaque, _, _ in opaque }
        functions.zread_file = { opaque, _, buffer, count in
            let file = GrowingFile.from(opaque), count = min(Int(count), file.bytes.count - file.position)
            guard count > 0, let buffer else { return 0 }
            file.bytes.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress { buffer.copyMemory(from: base + file.position, byteCount: count) }
            }
            file.position += count
            return UInt(count)
        }
        functions.zwrite_file = { opaque, _, buffer, count in
            let file = GrowingFile.from(opaque), end = file.position + Int(count)
            if end > file.bytes.count { file.bytes += [UInt8](repeating: 0, count: end - file.bytes.count) }
            if let buffer {
                file.bytes.replaceSubrange(
                    file.position..<end, with: UnsafeRawBufferPointer(start: buffer, count: Int(count)))
            }
            file.position = end
            return count
        }
        functions.ztell64_file = { opaque, _ in UInt64(GrowingFile.from(opaque).position) }
        functions.zseek64_file = { opaque, _, offset, origin in
            let file = GrowingFile.from(opaque)
            let start =
                origin == ZLIB_FILEFUNC_SEEK_CUR
                ? file.position : origin == ZLIB_FILEFUNC_SEEK_END ? file.bytes.count : 0
            let (target, overflow) = start.addingReportingOverflow(Int(truncatingIfNeeded: offset))
            guard !overflow, target >= 0, target <= file.bytes.count else { return -1 }
            file.position = target
            return 0
        }
        functions.zclose_file = { _, _ in 0 }
        functions.zerror_file = { _, _ in 0 }
        return functions
    }

    private static func from(_ opaque: UnsafeMutableRawPointer?) -> GrowingFile {
        guard let opaque else { preconditionFailure("minizip hands back what it was given") }
        return Unmanaged<GrowingFile>.fromOpaque(opaque).takeUnretainedValue()
    }
}
