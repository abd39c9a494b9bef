import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// A matrix in integer codes under scales of runs of a row: what runtimes for weights of few bits read.
struct IntegerWeight: Sendable {
    let tensor: TensorView
    let recipe: Recipe
    let rows: Int
    let columns: Int
    let bits: Int
    /// Elements of a row that share a scale: all of them where ranges are rows.
    let groupSize: Int
    let isSymmetric: Bool
    let scaleType: ElementType

    var groups: Int { (columns + groupSize - 1) / groupSize }
    /// The code of zero where ranges are symmetric, in codes from 0 on.
    var middle: Int { 1 << (bits - 1) }
    /// The module that has the weight.
    var module: String { tensor.name.hasSuffix(".weight") ? String(tensor.name.dropLast(7)) : tensor.name }

    /// - Throws: where a target has no way to say the recipe, with what it has.
    init(_ tensor: TensorView, _ recipe: Recipe, target: String, bits allowed: Set<Int>) throws(ExportError) {
        func misfit(_ found: String, _ expected: String) -> ExportError {
            ExportError(
                target, found: "\(found) for \(Printable.quoted(tensor.name))", expected: expected)
        }
        guard recipe.format is IntegerFormat, allowed.contains(recipe.format.bits), recipe.convention == nil else {
            let list = allowed.sorted().map { "int\($0)" }.joined(separator: ", ")
            throw misfit("\(recipe)", "one of \(list)")
        }
        guard tensor.shape.rank == 2, tensor.count > 0 else {
            throw misfit("shape \(tensor.shape)", "a matrix with elements")
        }
        (rows, columns) = (tensor.shape.extents[0], tensor.shape.extents[1])
        switch recipe.granularity {
        case .group(let size): groupSize = min(size, columns)
        case .channel(0): groupSize = columns
        default: throw misfit("\(recipe.granularity)", "group:G or channel:0")
        }
        guard columns % groupSize == 0 else {
            throw misfit("rows of \(columns) in groups of \(groupSize)", "groups that divide a row")
        }
        switch recipe.scaleType {
        case .float32: scaleType = .float32
        case .float16: scaleType = .float16
        case .bfloat16: scaleType = .bfloat16
        default: throw misfit("scale:\(recipe.scaleType.rawValue)", "scale:f16, scale:bf16 or scale:f32")
        }
        (self.tensor, self.recipe, bits) = (tensor, recipe, recipe.format.bits)
        isSymmetric = !recipe.mapping.hasZeroPoint
    }

    /// Codes from 0 on by rows, scales and zero-points by row and group.
    struct Codes: Sendable {
        let codes: [UInt8]
        let scales: [Float]
        let zeroPoints: [Int]
    }

    /// All of it, in a byte an element.
    func coded(_ context: WorkContext) throws(Cancelled) -> Codes {
        guard let evaluator = try? Evaluator(tensor, recipe: recipe) else { throw Cancelled() }
        let ranges = try evaluator.storedRanges(context), groupSize = groupSize, middle = middle
        let isSymmetric = isSymmetric, most = Float(1 << bits - 1)
        let codes = Slots<UInt8>(tensor.count, repeating: 0)
        try evaluator.reconstruct(context) { elements, values, reconstruction, _ in
            for (place, element) in elements.enumerated() {
                let range = element / groupSize
                let zero = isSymmetric ? middle : ranges.zeroPoints[range]
                // x̂ is S·(q - z) to a rounding, so that the quotient is next to a whole number; what is no number becomes zero.
                let level = values[place].isFinite ? (reconstruction[place] / ranges.scales[range]).rounded() : 0
                codes[element] = UInt8(max(0, min(most, level + Float(zero))))
            }
        }
        return Codes(
            codes: codes.all, scales: ranges.scales,
            zeroPoints: isSymmetric ? [Int](repeating: middle, count: ranges.scales.count) : ranges.zeroPoints)
    }
}

/// The codes of a weight, made once for all its parts of a file, and kept until the last one is written.
final class CodedWeight: Sendable {
    let weight: IntegerWeight
    private let known = Lock<(codes: IntegerWeight.Codes?, uses: Int)>((nil, 0))

    init(_ weight: IntegerWeight) { self.weight = weight }

    /// A part of a file that follows from the codes.
    func part(
        _ byteCount: Int, _ bytes: @escaping @Sendable (IntegerWeight, IntegerWeight.Codes) throws(FileError) -> [UInt8]
    )
        -> any Payload
    {
        known.withLock { $0.uses += 1 }
        return Part(owner: self, byteCount: byteCount, bytes: bytes)
    }

    private struct Part: Payload {
        let owner: CodedWeight
        let byteCount: Int
        let bytes: @Sendable (IntegerWeight, IntegerWeight.Codes) throws(FileError) -> [UInt8]

        func write(to window: FileWindow, path: String, context: WorkContext) throws(FileError) {
            let codes = try owner.codes(path, context)
            let bytes = try bytes(owner.weight, codes)
            precondition(bytes.count == byteCount, "a part of another size than announced")
            let written = bytes.withUnsafeBytes { raw in Result { () throws(FileError) in try window.write(raw, at: 0) }
            }
            try written.get()
            owner.release()
        }
    }

    private func codes(_ path: String, _ context: WorkContext) throws(FileError) -> IntegerWeight.Codes {
        if let codes = known.withLock({ $0.codes }) { return codes }
        guard let codes = try? weight.coded(context) else {
            throw FileError(path: path, found: "an interruption", expected: "the whole file")
        }
        if let fault = weight.tensor.fault {
            throw FileError(
                path: path, place: .tensor(weight.tensor.name), found: fault.found, expected: fault.expected)
        }
        known.withLock { $0.codes = codes }
        return codes
    }

    private func release() {
        known.withLock { known in
            known.uses -= 1
            if known.uses == 0 { known.codes = nil }
        }
    }

    /// Scales by row and group, in the recipe's own type.
    func scales() -> any Payload {
        let count = weight.rows * weight.groups * weight.scaleType.bitWidth / 8
        return part(count) { weight, codes in PackedBits.numbers(codes.scales, as: weight.scaleType) }
    }
}
