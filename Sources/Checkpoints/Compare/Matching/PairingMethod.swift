import Basics

/// How two tensors were found to be the same layer's.
public enum PairingMethod: Equatable, Sendable {
    /// A file of pairs says so.
    case given
    case name
    /// The names agree once these prefixes are dropped.
    case prefix(a: String, b: String)
    /// The names of one convention are those of another.
    case convention
    /// The values agree: the correlation of some of them.
    case values(Double)
    /// No other tensors have this shape.
    case shape
    /// Modules of the same shapes, one after the other.
    case order
    /// Each file has one tensor.
    case only
    /// The same values as another tensor of its file, which the other file stores once.
    case tied(to: String)

    /// In JSON.
    public var word: String {
        switch self {
        case .given: "map"
        case .name: "name"
        case .prefix: "prefix"
        case .convention: "convention"
        case .values: "values"
        case .shape: "shape"
        case .order: "order"
        case .only: "only"
        case .tied: "tied"
        }
    }

    /// In a table; nil where the names say it.
    public var words: String? {
        switch self {
        case .name, .convention, .only: nil
        case .given: "paired by the map"
        case .prefix(let a, ""): "paired without \(Printable.text(a))"
        case .prefix("", let b): "paired without \(Printable.text(b))"
        case .prefix(let a, let b): "paired \(Printable.text(a)) with \(Printable.text(b))"
        case .values(let correlation): "paired by values, r \(NumberText.fixed(correlation, places: 4))"
        case .shape: "paired by shape"
        case .order: "paired by shape and order"
        case .tied(let name): "tied to \(Printable.text(name))"
        }
    }
}
