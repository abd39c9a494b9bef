import Foundation

/// Files under `Tests/Fixtures`, which other people's libraries wrote, and what they say is in them.
public enum Fixture {
    public static func path(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Fixtures/\(name)").path
    }

    public static func bytes(_ name: String) throws -> [UInt8] { try read(path(name)) }

    /// The bytes of any file.
    public static func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// A file of records: a name, a zero byte, a number of values in 32 bits, the values as Float32.
    public static func values(_ name: String) throws -> [String: [Float]] {
        let bytes = try bytes(name)
        var result: [String: [Float]] = [:], at = 0
        func word(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
        }
        while at < bytes.count, let end = bytes[at...].firstIndex(of: 0) {
            let key = String(decoding: bytes[at..<end], as: UTF8.self), count = Int(word(end + 1))
            result[key] = (0..<count).map { Float(bitPattern: word(end + 5 + 4 * $0)) }
            at = end + 5 + 4 * count
        }
        return result
    }
}
