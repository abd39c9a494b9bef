/// A JSON value, to print or as it was read. Numbers that JSON has no form for become `null`.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    case number(Double?)
    /// A Float32, printed with the digits that Float32 needs.
    case single(Float)
    case string(String)
    case array([JSONValue])
    case object([(String, JSONValue)])

    /// The text on one line.
    public var text: String {
        var output = ""
        write(to: &output)
        return output
    }

    func write(to output: inout String) {
        switch self {
        case .null: output += "null"
        case .bool(let value): output += value ? "true" : "false"
        case .int(let value): output += String(value)
        case .number(let value):
            guard let value, value.isFinite else {
                output += "null"
                return
            }
            output += value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
        case .single(let value): output += value.isFinite ? String(value) : "null"
        case .string(let value): Self.quote(value, to: &output)
        case .array(let items):
            output += "["
            for (position, item) in items.enumerated() {
                if position > 0 { output += ", " }
                item.write(to: &output)
            }
            output += "]"
        case .object(let members):
            output += "{"
            for (position, member) in members.enumerated() {
                if position > 0 { output += ", " }
                Self.quote(member.0, to: &output)
                output += ": "
                member.1.write(to: &output)
            }
            output += "}"
        }
    }

    private static func quote(_ text: String, to output: inout String) {
        output += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": output += "\\\""
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\r": output += "\\r"
            case "\t": output += "\\t"
            case _ where scalar.value < 0x20 || scalar.value >= 0x7F && Printable.isUnprintable(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }

    // MARK: Reading

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

    // MARK: Looking at it

    public subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.0 == key }?.1
    }

    public var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var int: Int? { if case .int(let value) = self { value } else { nil } }
    public var members: [(String, JSONValue)]? { if case .object(let members) = self { members } else { nil } }

    public var double: Double? {
        switch self {
        case .int(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
