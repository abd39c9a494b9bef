import Basics

/// Reads JSON from untrusted bytes, strictly, value by value, knowing its position in bytes.
///
/// File headers need what general decoders hide: the offset of a fault, a key that comes twice, the order of keys, and no
/// allocation beyond the text itself. Nesting deeper than 32 is refused.
struct JSONScanner: ~Copyable {
    typealias Failure = Misfit

    private let bytes: [UInt8]
    private let limit: Int
    private(set) var position: Int
    /// Added to offsets in failures: where the text begins in its file.
    private let base: Int
    private var depth = 0

    init(_ bytes: [UInt8], base: Int = 0) {
        self.bytes = bytes
        self.base = base
        position = 0
        limit = bytes.count
    }

    var offset: Int { base + position }

    /// The first byte of what follows; nil at the end.
    var next: UInt8? {
        mutating get {
            skipSpace()
            return position < limit ? bytes[position] : nil
        }
    }

    var isAtEnd: Bool { mutating get { next == nil } }

    /// Reads an object, handing each key, with its offset, to `member`, which must read the value.
    mutating func object(
        _ member: (String, Int, inout JSONScanner) throws(Failure) -> Void
    ) throws(Failure) {
        try open(UInt8(ascii: "{"))
        var seen: Set<ExactName> = [], few: [ExactName] = []
        func isNew(_ key: ExactName) -> Bool {
            guard seen.isEmpty else { return seen.insert(key).inserted }
            guard !few.contains(key) else { return false }
            few.append(key)
            // Most objects have few keys, and there are very many of those.
            if few.count > 8 { seen = Set(few) }
            return true
        }
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return
        }
        while true {
            skipSpace()
            let place = offset
            let key = try string()
            guard isNew(ExactName(key)) else {
                throw Failure(
                    offset: place, found: "the key \(Printable.quoted(key)) for the second time",
                    expected: "each key once")
            }
            try require(UInt8(ascii: ":"))
            try member(key, place, &self)
            if take(UInt8(ascii: "}")) { break }
            guard take(UInt8(ascii: ",")) else { throw failure(expecting: "',' or '}'") }
        }
        depth -= 1
    }

    /// Reads an array, calling `element` before each value, which it must read.
    mutating func array(_ element: (inout JSONScanner) throws(Failure) -> Void) throws(Failure) {
        try open(UInt8(ascii: "["))
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return
        }
        while true {
            try element(&self)
            if take(UInt8(ascii: "]")) { break }
            guard take(UInt8(ascii: ",")) else { throw failure(expecting: "',' or ']'") }
        }
        depth -= 1
    }

    /// A whole number from 0 to `Int.max`.
    mutating func count() throws(Failure) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while position < limit, case let digit = bytes[position], digit >= 48, digit <= 57 {
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(Int(digit - 48))
            guard !high, !carry else {
                throw Failure(offset: base + start, found: "a number beyond 2^63", expected: "a count")
            }
            value = sum
            position += 1
        }
        let isNumber = position > start && !(position < limit && [46, 69, 101].contains(bytes[position]))
        guard isNumber, !(bytes[start] == 48 && position > start + 1) else {
            position = start
            throw failure(expecting: "a whole number of 0 or more")
        }
        return value
    }

    mutating func string() throws(Failure) -> String {
        skipSpace()
        guard position < limit, bytes[position] == UInt8(ascii: "\"") else { throw failure(expecting: "a string") }
        let start = position
        position += 1
        // Most strings have no escapes.
        var content = bytes[position..<plainEnd]
        position += content.count
        while position < limit {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw Failure(offset: base + start, found: "a string that is not UTF-8", expected: "UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &content)
            case 0..<0x20:
                throw failure(expecting: "no control character in a string")
            default:
                content.append(byte)
                position += 1
            }
        }
        throw Failure(offset: base + start, found: "a string without an end", expected: "a closing quotation mark")
    }

    /// Where the bytes end that stand for themselves in a string.
    private var plainEnd: Int {
        var end = position
        while end < limit, bytes[end] >= 0x20, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\") {
            end += 1
        }
        return end
    }

    /// A string's content, or the text of a number, `true`, `false`, `null`, an array or an object.
    mutating func scalarText() throws(Failure) -> String {
        skipSpace()
        if position < limit, bytes[position] == UInt8(ascii: "\"") { return try string() }
        let start = position
        try skipValue()
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    mutating func skipValue() throws(Failure) {
        skipSpace()
        guard position < limit else { throw failure(expecting: "a value") }
        switch bytes[position] {
        case UInt8(ascii: "{"): try object { _, _, scanner throws(Failure) in try scanner.skipValue() }
        case UInt8(ascii: "["): try array { scanner throws(Failure) in try scanner.skipValue() }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try word("true")
        case UInt8(ascii: "f"): try word("false")
        case UInt8(ascii: "n"): try word("null")
        default: try number()
        }
    }

    /// Only blanks may follow.
    mutating func end() throws(Failure) {
        skipSpace()
        guard position == limit else { throw failure(expecting: "the end of the text") }
    }

    private mutating func number() throws(Failure) {
        let start = position
        let characters = Set("+-.eE0123456789".utf8)
        while position < limit, characters.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(text) != nil else {
            position = start
            throw failure(expecting: "a value")
        }
    }

    private mutating func word(_ word: String) throws(Failure) {
        guard bytes[position...].starts(with: word.utf8) else { throw failure(expecting: "a value") }
        position += word.utf8.count
    }

    private mutating func escape(into content: inout ArraySlice<UInt8>) throws(Failure) {
        guard position < limit else { throw failure(expecting: "a character after '\\'") }
        let simple: [UInt8: UInt8] = [
            UInt8(ascii: "\""): 34, UInt8(ascii: "\\"): 92, UInt8(ascii: "/"): 47, UInt8(ascii: "b"): 8,
            UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10, UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9,
        ]
        if let plain = simple[bytes[position]] {
            content.append(plain)
            position += 1
            return
        }
        guard bytes[position] == UInt8(ascii: "u") else { throw failure(expecting: "an escape of JSON") }
        let place = offset - 1
        position += 1
        var unit = try fourHexDigits()
        if unit >> 10 == 0x36 {  // a high surrogate: its low half must follow
            guard position + 1 < limit, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u")
            else {
                throw Failure(offset: place, found: "half a surrogate pair", expected: "its other half")
            }
            position += 2
            let low = try fourHexDigits()
            guard low >> 10 == 0x37 else {
                throw Failure(offset: place, found: "half a surrogate pair", expected: "its other half")
            }
            unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
        }
        guard let scalar = Unicode.Scalar(unit) else {
            throw Failure(offset: place, found: "half a surrogate pair", expected: "a character")
        }
        content.append(contentsOf: UTF8.encode(scalar)!)
    }

    private mutating func fourHexDigits() throws(Failure) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < limit, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue else {
                throw failure(expecting: "four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func open(_ bracket: UInt8) throws(Failure) {
        try require(bracket)
        depth += 1
        guard depth <= 32 else {
            throw Failure(offset: offset - 1, found: "nesting deeper than 32", expected: "a flat header")
        }
    }

    private mutating func require(_ byte: UInt8) throws(Failure) {
        guard take(byte) else { throw failure(expecting: "'\(Character(Unicode.Scalar(byte)))'") }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < limit, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while position < limit, case let byte = bytes[position], byte == 32 || byte == 10 || byte == 13 || byte == 9 {
            position += 1
        }
    }

    private func failure(expecting expected: String) -> Failure {
        guard position < limit else { return Failure(offset: offset, found: "the end of the text", expected: expected) }
        let byte = bytes[position]
        let found = byte >= 32 && byte < 127 ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
        return Failure(offset: offset, found: found, expected: expected)
    }
}
