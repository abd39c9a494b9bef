import CMinizip

/// What archives need of zlib.
enum Zlib {
    /// What one call takes at most.
    private static let piece = 1 << 30

    /// The check sum of zip archives (CRC-32) of bytes that come one after the other.
    struct Checksum {
        private var sum = crc32(0, nil, 0)

        mutating func add(_ bytes: UnsafeRawBufferPointer) {
            var offset = 0
            while offset < bytes.count {
                let count = min(piece, bytes.count - offset)
                sum = crc32(
                    sum, bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: UInt8.self), UInt32(count))
                offset += count
            }
        }

        var value: UInt32 { UInt32(truncatingIfNeeded: sum) }
    }

    /// The same of some bytes at once.
    static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        var sum = Checksum()
        sum.add(bytes)
        return sum.value
    }

    enum Outcome: Equatable {
        /// As many bytes as were wanted, and, where that is all, their check sum.
        case done(checksum: UInt32)
        case damaged
        /// The sink took no more.
        case refused
    }

    /// Inflates raw deflated bytes and hands them on piece by piece, up to `limit` of them.
    static func inflate(
        _ bytes: UnsafeRawBufferPointer, limit: Int, into sink: (UnsafeRawBufferPointer) -> Bool
    ) -> Outcome {
        var stream = z_stream()
        guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return .damaged
        }
        defer { inflateEnd(&stream) }
        var read = 0, written = 0, sum = crc32(0, nil, 0)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 1 << 16) { room in
            while written < limit {
                if stream.avail_in == 0, read < bytes.count {
                    let count = min(piece, bytes.count - read)
                    // zlib does not write to its input.
                    stream.next_in = UnsafeMutablePointer(
                        mutating: bytes.baseAddress?.advanced(by: read).assumingMemoryBound(to: UInt8.self))
                    stream.avail_in = UInt32(count)
                    read += count
                }
                stream.next_out = room.baseAddress
                stream.avail_out = UInt32(min(room.count, limit - written))
                let wanted = Int(stream.avail_out), status = rawInflate(&stream, Z_NO_FLUSH)
                let count = wanted - Int(stream.avail_out)
                guard status == Z_OK || status == Z_STREAM_END, count > 0 || status == Z_OK else { return .damaged }
                if count > 0 {
                    sum = crc32(sum, room.baseAddress, UInt32(count))
                    written += count
                    guard sink(UnsafeRawBufferPointer(start: room.baseAddress, count: count)) else { return .refused }
                } else if stream.avail_in == 0, read == bytes.count {
                    return .damaged
                }
                if status == Z_STREAM_END, written < limit { return .damaged }
            }
            return .done(checksum: UInt32(truncatingIfNeeded: sum))
        }
    }
}

// Inside the type the name would be its own.
private func rawInflate(_ stream: inout z_stream, _ flush: Int32) -> Int32 { inflate(&stream, flush) }
