/// What a pickle builds, as plain data. Containers are named by their number in `PickleHeap`, so that a value may be shared and
/// may even hold itself, and nothing that is nested deeply is ever walked by recursion when it goes away.
enum PickleValue: Sendable {
    case none
    case bool(Bool)
    case integer(Int)
    /// An integer of more than 64 bits, by its bytes, lowest first.
    case large([UInt8])
    case float(Double)
    case text(String)
    case bytes([UInt8])
    /// A name of Python's, never the object that it names.
    case global(Int)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    /// An instance of a class, or what a function would have returned.
    case object(Int)
}

/// The containers of a pickle by number.
struct PickleHeap: Sendable {
    struct Global: Hashable, Sendable {
        let module: String
        let name: String
        var description: String { "\(module).\(name)" }
    }

    struct Object: Sendable {
        /// The class or function; none for what lies outside of the pickle, such as a storage.
        let maker: PickleValue
        /// What it was given, a tuple; of what lies outside its identifier.
        let arguments: PickleValue
        /// What `BUILD` set, nil where nothing did.
        var state: PickleValue?
        /// Entries that were set or appended as to a dictionary or list.
        var entries: [(key: PickleValue, value: PickleValue)] = []
    }

    var globals: [Global] = []
    var tuples: [[PickleValue]] = []
    var lists: [[PickleValue]] = []
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    var objects: [Object] = []

    func global(_ value: PickleValue?) -> Global? {
        if case .global(let number)? = value { globals[number] } else { nil }
    }

    /// The elements of a tuple or list.
    func elements(_ value: PickleValue?) -> [PickleValue]? {
        switch value {
        case .tuple(let number): tuples[number]
        case .list(let number): lists[number]
        default: nil
        }
    }

    func integers(_ value: PickleValue?) -> [Int]? {
        guard let elements = elements(value) else { return nil }
        var numbers: [Int] = []
        for element in elements {
            guard case .integer(let number) = element else { return nil }
            numbers.append(number)
        }
        return numbers
    }
}

extension PickleValue {
    var real: Double? {
        switch self {
        case .float(let number): number
        case .integer(let number): Double(number)
        default: nil
        }
    }
    var integer: Int? { if case .integer(let number) = self { number } else { nil } }
    var text: String? { if case .text(let text) = self { text } else { nil } }
}
