import Basics
import CSystem
import Platform
import Synchronization
import Tensors

/// Bytes that are made when they are first lent, into an unnamed temporary file, so that the system may take their memory back.
///
/// Where making them fails, zeros are lent, or no bytes where there is no address space for them, and `fault` says why.
final class InflatedSource: ByteSource {
    private enum State {
        case waiting
        case ready(base: UnsafeRawPointer?, fault: SourceFault?, guardPlace: Int32)
    }

    /// Hands pieces to a sink, which returns false where there is no room; returns what went wrong.
    typealias Producer = @Sendable ((UnsafeRawBufferPointer) -> Bool) -> SourceFault?

    let byteCount: Int
    let identity: String?
    private let produce: Producer
    private let state = Mutex<Box>(Box(state: .waiting))

    private struct Box: @unchecked Sendable { var state: State }

    init(byteCount: Int, identity: String? = nil, _ produce: @escaping Producer) {
        self.byteCount = byteCount
        self.identity = identity
        self.produce = produce
    }

    deinit {
        state.withLock { box in
            if case .ready(let base?, _, let place) = box.state {
                qlens_unguard_mapping(place)
                munmap(UnsafeMutableRawPointer(mutating: base), byteCount)
            }
        }
    }

    var fault: SourceFault? {
        state.withLock { box in
            guard case .ready(_, let fault, let place) = box.state else { return nil }
            return fault ?? (qlens_mapping_lost_pages(place) ? noRoom : nil)
        }
    }

    func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let base = state.withLock { box -> SendablePointer in
            if case .waiting = box.state { box.state = make() }
            if case .ready(let base, _, _) = box.state { return SendablePointer(base: base) }
            return SendablePointer(base: nil)
        }
        return try body(UnsafeRawBufferPointer(start: base.base, count: base.base == nil ? 0 : byteCount))
    }

    private struct SendablePointer: @unchecked Sendable { let base: UnsafeRawPointer? }

    private var noRoom: SourceFault { TemporaryFolder.noRoom(byteCount) }

    private var withoutAddressSpace: State {
        let fault = SourceFault(
            found: "no address space for \(byteCount) inflated bytes", expected: "as much (see ulimit -v)")
        return .ready(base: nil, fault: fault, guardPlace: -1)
    }

    private func make() -> State {
        guard byteCount > 0 else { return .ready(base: nil, fault: nil, guardPlace: -1) }
        // Asked first: inflating what cannot be mapped would be in vain.
        guard qlens_has_address_space(byteCount) else { return withoutAddressSpace }
        let descriptor = qlens_unnamed_file()
        defer { if descriptor >= 0 { close(descriptor) } }
        var written = 0
        var fault: SourceFault?
        if descriptor >= 0, ftruncate(descriptor, off_t(byteCount)) == 0 {
            fault = produce { piece in
                guard piece.count <= byteCount - written,
                    pwrite(descriptor, piece.baseAddress, piece.count, off_t(written)) == piece.count
                else { return false }
                written += piece.count
                return true
            }
        } else {
            fault = descriptor < 0 ? TemporaryFolder.unusable : noRoom
        }
        // Without a file zeros still have to be lent, since the views were checked against the announced size.
        let flags = descriptor >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS
        guard let address = mmap(nil, byteCount, PROT_READ, flags, descriptor, 0), address != MAP_FAILED else {
            return withoutAddressSpace
        }
        return .ready(
            base: UnsafeRawPointer(address), fault: fault, guardPlace: qlens_guard_mapping(address, byteCount))
    }
}

/// Where inflated bytes are held.
enum TemporaryFolder {
    private static var path: String {
        let wish = getenv("TMPDIR").map { String(cString: $0) } ?? ""
        return wish.isEmpty ? "/tmp" : wish
    }

    static func noRoom(_ byteCount: Int) -> SourceFault {
        SourceFault(
            found: "no room for \(byteCount) inflated bytes in the folder of temporary files", expected: "as much")
    }

    /// No file can be made there.
    static var unusable: SourceFault {
        let reason = Folder.isFolder(path) ? "no file can be made in" : "there is no"
        return SourceFault(
            found: "\(reason) folder of temporary files \(Printable.quoted(path))",
            expected: "one that can be written to (TMPDIR names it)")
    }
}
