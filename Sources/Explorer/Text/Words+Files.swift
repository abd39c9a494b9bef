/// What files say of themselves and how tensors are stored.
extension Words {
    static let file = "File"
    static let stored = "Stored tensor"
    static let headingFile = "File"
    static let headingMetadata = "Metadata"
    static let headingStored = "As stored"
    static let headingElements = "Elements"
    static let path = "path"
    static let fileFormat = "format"
    static let fileTensors = "tensors"
    static let importance = "importance"
    static let fileTypes = "types"
    static let noMetadata = "the file says nothing of itself"
    static func moreMetadata(_ count: Int) -> String { "… \(count) more entries (qlens list prints them)" }
    static let storedType = "type"
    static let storedShape = "shape"
    static let storedBytes = "bytes"
    static let storedRecipe = "recipe"
    static let storedParts = "stored in"
    static let noStoredRecipe = "no recipe has words for it"
    static let takeStored = "(Enter takes it)"
    static let storedPlain = "The values are stored as they are: none was quantized before."
    static let nothingStored = "there is no element to show"
    static let storedStrides = "elements between neighbours"
    static let hasImportance = "columns have importances, which ggml's types weigh errors by"
    static let storedHints = ["j k scroll", "Enter take the recipe", "q or Esc close"]
    static let elementHeads = ["element", "value"]
    static let storedCode = "code"
    static let storedLevel = "level"
    static let storedScale = "scale S"
    static let storedZero = "zero-point"
    static let storedOffset = "offset m"
    static func bitsPerElement(_ bytes: String, _ bits: String) -> String { "\(bytes), \(bits) bits an element" }
    static func storedFirst(_ method: String, bits: String) -> String {
        "stored as \(method), \(bits) bits a weight: what you see is decoded (d shows codes and scales)"
    }
    static func requantizing(_ method: String) -> String {
        "\(method) is quantized already and the original is not here: errors are against the decoded values"
    }
    static func flagStored(_ method: String) -> String {
        "stored as \(method): these values were quantized before (d shows codes and scales)"
    }
    static let reasonStored =
        "errors are measured against the stored values, not against those of the model before: a recipe like the stored one costs little or nothing, others add to what is lost already"
}
