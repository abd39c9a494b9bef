/// The text of an object that is written member by member: of very many rows neither a tree has to be made first, nor all of the text where
/// somebody takes it piece by piece.
public struct JSONObjectText {
    private var output = "{"
    private var isEmpty = true
    private let sink: ((String) -> Void)?

    /// - Parameter sink: takes pieces; what is left then comes as `text`.
    public init(sink: ((String) -> Void)? = nil) { self.sink = sink }

    private mutating func pass() {
        guard let sink, output.utf8.count > 1 << 16 else { return }
        sink(output)
        output = ""
    }

    public mutating func add(_ name: String, _ value: JSONValue) {
        begin(name)
        value.write(to: &output)
    }

    /// An array whose elements are made one after the other.
    public mutating func add<Elements: Sequence>(
        _ name: String, each elements: Elements, _ value: (Elements.Element) -> JSONValue
    ) {
        begin(name)
        output += "["
        for (position, element) in elements.enumerated() {
            if position > 0 { output += ", " }
            value(element).write(to: &output)
            pass()
        }
        output += "]"
    }

    /// All of it, or what nobody took yet.
    public var text: String { output + "}" }

    private mutating func begin(_ name: String) {
        if !isEmpty { output += ", " }
        isEmpty = false
        JSONValue.string(name).write(to: &output)
        output += ": "
    }
}
