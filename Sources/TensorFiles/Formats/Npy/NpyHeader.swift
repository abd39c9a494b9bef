import Basics
import Tensors

/// The header of an array: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`, keys in any order.
struct NpyHeader {
    typealias Failure = Misfit

    /// nil where it is not one of numbers, which `problem` says.
    let type: ElementType?
    /// The dtype's text.
    let typeName: String
    let problem: SourceFault?
    let isByteSwapped: Bool
    let isFortranOrder: Bool
    let shape: Shape

    init(_ bytes: [UInt8], base: Int) throws(Failure) {
        var parser = Parser(bytes: bytes, base: base)
        var descr: (text: String, offset: Int)?, order: Bool?, extents: [Int]?
        try parser.require("{")
        while !parser.take("}") {
            let place = parser.offset
            let key = try parser.string()
            try parser.require(":")
            switch key {
            case "descr" where descr == nil: descr = try parser.descr()
            case "fortran_order" where order == nil: order = try parser.boolean()
            case "shape" where extents == nil: extents = try parser.tuple()
            case "descr", "fortran_order", "shape":
                throw Failure(offset: place, found: "the key '\(key)' for the second time", expected: "each key once")
            default:
                throw Failure(
                    offset: place, found: "the key \(Printable.quoted(key))", expected: "descr, fortran_order or shape")
            }
            if parser.take(",") { continue }
            try parser.require("}")
            break
        }
        try parser.end()
        guard let descr, let order, let extents else {
            throw Failure(offset: base, found: "a header that lacks a key", expected: "descr, fortran_order and shape")
        }
        guard let shape = Shape(extents) else {
            throw Failure(offset: base, found: "a shape of more than 2^63 elements", expected: "a smaller one")
        }
        typeName = descr.text
        do throws(Failure) {
            (type, isByteSwapped) = try Self.elementType(descr.text, offset: descr.offset)
            problem = nil
        } catch {
            guard error.isUnsupported else { throw error }
            (type, isByteSwapped) = (nil, Self.isSwapped(descr.text))
            problem = SourceFault(found: error.found, expected: error.expected + Self.advice(descr.text))
        }
        isFortranOrder = order
        self.shape = shape
    }

    /// Bytes of an element of raw items, `V2`; nil for other types.
    var rawSize: Int? { Self.rawSize(typeName) }

    private static func rawSize(_ descr: String) -> Int? {
        let code = descr.drop { "<>=|".contains($0) }
        guard code.first == "V", let size = Int(code.dropFirst()), size > 0, size <= 1 << 20 else { return nil }
        return size
    }

    /// NumPy knows no bfloat16: arrays of the package ml_dtypes are written as raw items.
    private static func advice(_ descr: String) -> String {
        switch rawSize(descr) {
        case 1: " (float8 of ml_dtypes is written so: --dtype f8_e4m3, f8_e5m2 or f8_e8m0 reads it)"
        case 2: " (bfloat16 of ml_dtypes is written so: --dtype bf16 reads it)"
        default: ""
        }
    }

    /// Whether the mark names the order of bytes opposite to this machine's.
    private static func isSwapped(_ descr: String) -> Bool {
        descr.first == (UInt16(1).bigEndian == 1 ? "<" : ">")
    }

    /// NumPy's letter and size, after a mark of the byte order: `<` little, `>` big, `=` this machine's, `|` none.
    static func elementType(_ descr: String, offset: Int) throws(Failure) -> (ElementType, swapped: Bool) {
        let types: [String: ElementType] = [
            "b1": .bool, "?": .bool, "u1": .uint8, "i1": .int8, "u2": .uint16, "i2": .int16, "u4": .uint32,
            "i4": .int32, "u8": .uint64, "i8": .int64, "f2": .float16, "f4": .float32, "f8": .float64,
            "f16": .float80, "c8": .complex64, "c16": .complex128,
        ]
        let isMarked = descr.first.map { "<>=|".contains($0) } ?? false
        let code = isMarked ? String(descr.dropFirst()) : descr
        guard let type = types[code] else {
            let kinds: [Character: String] = [
                "O": "an array of Python objects", "V": "a structured or raw array", "S": "an array of byte strings",
                "U": "an array of texts", "M": "an array of dates", "m": "an array of durations",
                "a": "an array of byte strings",
            ]
            let isList = descr.hasPrefix("[") || descr.hasPrefix("(")
            let kind = isList ? "a structured array" : code.first.flatMap { kinds[$0] } ?? "dtype"
            let text = descr.count <= 80 ? descr : descr.prefix(79) + "…"
            throw Failure(
                offset: offset, found: "\(kind) \(Printable.quoted(text))", expected: "numbers or truth values",
                isUnsupported: true)
        }
        return (type, type.bitWidth > 8 && isSwapped(descr))
    }
}

extension NpyHeader {
    /// The little of Python's notation that headers use.
    private struct Parser {
        let bytes: [UInt8]
        let base: Int
        var position = 0

        init(bytes: [UInt8], base: Int) {
            self.bytes = bytes
            self.base = base
        }

        var offset: Int { base + position }

        mutating func skipSpace() {
            while position < bytes.count, [32, 10, 13, 9].contains(bytes[position]) { position += 1 }
        }

        mutating func take(_ mark: Unicode.Scalar) -> Bool {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
            position += 1
            return true
        }

        mutating func require(_ mark: Unicode.Scalar) throws(Failure) {
            guard take(mark) else { throw failure("'\(mark)'") }
        }

        mutating func end() throws(Failure) {
            skipSpace()
            guard position == bytes.count else { throw failure("the end of the header") }
        }

        mutating func string() throws(Failure) -> String {
            skipSpace()
            guard position < bytes.count, bytes[position] == 39 || bytes[position] == 34 else {
                throw failure("a string")
            }
            let mark = bytes[position]
            let start = position + 1
            guard let end = bytes[start...].firstIndex(of: mark) else {
                throw Failure(offset: offset, found: "a string without an end", expected: "a closing quotation mark")
            }
            position = end + 1
            return String(decoding: bytes[start..<end], as: UTF8.self)
        }

        /// A dtype's text; of a structured array, which is a list, all of it.
        mutating func descr() throws(Failure) -> (String, Int) {
            skipSpace()
            let place = offset, start = position
            guard position < bytes.count, bytes[position] == UInt8(ascii: "[") || bytes[position] == UInt8(ascii: "(")
            else { return (try string(), place) }
            var depth = 0
            repeat {
                skipSpace()
                guard position < bytes.count else { throw failure("the end of a structured dtype") }
                switch bytes[position] {
                case UInt8(ascii: "["), UInt8(ascii: "("), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: ")"), UInt8(ascii: "}"): depth -= 1
                case UInt8(ascii: "'"), UInt8(ascii: "\""):
                    _ = try string()
                    continue
                default: break
                }
                position += 1
            } while depth > 0
            return (String(decoding: bytes[start..<position], as: UTF8.self), place)
        }

        mutating func boolean() throws(Failure) -> Bool {
            skipSpace()
            for (word, value) in [("True", true), ("False", false)] where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return value
            }
            throw failure("True or False")
        }

        mutating func tuple() throws(Failure) -> [Int] {
            try require("(")
            var extents: [Int] = []
            while !take(")") {
                skipSpace()
                let start = position
                while position < bytes.count, bytes[position] >= 48, bytes[position] <= 57 { position += 1 }
                guard let extent = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
                    position = start
                    throw failure("a whole number from 0 to 2^63")
                }
                extents.append(extent)
                guard extents.count <= NpyFormat.highestRank else {
                    throw failure("at most \(NpyFormat.highestRank) axes")
                }
                _ = take("L")  // Python 2 wrote long integers so
                if take(",") { continue }
                try require(")")
                break
            }
            return extents
        }

        private func failure(_ expected: String) -> Failure {
            guard position < bytes.count else {
                return Failure(offset: offset, found: "the end of the header", expected: expected)
            }
            let byte = bytes[position]
            let found = byte >= 32 && byte < 127 ? "'\(Character(Unicode.Scalar(byte)))'" : "byte \(byte)"
            return Failure(offset: offset, found: found, expected: expected)
        }
    }
}
