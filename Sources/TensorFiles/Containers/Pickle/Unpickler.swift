import Basics

/// Reads Python's pickles, protocols 0 to 5, and executes nothing: names stay names, calls become records of what was to be called.
///
/// Every count is checked against the bytes that are left, and values are counted, so that a short file cannot ask for much
/// memory. Source: `pickletools` of CPython, where every opcode is described.
struct Unpickler {
    /// Values, elements and bytes that a pickle may hold together.
    static let mostCells = 10_000_000

    private(set) var heap = PickleHeap()
    /// Names of other packages that were mentioned, in order of appearance, up to `mostForeign`.
    private(set) var foreign: [PickleHeap.Global] = []
    private var seenForeign = Set<PickleHeap.Global>()
    private static let mostForeign = 100
    private var reader: ByteReader
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var cells = 0

    init(_ bytes: UnsafeRawBufferPointer) { reader = ByteReader(bytes) }

    /// Where the next pickle of the same bytes begins.
    var offset: Int { reader.offset }

    /// Reads one pickle up to its end; the memo is its own, the heap is shared with those read before.
    mutating func next() throws(Misfit) -> PickleValue {
        stack = []
        marks = []
        memo = [:]
        while true {
            let place = reader.offset
            let code = try reader.number(UInt8.self, "a pickle")
            if code == UInt8(ascii: ".") { return try pop(place) }
            try run(code, place)
        }
    }

    private func failure(_ place: Int, _ found: String, _ expected: String) -> Misfit {
        .init(offset: place, found: found, expected: expected)
    }

    private mutating func push(_ value: PickleValue) { stack.append(value) }

    private mutating func pop(_ place: Int) throws(Misfit) -> PickleValue {
        guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
            throw failure(place, "a pickle that takes more values than it made", "a whole one")
        }
        return value
    }

    /// The values above the last mark, which goes with them.
    private mutating func popMark(_ place: Int) throws(Misfit) -> [PickleValue] {
        guard let mark = marks.popLast(), mark <= stack.count else {
            throw failure(place, "a pickle without the mark it goes back to", "a whole one")
        }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        try spend(values.count, place)
        return values
    }

    private mutating func spend(_ count: Int, _ place: Int) throws(Misfit) {
        cells += count + 1
        guard cells <= Self.mostCells else {
            throw failure(place, "a pickle of over \(Self.mostCells) values", "fewer")
        }
    }

    private mutating func tuple(_ values: [PickleValue], _ place: Int) throws(Misfit) {
        try spend(values.count, place)
        heap.tuples.append(values)
        push(.tuple(heap.tuples.count - 1))
    }

    private mutating func newDictionary(_ values: [PickleValue], _ place: Int) throws(Misfit) {
        try spend(values.count, place)
        heap.dictionaries.append([])
        push(.dictionary(heap.dictionaries.count - 1))
        try set(values, place)
    }

    private mutating func newList(_ values: [PickleValue], _ place: Int) throws(Misfit) {
        try spend(values.count, place)
        heap.lists.append(values)
        push(.list(heap.lists.count - 1))
    }

    /// Sets keys and values, one after another, in the container at the top.
    private mutating func set(_ values: [PickleValue], _ place: Int) throws(Misfit) {
        guard values.count % 2 == 0, stack.count > (marks.last ?? 0), let top = stack.last else {
            throw failure(place, "a pickle that sets keys without values", "both")
        }
        let pairs = stride(from: 0, to: values.count, by: 2).map { (key: values[$0], value: values[$0 + 1]) }
        switch top {
        case .dictionary(let number): heap.dictionaries[number] += pairs
        case .object(let number): heap.objects[number].entries += pairs
        default: throw failure(place, "a pickle that sets keys of no dictionary", "a dictionary")
        }
    }

    private mutating func append(_ values: [PickleValue], _ place: Int) throws(Misfit) {
        guard stack.count > (marks.last ?? 0), let top = stack.last else {
            throw failure(place, "a pickle that appends to nothing", "a list")
        }
        switch top {
        case .list(let number): heap.lists[number] += values
        case .object(let number):
            let count = heap.objects[number].entries.count
            heap.objects[number].entries += values.enumerated().map { (.integer(count + $0), $1) }
        default: throw failure(place, "a pickle that appends to no list", "a list")
        }
    }

    private mutating func global(_ module: String, _ name: String, _ place: Int) throws(Misfit) {
        let global = PickleHeap.Global(module: module, name: name)
        switch PickleGlobals.verdict(global) {
        case .known, .opaque: break
        case .foreign:
            if foreign.count < Self.mostForeign, seenForeign.insert(global).inserted { foreign.append(global) }
        case .refused:
            throw failure(
                place, "a pickle that names \(Printable.quoted(global.description))",
                "tensors and plain containers alone (nothing was executed)")
        }
        try spend(1, place)
        heap.globals.append(global)
        push(.global(heap.globals.count - 1))
    }

    private mutating func object(
        _ maker: PickleValue, _ arguments: PickleValue, _ place: Int
    ) throws(Misfit) {
        try spend(1, place)
        let description = heap.global(maker)?.description
        switch description {
        case "builtins.getattr", "__builtin__.getattr":
            // How protocol 2 names a class within a class of the user's own; of anything else it would reach what is refused.
            guard let parts = heap.elements(arguments), parts.count == 2, let owner = heap.global(parts[0]),
                PickleGlobals.verdict(owner) == .foreign, let name = parts[1].text, !name.contains("__")
            else {
                throw failure(
                    place, "a pickle that names \(Printable.quoted(description ?? ""))",
                    "tensors and plain containers alone (nothing was executed)")
            }
            try global(owner.module, "\(owner.name).\(name)", place)
        case "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "builtins.dict",
            "__builtin__.dict":
            try newDictionary([], place)
            // `OrderedDict([(key, value), …])`, as protocol 0 and 1 have it.
            for argument in heap.elements(arguments) ?? [] {
                for pair in heap.elements(argument) ?? [] {
                    try spend(2, place)
                    if let parts = heap.elements(pair), parts.count == 2 { try set(parts, place) }
                }
            }
        case "builtins.list", "__builtin__.list", "builtins.set", "__builtin__.set", "builtins.frozenset",
            "__builtin__.frozenset", "collections.deque", "builtins.tuple", "__builtin__.tuple", "torch.Size":
            try newList(heap.elements(heap.elements(arguments)?.first) ?? [], place)
        case "_codecs.encode":
            // How protocol 2 writes bytes: a text of Latin-1.
            let text = heap.elements(arguments)?.first?.text ?? ""
            try spend(text.utf8.count / 8, place)
            push(.bytes(text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }))
        default:
            heap.objects.append(.init(maker: maker, arguments: arguments))
            push(.object(heap.objects.count - 1))
        }
    }

    private mutating func line(_ place: Int) throws(Misfit) -> String {
        let line = try reader.line("a line of a pickle")
        try spend(line.utf8.count / 16, place)
        return line
    }

    private mutating func text(_ count: some FixedWidthInteger, _ place: Int) throws(Misfit) {
        guard let count = Int(exactly: count), count >= 0, count <= reader.left else {
            throw failure(place, "a text of \(count) bytes in a pickle", "at most the \(reader.left) that follow")
        }
        try spend(count / 16, place)
        push(.text(try reader.text(count, "a text")))
    }

    private mutating func bytes(_ count: some FixedWidthInteger, _ place: Int) throws(Misfit) {
        guard let count = Int(exactly: count), count >= 0, count <= reader.left else {
            throw failure(place, "\(count) bytes in a pickle", "at most the \(reader.left) that follow")
        }
        push(.bytes(try reader.bytes(count, "bytes")))
    }

    private mutating func long(_ count: Int, _ place: Int) throws(Misfit) {
        guard count >= 0, count <= reader.left else {
            throw failure(place, "an integer of \(count) bytes in a pickle", "at most the \(reader.left) that follow")
        }
        let bytes = try reader.bytes(count, "an integer")
        guard count <= 8 else { return push(.large(bytes)) }
        var value = bytes.last.map { $0 >= 0x80 ? -1 : 0 } ?? 0
        for byte in bytes.reversed() { value = value << 8 | Int(byte) }
        push(.integer(value))
    }

    private mutating func remember(_ key: Int, _ place: Int) throws(Misfit) {
        guard let value = stack.last else { throw failure(place, "a pickle that remembers nothing", "a value") }
        try spend(1, place)
        memo[key] = value
    }

    private mutating func recall(_ key: Int, _ place: Int) throws(Misfit) {
        guard let value = memo[key] else {
            throw failure(place, "a pickle that recalls value \(key)", "one it remembers")
        }
        // Bytes and texts are shared, not copied; but each entry of the stack counts.
        try spend(1, place)
        push(value)
    }

    private mutating func run(_ code: UInt8, _ place: Int) throws(Misfit) {
        let what = "a pickle"
        switch code {
        case 0x80:
            let version = try reader.number(UInt8.self, what)
            guard version <= 5 else { throw failure(place, "pickle protocol \(version)", "0 … 5") }
        case 0x95: try reader.skip(8, what)  // a frame only says how much to read ahead
        // Marks and the stack
        case UInt8(ascii: "("):
            try spend(1, place)
            marks.append(stack.count)
        case UInt8(ascii: "0"):
            if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop(place) }
        case UInt8(ascii: "1"): _ = try popMark(place)
        case UInt8(ascii: "2"):
            let value = try pop(place)
            try spend(1, place)
            push(value)
            push(value)
        // Constants and numbers
        case UInt8(ascii: "N"): push(.none)
        case 0x88: push(.bool(true))
        case 0x89: push(.bool(false))
        case UInt8(ascii: "J"): push(.integer(Int(try reader.number(Int32.self, what))))
        case UInt8(ascii: "K"): push(.integer(Int(try reader.number(UInt8.self, what))))
        case UInt8(ascii: "M"): push(.integer(Int(try reader.number(UInt16.self, what))))
        case UInt8(ascii: "I"): try integer(line(place), place)
        case UInt8(ascii: "L"): try integer(line(place), place)
        case 0x8A: try long(Int(reader.number(UInt8.self, what)), place)
        case 0x8B: try long(Int(reader.number(Int32.self, what)), place)
        case UInt8(ascii: "G"): push(.float(Double(bitPattern: try reader.number(UInt64.self, what).byteSwapped)))
        case UInt8(ascii: "F"):
            let text = try line(place)
            guard let number = Double(text) else {
                throw failure(place, "the float \(Printable.quoted(text))", "a number")
            }
            push(.float(number))
        // Texts and bytes
        case UInt8(ascii: "X"): try text(reader.number(UInt32.self, what), place)
        case 0x8C: try text(reader.number(UInt8.self, what), place)
        case 0x8D: try text(reader.number(UInt64.self, what), place)
        case UInt8(ascii: "V"): push(.text(try line(place)))
        case UInt8(ascii: "S"):
            let quoted = try line(place)
            push(.text(String(quoted.dropFirst().dropLast())))
        case UInt8(ascii: "T"): try text(reader.number(Int32.self, what), place)
        case UInt8(ascii: "U"): try text(reader.number(UInt8.self, what), place)
        case UInt8(ascii: "B"): try bytes(reader.number(UInt32.self, what), place)
        case UInt8(ascii: "C"): try bytes(reader.number(UInt8.self, what), place)
        case 0x8E, 0x96: try bytes(reader.number(UInt64.self, what), place)
        // Containers
        case UInt8(ascii: ")"): try tuple([], place)
        case UInt8(ascii: "t"): try tuple(popMark(place), place)
        case 0x85: try tuple([pop(place)], place)
        case 0x86:
            let second = try pop(place)
            try tuple([pop(place), second], place)
        case 0x87:
            let third = try pop(place), second = try pop(place)
            try tuple([pop(place), second, third], place)
        case UInt8(ascii: "]"): try newList([], place)
        case UInt8(ascii: "l"): try newList(popMark(place), place)
        case UInt8(ascii: "a"):
            let value = try pop(place)
            try spend(1, place)
            try append([value], place)
        case UInt8(ascii: "e"), 0x90: try append(popMark(place), place)
        case UInt8(ascii: "}"): try newDictionary([], place)
        case UInt8(ascii: "d"): try newDictionary(popMark(place), place)
        case UInt8(ascii: "s"):
            let value = try pop(place), key = try pop(place)
            try spend(2, place)
            try set([key, value], place)
        case UInt8(ascii: "u"): try set(popMark(place), place)
        case 0x8F: try newList([], place)  // sets are lists
        case 0x91: try newList(popMark(place), place)
        // The memo
        case UInt8(ascii: "p"): try remember(memoKey(line(place), place), place)
        case UInt8(ascii: "q"): try remember(Int(reader.number(UInt8.self, what)), place)
        case UInt8(ascii: "r"): try remember(Int(reader.number(UInt32.self, what)), place)
        case 0x94: try remember(memo.count, place)
        case UInt8(ascii: "g"): try recall(memoKey(line(place), place), place)
        case UInt8(ascii: "h"): try recall(Int(reader.number(UInt8.self, what)), place)
        case UInt8(ascii: "j"): try recall(Int(reader.number(UInt32.self, what)), place)
        // Names and what would be called
        case UInt8(ascii: "c"):
            let module = try line(place)
            try global(module, line(place), place)
        case 0x93:
            guard case .text(let name) = try pop(place), case .text(let module) = try pop(place) else {
                throw failure(place, "a name that is no text in a pickle", "a module and a name")
            }
            try global(module, name, place)
        case UInt8(ascii: "R"), 0x81:
            let arguments = try pop(place)
            try object(pop(place), arguments, place)
        case 0x92:
            let named = try pop(place), arguments = try pop(place), maker = try pop(place)
            try object(maker, arguments, place)
            if case .dictionary(let number) = named, case .object(let made)? = stack.last {
                heap.objects[made].entries += heap.dictionaries[number]
                try spend(heap.dictionaries[number].count, place)
            }
        case UInt8(ascii: "i"):
            let module = try line(place)
            let name = try line(place)
            try tuple(popMark(place), place)
            let arguments = try pop(place)
            try global(module, name, place)
            try object(pop(place), arguments, place)
        case UInt8(ascii: "o"):
            let values = try popMark(place)
            guard let maker = values.first else { throw failure(place, "an object without a class", "one with it") }
            try tuple(Array(values.dropFirst()), place)
            try object(maker, pop(place), place)
        case UInt8(ascii: "b"):
            let state = try pop(place)
            guard stack.count > (marks.last ?? 0), let top = stack.last else {
                throw failure(place, "a state without its object in a pickle", "both")
            }
            if case .object(let number) = top { heap.objects[number].state = state }
        // What lies outside
        case UInt8(ascii: "P"):
            try outside(.text(line(place)), place)
        case UInt8(ascii: "Q"):
            try outside(pop(place), place)
        case 0x82, 0x83, 0x84: throw failure(place, "a pickle with a registered extension", "names in full")
        case 0x97, 0x98: throw failure(place, "a pickle with buffers outside", "one that holds everything")
        default: throw failure(place, "pickle code \(code)", "one of protocols 0 … 5")
        }
    }

    /// What a persistent identifier stands for lies outside: an object without a maker keeps the identifier.
    private mutating func outside(_ identifier: PickleValue, _ place: Int) throws(Misfit) {
        try spend(1, place)
        heap.objects.append(.init(maker: .none, arguments: identifier))
        push(.object(heap.objects.count - 1))
    }

    private mutating func integer(_ line: String, _ place: Int) throws(Misfit) {
        if line == "00" { return push(.bool(false)) }
        if line == "01" { return push(.bool(true)) }
        let digits = line.hasSuffix("L") ? String(line.dropLast()) : line
        guard let number = Int(digits) else {
            throw failure(place, "the integer \(Printable.quoted(line))", "one of 64 bits")
        }
        push(.integer(number))
    }

    private func memoKey(_ line: String, _ place: Int) throws(Misfit) -> Int {
        guard let key = Int(line), key >= 0 else {
            throw failure(place, "the memo key \(Printable.quoted(line))", "a number")
        }
        return key
    }
}
