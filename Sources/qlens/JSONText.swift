/// A JSON value to print. Numbers that JSON has no form for become `null`.
enum JSONText {
    case null
    case bool(Bool)
    case int(Int)
    case number(Double?)
    /// A Float32, printed with the digits that Float32 needs.
    case single(Float)
    case string(String)
    case array([JSONText])
    case object([(String, JSONText)])

    /// The text on one line.
    var text: String {
        var output = ""
        write(to: &output)
        return output
    }

    private func write(to output: inout String) {
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
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                output += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: output.unicodeScalars.append(scalar)
            }
        }
        output += "\""
    }
}
