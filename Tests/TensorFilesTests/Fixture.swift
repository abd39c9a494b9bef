import Foundation
import Tensors
import Testing

@testable import TensorFiles

/// Files that other people's libraries wrote, and what they say is in them.
enum Fixture {
    static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name)").path
    }

    static func bytes(_ name: String) throws -> [UInt8] { try AtomicFile.read(path(name), limit: 1 << 24) }

    /// A file of records: a name, a zero byte, a number of values in 32 bits, the values as Float32.
    static func values(_ name: String) throws -> [String: [Float]] {
        let bytes = try bytes(name)
        var result: [String: [Float]] = [:], at = 0
        func word(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
        }
        while at < bytes.count {
            let end = try #require(bytes[at...].firstIndex(of: 0))
            let key = String(decoding: bytes[at..<end], as: UTF8.self), count = Int(word(end + 1))
            result[key] = (0..<count).map { Float(bitPattern: word(end + 5 + 4 * $0)) }
            at = end + 5 + 4 * count
        }
        return result
    }

    /// Checks that a file holds exactly these tensors with these values, bit for bit; NaN equals NaN.
    static func expect(
        _ file: TensorFile, holds values: [String: [Float]], location: SourceLocation = #_sourceLocation
    ) {
        #expect(file.tensors.map { $0.name }.sorted() == values.keys.sorted(), sourceLocation: location)
        for tensor in file.tensors {
            guard let expected = values[tensor.name] else { continue }
            let found = tensor.values(0..<tensor.count)
            let wrong = zip(found, expected).enumerated().first { _, pair in
                pair.0.bitPattern != pair.1.bitPattern && !(pair.0.isNaN && pair.1.isNaN)
            }
            #expect(
                found.count == expected.count && wrong == nil,
                "\(tensor.name): element \(wrong?.offset ?? 0) is \(wrong?.element.0 ?? 0), not \(wrong?.element.1 ?? 0)",
                sourceLocation: location)
        }
    }
}
