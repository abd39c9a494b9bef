/// The levels of a run of a ggml block: x̂ = S·level + offset, each a Float32 operation.
///
/// S may be negative. Codes here are indices of levels in ascending order of reconstruction; `place(ofStored:)` turns places in
/// the type's own list into them.
public struct RunQuantizer: Hashable, Sendable {
    public let scale: Float
    public let offset: Float
    /// The type's levels before they are multiplied, ascending.
    public let book: [Int8]
    /// Values beyond these are clipped.
    let clipLow: Float
    let clipHigh: Float

    init(scale: Float, offset: Float, book: [Int8]) {
        self.scale = scale
        self.offset = offset
        self.book = book
        func level(_ place: Int) -> Double { Double(scale * Float(book[place]) + offset) }
        let last = book.count - 1
        let (first, second) = scale < 0 ? (level(last), level(last - 1)) : (level(0), level(1))
        let (before, end) = scale < 0 ? (level(1), level(0)) : (level(last - 1), level(last))
        // Levels that are all one have no gap to be beyond by half of.
        clipLow = scale == 0 ? -.infinity : Float(first - (second - first) / 2)
        clipHigh = scale == 0 ? .infinity : Float(end + (end - before) / 2)
    }

    func place(ofStored place: Int) -> Int { scale < 0 ? book.count - 1 - place : place }

    /// The code as ggml stores it, an integer that the scale is multiplied by.
    public func storedLevel(ofCode code: Int) -> Int { Int(book[place(ofStored: code)]) }

    /// The nearest level; ggml itself decides with scales as they were before they are rounded for storage, so that a value at a
    /// border may go to the neighbour.
    func code(of value: Float) -> Int {
        guard scale != 0 else { return zeroCode ?? 0 }
        var best = 0, least = Float.infinity
        for code in book.indices {
            let distance = abs(reconstruction(of: code) - value)
            if distance < least { (best, least) = (code, distance) }
        }
        return best
    }

    /// Levels beyond Float32, which a scale at its end has, are never taken.
    func reconstruction(of code: Int) -> Float {
        let level = scale * Float(book[place(ofStored: code)]) + offset
        return max(-.greatestFiniteMagnitude, min(.greatestFiniteMagnitude, level))
    }

    func isClipped(_ value: Float) -> Bool { value < clipLow || value > clipHigh }

    public var levels: [Float] { book.indices.map(reconstruction) }

    var thresholds: [Double] {
        let levels = levels.map { Double($0) }
        return zip(levels, levels.dropFirst()).map { ($0 + $1) / 2 }
    }

    var range: ClipRange { ClipRange(low: reconstruction(of: 0), high: reconstruction(of: book.count - 1)) }

    /// The code whose reconstruction is zero, where there is one.
    var zeroCode: Int? { book.indices.first { reconstruction(of: $0) == 0 } }

    /// The mean distance of neighbouring levels.
    var meanGap: Double {
        let width = Double(Int(book[book.count - 1]) - Int(book[0])) * Double(abs(scale))
        return width > 0 ? width / Double(book.count - 1) : 1
    }
}
