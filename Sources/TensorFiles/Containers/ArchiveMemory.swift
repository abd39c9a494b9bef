import CMinizip

/// Bytes in memory as the file that minizip writes.
class ArchiveMemory {
    private var position = 0

    /// Bytes at present.
    var count: Int { 0 }
    /// Copies bytes from a position on; as many as there are.
    func read(from place: Int, _ count: Int, into buffer: UnsafeMutableRawPointer) {}
    /// Puts bytes at a position, which may be the end; returns how many were taken.
    func write(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Int { 0 }

    /// What minizip calls, for as long as this object lives.
    final var functions: zlib_filefunc64_def {
        var functions = zlib_filefunc64_def()
        functions.opaque = Unmanaged.passUnretained(self).toOpaque()
        functions.zopen64_file = { opaque, _, _ in opaque }
        functions.zread_file = { opaque, _, buffer, count in
            let file = ArchiveMemory.from(opaque)
            let count = min(Int(clamping: count), file.count - file.position)
            guard count > 0, let buffer else { return 0 }
            file.read(from: file.position, count, into: buffer)
            file.position += count
            return UInt(count)
        }
        functions.zwrite_file = { opaque, _, buffer, count in
            let file = ArchiveMemory.from(opaque)
            let written = file.write(
                UnsafeRawBufferPointer(start: buffer, count: Int(clamping: count)), at: file.position)
            file.position += written
            return UInt(written)
        }
        functions.ztell64_file = { opaque, _ in UInt64(ArchiveMemory.from(opaque).position) }
        functions.zseek64_file = { opaque, _, offset, origin in
            let file = ArchiveMemory.from(opaque)
            let start =
                origin == ZLIB_FILEFUNC_SEEK_CUR ? file.position : origin == ZLIB_FILEFUNC_SEEK_END ? file.count : 0
            // The offset is signed for all but the beginning.
            let (target, overflow) = start.addingReportingOverflow(Int(truncatingIfNeeded: offset))
            guard !overflow, target >= 0, target <= file.count else { return -1 }
            file.position = target
            return 0
        }
        functions.zclose_file = { _, _ in 0 }
        functions.zerror_file = { _, _ in 0 }
        return functions
    }

    private static func from(_ opaque: UnsafeMutableRawPointer?) -> ArchiveMemory {
        guard let opaque else { preconditionFailure("minizip hands back what it was given") }
        return Unmanaged<ArchiveMemory>.fromOpaque(opaque).takeUnretainedValue()
    }
}

/// An archive that grows as it is written.
final class GrowingArchive: ArchiveMemory {
    private(set) var bytes: [UInt8] = []

    override var count: Int { bytes.count }

    override func read(from place: Int, _ count: Int, into buffer: UnsafeMutableRawPointer) {
        bytes.withUnsafeBytes { bytes in
            if let base = bytes.baseAddress { buffer.copyMemory(from: base + place, byteCount: count) }
        }
    }

    override func write(_ new: UnsafeRawBufferPointer, at place: Int) -> Int {
        let kept = min(new.count, bytes.count - place)
        bytes.replaceSubrange(place..<place + kept, with: new.prefix(kept))
        bytes += new.dropFirst(kept)
        return new.count
    }
}
