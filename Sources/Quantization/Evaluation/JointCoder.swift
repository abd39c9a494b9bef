import Basics
import Tensors

/// How a format codes values that are quantized together, so that no code follows from one value and its range alone.
///
/// Values come in units: so many neighbours of a row, from the row's first on. What is left of a row is padded with zeros.
protocol JointCoder: Sendable {
    /// Values that are coded together.
    var unit: Int { get }
    var valuesPerCode: Int { get }
    var codeCount: Int { get }
    /// Codes whole units.
    ///
    /// - Parameters:
    ///   - x: finite values, `count` of them, a multiple of the unit.
    ///   - element: the index of the first one in the tensor.
    func code(_ x: UnsafePointer<Float>, _ count: Int, element: Int, into output: JointOutput)
    /// The quantizer of a range whose values begin at `first` of such an output.
    func quantizer(ofValuesAt first: Int, in output: JointOutput) -> Quantizer
    /// The centroids of vectors, where it codes these.
    var vectors: VectorQuantizer? { get }
    /// The coder of blocks of runs, where it is one.
    var blocks: GGMLCoder? { get }
}

extension JointCoder {
    var vectors: VectorQuantizer? { nil }
    var blocks: GGMLCoder? { nil }
}

/// Room for what units of values become.
struct JointOutput {
    let reconstruction: UnsafeMutablePointer<Float>
    /// One for every `valuesPerCode` values, from 0 on.
    let codes: UnsafeMutablePointer<UInt16>
    /// For each range its scale and offset, where ranges have them.
    let scales: UnsafeMutablePointer<Float>
    let offsets: UnsafeMutablePointer<Float>
}

/// Neighbouring values of a row before and after.
struct JointPart {
    let elements: Range<Int>
    /// As stored, what is not finite included.
    let values: UnsafePointer<Float>
    let output: JointOutput
    let codeCount: Int
}

/// A walk over a tensor in parts of whole units.
struct JointPass: Sendable {
    let tensor: TensorView
    let coder: any JointCoder
    /// Elements of a row, of a part of it, and parts of a row.
    private let rowLength: Int
    private let length: Int
    private let parts: Int
    /// Short rows go together.
    private let rowsTogether: Int
    private let rows: Int

    init(_ tensor: TensorView, _ coder: any JointCoder) {
        self.tensor = tensor
        self.coder = coder
        (rows, rowLength) = tensor.vectorRows
        rowsTogether = max(1, Tiling.tile / max(1, rowLength))
        length = min(rowLength, max(1, Tiling.tile / coder.unit) * coder.unit)
        parts = rowLength.pieces(of: length)
    }

    var partCount: Int { rows.pieces(of: rowsTogether) * parts }

    /// Memory of one worker.
    private final class Room {
        private let values = Scratch(), clean = Scratch(), back = Scratch(), numbers = Scratch()
        private var codes: [UInt16] = []

        func with(
            _ tensor: TensorView, _ elements: Range<Int>, _ coder: any JointCoder, _ body: (JointPart) -> Void
        ) {
            let count = elements.count
            let padded = count.pieces(of: coder.unit) * coder.unit
            if codes.count < padded { codes = [UInt16](repeating: 0, count: padded) }
            tensor.withValues(elements, scratch: values.floats(count)) { values in
                // What is not finite takes part as zero.
                let clean = clean.floats(padded)
                for i in 0..<count { clean[i] = values[i].isFinite ? values[i] : 0 }
                for i in count..<padded { clean[i] = 0 }
                let numbers = numbers.floats(2 * padded)
                codes.withUnsafeMutableBufferPointer { codes in
                    guard let codes = codes.baseAddress else { return }
                    let output = JointOutput(
                        reconstruction: back.floats(padded), codes: codes, scales: numbers, offsets: numbers + padded)
                    coder.code(clean, padded, element: elements.lowerBound, into: output)
                    body(
                        JointPart(
                            elements: elements, values: values, output: output, codeCount: padded / coder.valuesPerCode)
                    )
                }
            }
        }
    }

    /// Calls `body(index, part, worker)` on all cores. Parts of one index come in the order of the tensor.
    func forEachPart(
        _ context: WorkContext, _ body: @escaping @Sendable (Int, JointPart, Int) -> Void
    ) throws(Cancelled) {
        let rooms = PerWorker(context.threads) { Room() }
        try context.forEach(0..<partCount) { number, worker in
            let group = number / parts, part = number % parts
            for row in group * rowsTogether..<min((group + 1) * rowsTogether, rows) {
                let start = row * rowLength + part * length
                rooms[worker].with(tensor, start..<min(start + length, (row + 1) * rowLength), coder) {
                    body(number, $0, worker)
                }
            }
        }
    }

    /// Calls `body` with units one after the other, from the one that holds `element` on, for as long as it returns true.
    func forEachUnit(from element: Int, _ body: (JointPart) -> Bool) {
        let room = Room()
        var start = element - element % rowLength % coder.unit, goesOn = true
        while goesOn, start < tensor.count {
            let end = min(start + coder.unit, (start / rowLength + 1) * rowLength)
            room.with(tensor, start..<end, coder) { goesOn = body($0) }
            start = end
        }
    }
}
