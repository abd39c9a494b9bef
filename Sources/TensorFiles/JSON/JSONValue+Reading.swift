public import Basics
public import Basics

extension JSONValue {
    /// The value of a text; whole numbers that fit are `int`.
    public init(_ bytes: [UInt8], path: String) throws(FileError) {
        do throws(Misfit) {
            var scanner = JSONScanner(bytes)
            self = try Self.value(&scanner)
            try scanner.end()
        } catch {
            throw FileError(path: path, error)
        }
    }

    /// Some values one after the other, such as a line each.
    public static func values(_ bytes: [UInt8], path: String) throws(FileError) -> [JSONValue] {
        do throws(Misfit) {
            var scanner = JSONScanner(bytes), result: [JSONValue] = []
            while !scanner.isAtEnd { result.append(try value(&scanner)) }
            return result
        } catch {
            throw FileError(path: path, error)
        }
    }

    private static func value(_ scanner: inout JSONScanner) throws(Misfit) -> JSONValue {
        switch scanner.next {
        case UInt8(ascii: "{"):
            var members: [(String, JSONValue)] = []
            try scanner.object { key, _, scanner throws(Misfit) in members.append((key, try value(&scanner))) }
            return .object(members)
        case UInt8(ascii: "["):
            var items: [JSONValue] = []
            try scanner.array { scanner throws(Misfit) in items.append(try value(&scanner)) }
            return .array(items)
        case UInt8(ascii: "\""): return .string(try scanner.string())
        default:
            let text = try scanner.scalarText()
            switch text {
            case "true": return .bool(true)
            case "false": return .bool(false)
            case "null": return .null
            default:
                // Minus zero is a number of its own.
                if let whole = Int(text), text != "-0" { return .int(whole) }
                return .number(Double(text))
            }
        }
    }
}
