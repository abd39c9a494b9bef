public import Basics
public import TensorFiles

/// A file of an export: pieces of known sizes one after the other, so that its size is known before anything is computed.
public struct ExportFile: Sendable {
    enum Piece: Sendable {
        case bytes([UInt8])
        case payload(any Payload)
    }

    /// Below the output; empty where the output is this file.
    public let name: String
    var pieces: [Piece] = []
    /// What is only known when the payloads are written, such as check sums: bytes and where they go.
    var finish: (@Sendable (FileReadback) throws(FileError) -> [(offset: Int, bytes: [UInt8])])?

    init(name: String) { self.name = name }

    mutating func add(_ bytes: [UInt8]) { if !bytes.isEmpty { pieces.append(.bytes(bytes)) } }
    mutating func add(_ payload: any Payload) { pieces.append(.payload(payload)) }

    public var byteCount: Int {
        pieces.reduce(0) { sum, piece in
            switch piece {
            case .bytes(let bytes): sum + bytes.count
            case .payload(let payload): sum + payload.byteCount
            }
        }
    }

    /// Writes it beside its path and renames it when it is whole.
    ///
    /// - Parameters:
    ///   - path: of the file.
    ///   - inputs: files that must not be written over.
    ///   - finished: called with the bytes of a payload when it is written.
    public func write(
        to path: String, notOver inputs: [String], context: WorkContext, finished: (Int) -> Void = { _ in }
    ) throws(FileError) {
        try AtomicFile.write(to: path, notOver: inputs) { sink throws(FileError) in
            for piece in pieces {
                switch piece {
                case .bytes(let bytes): try sink.write(bytes)
                case .payload(let payload):
                    let window = try sink.reserve(payload.byteCount)
                    try payload.write(to: window, path: path, context: context)
                    finished(payload.byteCount)
                }
            }
            guard let finish else { return }
            for (offset, bytes) in try finish(sink.readback()) { try sink.rewrite(bytes, at: offset) }
        }
    }
}
