/// Values that follow from several stored tensors: codes, and the scales that bring them back.
///
/// x = scale·(level - zero-point), or scale·level + offset, the level of an integer being its code.
public protocol PackedValues: Sendable {
    /// Who packs like this, and what: `GPTQ 4-bit`.
    var method: String { get }
    /// The recipe that made it, where recipes have words for it.
    var recipe: String? { get }
    /// Names of the stored tensors, that of the codes first.
    var parts: [String] { get }
    /// Of all parts.
    var byteCount: Int { get }
    /// What is wrong with the bytes of a part.
    var fault: SourceFault? { get }
    /// What names the bytes of all parts; nil where nothing does.
    var identity: String? { get }
    /// Brings elements `range` back, in row-major order.
    func decode(_ range: Range<Int>, into output: UnsafeMutablePointer<Float>)
    /// What is stored of one element.
    func stored(_ element: Int) -> StoredValue
}

extension PackedValues {
    public var identity: String? { nil }
}

/// What is stored of an element.
public struct StoredValue: Equatable, Sendable {
    /// Its bits as a number; of signed types with their sign.
    public let code: Int
    /// What the code stands for before it is scaled.
    public let level: Float
    public let scale: Float
    public let zeroPoint: Int?
    public let offset: Float?

    public init(code: Int, level: Float, scale: Float, zeroPoint: Int? = nil, offset: Float? = nil) {
        self.code = code
        self.level = level
        self.scale = scale
        self.zeroPoint = zeroPoint
        self.offset = offset
    }
}

/// A tensor that was quantized before it was stored, seen as it is stored.
public struct StoredForm: Sendable {
    public let method: String
    public let parts: [String]
    private let findRecipe: @Sendable () -> String?
    private let value: @Sendable (Int) -> StoredValue

    fileprivate init(
        method: String, parts: [String], recipe: @escaping @Sendable () -> String?,
        value: @escaping @Sendable (Int) -> StoredValue
    ) {
        self.method = method
        self.parts = parts
        findRecipe = recipe
        self.value = value
    }

    /// The recipe that made it, where recipes may have words for it; looking for it may read all zero-points.
    public var recipe: String? { findRecipe() }

    /// What is stored of an element, which must be one of the tensor's.
    public func stored(_ element: Int) -> StoredValue { value(element) }
}

extension TensorView {
    /// How the tensor is stored where it is quantized, by blocks of ggml or with scales in tensors of their own; nil for plain types.
    public var storedForm: StoredForm? {
        guard problem == nil else { return nil }
        let first = firstElement
        if let packed {
            return StoredForm(method: packed.method, parts: packed.parts, recipe: { packed.recipe }) {
                packed.stored(first + $0)
            }
        }
        guard let block = elementType.block else { return nil }
        let type = elementType.rawValue
        return StoredForm(
            method: "ggml \(type)", parts: [name], recipe: { "ggml:" + type.lowercased() }
        ) { element in storedValue(first + element, block) }
    }

    private func storedValue(_ element: Int, _ type: any BlockType.Type) -> StoredValue {
        var result = StoredValue(code: 0, level: 0, scale: 0)
        withStoredBytes { bytes in
            BlockParts.withRoom { parts in
                type.unpack(bytes + element / type.elements * type.bytes, into: parts)
                let place = element % type.elements, run = place / type.run
                let code = Int(parts.codes[place])
                result = StoredValue(
                    code: code, level: Float(code), scale: parts.scales[run],
                    offset: type.hasOffset ? parts.offsets[run] : nil)
            }
        }
        return result
    }
}
