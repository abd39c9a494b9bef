import Platform

/// Lets other threads wake the one that waits for events.
public struct Waker: Sendable {
    let descriptor: Int32

    public func wake() {
        var byte: UInt8 = 1
        _ = write(descriptor, &byte, 1)  // a full pipe wakes as well
    }
}
