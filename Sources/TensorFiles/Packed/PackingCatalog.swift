import Basics
import Tensors

/// A way in which tools store a quantized tensor as several tensors. A new one is a file in this folder and a line in
/// `PackingCatalog`.
protocol Packing: Sendable {
    /// What the names of the tensors that hold codes end in.
    static var endings: [String] { get }
    /// The types in which codes are stored.
    static var codeTypes: Set<ElementType> { get }
    /// The tensor that the codes of `codes` belong to; nil where what is beside them is not of this packing.
    ///
    /// - Parameter stem: the name of `codes` without the ending.
    static func unpacked(_ codes: TensorView, stem: String, ending: String, beside: TensorsByName) throws(PackingMisfit)
        -> TensorView?
}

/// Tensors that look packed but do not fit together.
struct PackingMisfit: Error {
    let found: String
    let expected: String
}

/// The tensors of a file by name; names are compared by their bytes.
final class TensorsByName {
    private let positions: [ExactName: Int]
    private let tensors: [TensorView]
    /// Of the file and of settings beside it.
    let settings: [String: String]
    /// Elements of indices and the like that may still be read while the file is opened: views may repeat them.
    private var left = 1 << 24

    init(_ tensors: [TensorView], settings: [String: String]) {
        self.tensors = tensors
        self.settings = settings
        positions = ExactName.positions(of: tensors)
    }

    subscript(name: String) -> TensorView? { positions[ExactName(name)].map { tensors[$0] } }

    /// A tensor whose values are its bytes as they are, so that its codes can be read from there.
    func plain(_ name: String) -> TensorView? { self[name].flatMap { $0.isPlain ? $0 : nil } }

    /// Whether so many elements may be read at once.
    func allows(_ count: Int) -> Bool {
        guard count <= left else { return false }
        left -= count
        return true
    }

    /// The length of a run of which so many make an extent, the last one perhaps shorter: what the settings say, else a power of two,
    /// else one that divides; nil where none does.
    func runLength(_ extent: Int, pieces: Int, setting: Int?) -> Int? {
        if pieces == 1 { return extent }
        if let setting, setting > 0, extent.pieces(of: setting) == pieces { return setting }
        let powers = (0..<Int.bitWidth - 2).map { 1 << $0 }.filter { extent.pieces(of: $0) == pieces }
        return powers.first { extent % $0 == 0 } ?? powers.last ?? (extent % pieces == 0 ? extent / pieces : nil)
    }

    /// The number that a setting is; of a list the one at a position.
    func number(_ key: String, at place: Int = 0) -> Int? {
        let words = settings[key]?.split { !$0.isNumber && $0 != "-" } ?? []
        return words.indices.contains(place) ? Int(words[place]) : nil
    }
}

/// The packings that are recognised.
enum PackingCatalog {
    static let packings: [any Packing.Type] = [
        GroupedIntegers.self,
        BitsAndBytes.self,
        ScaledCodes.self,
        MXBlocks.self,
    ]

    /// The file with packed tensors under the names of what they are; their scales and other parts stay beside them. What looks
    /// packed but does not fit stays as it is, with a warning.
    ///
    /// - Parameter settings: what a file beside it says of how it was quantized.
    static func unpacking(_ file: TensorFile, settings: @autoclosure () -> [String: String]) -> TensorFile {
        let candidates = file.tensors.indices.flatMap { index in
            matches(file.tensors[index]).map { (index: index, packing: $0.packing, ending: $0.ending) }
        }
        guard !candidates.isEmpty else { return file }
        let names = TensorsByName(file.tensors, settings: settings())
        var tensors = file.tensors, warnings = file.warnings, taken: [Int: TensorView] = [:]
        var used = Set<ExactName>()
        for (index, packing, ending) in candidates where taken[index] == nil {
            let codes = tensors[index], stem = String(codes.name.dropLast(ending.count))
            do throws(PackingMisfit) {
                guard let tensor = try packing.unpacked(codes, stem: stem, ending: ending, beside: names) else {
                    continue
                }
                // Names stay unique.
                guard tensor.name == codes.name || names[tensor.name] == nil,
                    used.insert(ExactName(tensor.name)).inserted
                else { continue }
                taken[index] = tensor
            } catch {
                guard warnings.count < 100 else { continue }
                warnings.append(
                    "left \(Printable.quoted(codes.name)) packed: found \(error.found), expected \(error.expected)")
            }
        }
        guard !taken.isEmpty || warnings.count > file.warnings.count else { return file }
        for (index, tensor) in taken { tensors[index] = tensor }
        return TensorFile(
            path: file.path, format: file.format, metadata: file.metadata, tensors: tensors, warnings: warnings)
    }

    private static func matches(_ tensor: TensorView) -> [(packing: any Packing.Type, ending: String)] {
        guard tensor.isPlain else { return [] }
        return packings.flatMap { packing in
            packing.codeTypes.contains(tensor.elementType)
                ? packing.endings.filter { tensor.name.hasSuffix($0) && tensor.name.utf8.count > $0.utf8.count }
                    .map { (packing, $0) } : []
        }
    }
}

/// The parts of a packed tensor: names, bytes and faults of all together.
struct PackedParts: Sendable {
    private let all: [TensorView]
    let names: [String]
    let byteCount: Int

    init(_ all: [TensorView]) {
        self.all = all
        names = all.map { $0.name }
        byteCount = all.reduce(0) { $0 + $1.byteCount }
    }

    var fault: SourceFault? { all.lazy.compactMap { $0.fault }.first }

    var identity: String? {
        let parts = all.compactMap { $0.identity }
        return parts.count == all.count ? parts.joined(separator: "&") : nil
    }
}

/// Values that follow from tensors of the file: their names, bytes and faults are those of all parts.
protocol PackedOfParts: PackedValues {
    var all: PackedParts { get }
}

extension PackedOfParts {
    var parts: [String] { all.names }
    var byteCount: Int { all.byteCount }
    var fault: SourceFault? { all.fault }
    var identity: String? { all.identity }
}

extension ElementType {
    /// The word of a recipe for scales of this type, with a blank before it; nothing for Float32.
    var scaleToken: String {
        switch self {
        case .float16: " scale:f16"
        case .bfloat16: " scale:bf16"
        case .float8E8M0: " scale:e8m0"
        default: ""
        }
    }
}
