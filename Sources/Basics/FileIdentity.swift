public import Platform

/// Which file some bytes are: where it lies, how long it is, and when it was last written to.
public struct FileIdentity: Hashable, Sendable {
    public let device: UInt64
    public let number: UInt64
    public let size: Int
    /// Of the last writing.
    public let seconds: Int
    public let nanoseconds: Int
    private let change: (seconds: Int, nanoseconds: Int)

    public init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(truncatingIfNeeded: status.st_ino)
        size = Int(status.st_size)
        #if canImport(Darwin)
            (seconds, nanoseconds) = (status.st_mtimespec.tv_sec, status.st_mtimespec.tv_nsec)
            change = (status.st_ctimespec.tv_sec, status.st_ctimespec.tv_nsec)
        #else
            (seconds, nanoseconds) = (Int(status.st_mtim.tv_sec), Int(status.st_mtim.tv_nsec))
            change = (Int(status.st_ctim.tv_sec), Int(status.st_ctim.tv_nsec))
        #endif
    }

    /// Of what a path leads to; nil where that cannot be asked.
    public init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    public static func == (a: FileIdentity, b: FileIdentity) -> Bool {
        a.isSameFile(as: b) && (a.size, a.seconds, a.nanoseconds) == (b.size, b.seconds, b.nanoseconds)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(device)
        hasher.combine(number)
        hasher.combine(size)
    }

    /// One file, whatever was written to it.
    public func isSameFile(as other: FileIdentity) -> Bool { device == other.device && number == other.number }

    /// A text that names these bytes and no others: with when the file's node was last changed, which nobody can set back as the time of
    /// writing can be; nil where that is so lately that another change might bear the same time: clocks of file systems tick every few
    /// milliseconds.
    public var settledText: String? {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let age = Double(now.tv_sec - change.seconds) + Double(now.tv_nsec - change.nanoseconds) * 1e-9
        guard age > 0.02 || age < 0 else { return nil }
        return "\(device):\(number):\(size):\(seconds).\(nanoseconds):\(change.seconds).\(change.nanoseconds)"
    }
}
