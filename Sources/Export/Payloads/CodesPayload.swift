import Basics
import Quantization
import TensorFiles
import Tensors

/// The codes of a tensor in whole bytes, and the scales and zero-points of its ranges, which are found once.
final class StoredCodes: Sendable {
    let tensor: TensorView
    let recipe: Recipe
    let rangeCount: Int
    private let known = Lock<StoredRanges?>(nil)

    /// - Precondition: a recipe of integers that fits the tensor.
    init(_ tensor: TensorView, _ recipe: Recipe, rangeCount: Int) {
        (self.tensor, self.recipe, self.rangeCount) = (tensor, recipe, rangeCount)
    }

    /// Signed where ranges are symmetric.
    var codeType: ElementType {
        recipe.mapping.hasZeroPoint
            ? (recipe.format.bits > 8 ? .uint16 : .uint8) : recipe.format.bits > 8 ? .int16 : .int8
    }

    fileprivate func ranges(_ path: String, _ context: WorkContext) throws(FileError) -> StoredRanges {
        if let ranges = known.withLock({ $0 }) { return ranges }
        guard let evaluator = try? Evaluator(tensor, recipe: recipe),
            let ranges = try? evaluator.storedRanges(context)
        else { throw FileError(path: path, found: "an interruption", expected: "the whole file") }
        known.withLock { $0 = ranges }
        return ranges
    }

    var codes: any Payload { Codes(owner: self) }
    var scales: any Payload {
        Numbers(owner: self, byteCount: rangeCount * 4, isLast: false) { PackedBits.numbers($0.scales, as: .float32) }
    }
    /// The last part: ranges are let go after it.
    var zeroPoints: any Payload {
        Numbers(owner: self, byteCount: rangeCount * 4, isLast: true) { [rangeCount] ranges in
            let all = ranges.zeroPoints.isEmpty ? [Int](repeating: 0, count: rangeCount) : ranges.zeroPoints
            return PackedBits.bytes(all.map { UInt32(bitPattern: Int32($0)) })
        }
    }

    private struct Numbers: Payload {
        let owner: StoredCodes
        let byteCount: Int
        let isLast: Bool
        let bytes: @Sendable (StoredRanges) -> [UInt8]

        func write(to window: FileWindow, path: String, context: WorkContext) throws(FileError) {
            let bytes = bytes(try owner.ranges(path, context))
            let written = bytes.withUnsafeBytes { raw in
                Result { () throws(FileError) in try window.write(raw, at: 0) }
            }
            try written.get()
            if isLast { owner.known.withLock { $0 = nil } }
        }
    }

    /// q = x̂/S + z, to the whole number that it is; what is no number takes the code of zero.
    private struct Codes: Payload {
        let owner: StoredCodes

        var byteCount: Int { owner.tensor.count * owner.codeType.bitWidth / 8 }

        func write(to window: FileWindow, path: String, context: WorkContext) throws(FileError) {
            let ranges = try owner.ranges(path, context), isWide = owner.codeType.bitWidth > 8
            let hasZeros = owner.recipe.mapping.hasZeroPoint, cancel = CancelFlag(), failure = FirstFailure(cancel)
            let work = WorkContext(threads: context.threads, cancel: cancel, isInBackground: context.isInBackground)
            let rooms = PerWorker(context.threads) { Scratch() }
            guard let evaluator = try? Evaluator(owner.tensor, recipe: owner.recipe) else { return }
            try? evaluator.reconstruct(work) { elements, values, reconstruction, worker in
                if context.cancel.isCancelled { cancel.cancel() }
                let room = UnsafeMutableRawPointer(rooms[worker].floats(elements.count))
                for (place, element) in elements.enumerated() {
                    let range = ranges.range(ofElement: element), zero = hasZeros ? ranges.zeroPoints[range] : 0
                    let level = values[place].isFinite ? (reconstruction[place] / ranges.scales[range]).rounded() : 0
                    let code = Int(level) + zero
                    if isWide {
                        room.storeBytes(
                            of: UInt16(truncatingIfNeeded: code).littleEndian, toByteOffset: place * 2, as: UInt16.self)
                    } else {
                        room.storeBytes(of: UInt8(truncatingIfNeeded: code), toByteOffset: place, as: UInt8.self)
                    }
                }
                failure.attempt { () throws(FileError) in
                    let size = isWide ? 2 : 1
                    try window.write(
                        UnsafeRawBufferPointer(start: room, count: elements.count * size),
                        at: elements.lowerBound * size)
                }
            }
            try failure.check(path)
            if let fault = owner.tensor.fault {
                throw FileError(
                    path: path, place: .tensor(owner.tensor.name), found: fault.found, expected: fault.expected)
            }
        }
    }
}
