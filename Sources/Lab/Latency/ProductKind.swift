/// How weights of some bits meet inputs of some bits on this machine.
enum ProductKind: String, CaseIterable, Sendable {
    /// float32 by float32.
    case float = "w32a32"
    /// Bytes by bytes.
    case bytes = "w8a8"
    /// Half bytes brought to bytes before a product of bytes.
    case nibbles = "w4a8"
    /// Signs by signs, counted.
    case signs = "w1a1"
    /// Bytes brought to float32 before a product in float32: weight-only quantization.
    case bytesInFloat = "w8a32"
    /// Half bytes likewise.
    case nibblesInFloat = "w4a32"

    var weightBits: Int {
        switch self {
        case .float: 32
        case .bytesInFloat, .bytes: 8
        case .nibblesInFloat, .nibbles: 4
        case .signs: 1
        }
    }

    var inputBits: Int {
        switch self {
        case .float, .bytesInFloat, .nibblesInFloat: 32
        case .bytes, .nibbles: 8
        case .signs: 1
        }
    }

    /// What they are multiplied as.
    var multiplied: ProductKind {
        switch self {
        case .float, .bytesInFloat, .nibblesInFloat: .float
        case .bytes, .nibbles: .bytes
        case .signs: .signs
        }
    }
}
