import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// A matrix of four-bit floats (E2M1) in blocks of a row: NVFP4 with E4M3 scales under one Float32 of the tensor, MXFP4 with powers of two.
struct FloatBlockWeight: Sendable {
    enum Kind: Sendable { case nvfp4, mxfp4 }

    let tensor: TensorView
    let recipe: Recipe
    let kind: Kind
    let rows: Int
    let columns: Int

    var blockSize: Int { kind == .nvfp4 ? NVFP4Format.blockSize : 32 }
    var blocks: Int { columns / blockSize }
    var module: String { ModuleName.of(tensor.name) }

    /// nil for another recipe.
    init?(_ tensor: TensorView, _ recipe: Recipe, target: String) throws(ExportError) {
        switch recipe.format.name {
        case "nvfp4": kind = .nvfp4
        case "mxfp4": kind = .mxfp4
        default: return nil
        }
        let block = kind == .nvfp4 ? NVFP4Format.blockSize : 32
        guard tensor.shape.rank == 2, tensor.count > 0, tensor.shape.extents[1] % block == 0 else {
            throw ExportError(
                target, found: "shape \(tensor.shape) for \(Printable.quoted(tensor.name))",
                expected: "a matrix with rows of a multiple of \(block)")
        }
        (self.tensor, self.recipe) = (tensor, recipe)
        (rows, columns) = (tensor.shape.extents[0], tensor.shape.extents[1])
    }

    struct Codes: Sendable {
        /// Two elements a byte, the even one in the low half: sign and place of |x|/S among 0 0.5 1 1.5 2 3 4 6.
        let packed: [UInt8]
        /// A byte a block: E4M3, or the exponent of a power of two with a bias of 127.
        let scales: [UInt8]
        /// The tensor's own scale: 1 for MXFP4.
        let tensorScale: Float
    }

    func coded(_ context: WorkContext) throws(Cancelled) -> Codes {
        guard let evaluator = try? Evaluator(tensor, recipe: recipe) else { throw Cancelled() }
        let scales = try evaluator.storedRanges(context).scales, block = blockSize
        let nibbles = Slots<UInt8>(tensor.count, repeating: 0)
        try evaluator.reconstruct(context) { elements, values, reconstruction, _ in
            for (place, element) in elements.enumerated() where values[place].isFinite {
                let level = (abs(reconstruction[place]) / scales[element / block] * 2).rounded()
                nibbles[element] = Self.code(ofTwice: level) | (reconstruction[place].sign == .minus ? 8 : 0)
            }
        }
        let all = nibbles.all
        let packed = stride(from: 0, to: all.count, by: 2).map { all[$0] | all[$0 + 1] << 4 }
        guard kind == .nvfp4 else {
            return Codes(packed: packed, scales: scales.map { UInt8(Int($0.exponent) + 127) }, tensorScale: 1)
        }
        let largest = try FirstPass(tensor).run(context).statistics.absoluteMaximum ?? 0
        let tensorScale = largest > 0 ? max(Float(largest) / (6 * 448), .leastNormalMagnitude) : 1
        return Codes(packed: packed, scales: scales.map { Self.e4m3($0 / tensorScale) }, tensorScale: tensorScale)
    }

    /// Of twice a level.
    private static func code(ofTwice level: Float) -> UInt8 {
        switch level {
        case ..<5: UInt8(max(0, level))
        case ..<7: 5
        case ..<10: 6
        default: 7
        }
    }

    /// The E4M3 code nearest to a value that is one to a rounding: positive and finite.
    private static func e4m3(_ value: Float) -> UInt8 {
        let exponent = max(-6, min(8, value > 0 ? Int(value.exponent) : -6))
        let steps = Int((value / Float(sign: .plus, exponent: exponent - 3, significand: 1)).rounded())
        // Subnormals have eight steps from 0 on; others eight from their power of two on, and sixteen are the next power.
        let code = exponent == -6 && steps < 8 ? steps : (exponent + 7) * 8 + steps - 8
        return UInt8(max(0, min(0x7E, code)))
    }
}

/// The codes of a weight, made once for all its parts of a file.
final class CodedFloatBlocks: Sendable {
    let weight: FloatBlockWeight
    private let known = Lock<FloatBlockWeight.Codes?>(nil)

    init(_ weight: FloatBlockWeight) { self.weight = weight }

    /// - Parameter isLast: the codes are let go after it.
    func part(
        _ byteCount: Int, isLast: Bool = false, _ bytes: @escaping @Sendable (FloatBlockWeight.Codes) -> [UInt8]
    ) -> any Payload {
        Part(owner: self, byteCount: byteCount, isLast: isLast, bytes: bytes)
    }

    /// Codes and scales of blocks.
    func packed() -> any Payload { part(weight.rows * weight.columns / 2) { $0.packed } }
    func scales(isLast: Bool = false) -> any Payload { part(weight.rows * weight.blocks, isLast: isLast) { $0.scales } }

    private struct Part: Payload {
        let owner: CodedFloatBlocks
        let byteCount: Int
        let isLast: Bool
        let bytes: @Sendable (FloatBlockWeight.Codes) -> [UInt8]

        func write(to window: FileWindow, path: String, context: WorkContext) throws(FileError) {
            let bytes = bytes(try owner.codes(path, context))
            precondition(bytes.count == byteCount, "a part of another size than announced")
            let written = bytes.withUnsafeBytes { raw in
                Result { () throws(FileError) in try window.write(raw, at: 0) }
            }
            try written.get()
            if isLast { owner.known.withLock { $0 = nil } }
        }
    }

    private func codes(_ path: String, _ context: WorkContext) throws(FileError) -> FloatBlockWeight.Codes {
        if let codes = known.withLock({ $0 }) { return codes }
        guard let codes = try? weight.coded(context) else {
            throw FileError(path: path, found: "an interruption", expected: "the whole file")
        }
        if let fault = weight.tensor.fault {
            throw FileError(
                path: path, place: .tensor(weight.tensor.name), found: fault.found, expected: fault.expected)
        }
        known.withLock { $0 = codes }
        return codes
    }
}
