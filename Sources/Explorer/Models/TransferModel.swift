import Quantization

/// The staircase r → r̂ and its error over the distribution's axis.
public struct TransferModel: Sendable {
    public let axis: Axis
    public let cursor: Double?
    /// Levels and thresholds within the axis; empty where there are more than can be distinguished.
    public let levels: [Double]
    public let thresholds: [Double]
    /// Half a step: the bound of the error without clipping.
    public let halfStep: Double
    /// What is shown is a part of the axis, around the cursor.
    public let isPart: Bool
    private let quantizer: Quantizer
    private let rounding: Rounding
    private let places: [Double: Int]

    /// nil while there is no quantizer.
    ///
    /// - Parameter rows: of more levels than these only those around the cursor are shown, so that each has its own.
    init?(_ state: ExplorerState, rows: Int = .max) {
        guard let detail = state.detail, detail.quantizer.isScalar else { return nil }
        quantizer = detail.quantizer
        rounding = state.recipe.rounding
        let whole = Axis(detail.original.binning, isLogarithmic: state.hasLogAxis)
        // Who zooms in chooses the part.
        let isFree = !whole.isLogarithmic && state.window == nil
        let part = !isFree ? nil : Self.part(quantizer, around: state.cursorValue, rows: rows, whole)
        axis = part ?? whole
        isPart = part != nil
        cursor = state.cursorValue.map(Double.init)
        let halfStep = quantizer.step / 2
        self.halfStep = halfStep
        let most = 256
        if quantizer.levelCount <= most {
            let axis = axis, rounding = rounding
            func isShown(_ value: Double) -> Bool { (0...1).contains(axis.share(of: value)) }
            let levels = quantizer.levels.map(Double.init).filter(isShown)
            self.levels = levels
            places = Dictionary(
                levels.sorted().enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
            // Half a step lower or higher where rounding is one-sided.
            let shift: Double
            switch rounding {
            case .even, .away, .up, .stochastic: shift = 0
            case .down, .zero: shift = halfStep
            }
            thresholds = quantizer.thresholds.map { threshold in
                if case .zero = rounding, threshold < 0 { return threshold - shift }
                return threshold + shift
            }.filter(isShown)
        } else {
            (levels, thresholds, places) = ([], [], [:])
        }
    }

    /// The axis of so many levels around a value; nil where all have room.
    private static func part(_ quantizer: Quantizer, around cursor: Float?, rows: Int, _ whole: Axis) -> Axis? {
        guard rows >= 2, rows < quantizer.levelCount, let cursor else { return nil }
        let middle = quantizer.code(of: cursor, rounding: .even, index: 0) - quantizer.lowestCode
        let first = max(0, min(middle - rows / 2, quantizer.levelCount - rows))
        func level(_ place: Int) -> Double { Double(quantizer.reconstruction(of: quantizer.lowestCode + place)) }
        let ends = (level(first), level(first + rows - 1)), step = quantizer.step
        let (low, high) = (min(ends.0, ends.1), max(ends.0, ends.1))
        // Half a step beyond the outermost levels, which is where their neighbours begin.
        return low < high ? Axis(low: low - step / 2, high: high + step / 2) : nil
    }

    /// The place of a level among those that are shown, from the lowest on; nil where it is not among them.
    public func place(of level: Double) -> Int? { places[level] }

    /// r̂ of the value at a position on the axis; `index` draws where rounding is stochastic.
    public func reconstruction(at share: Double, index: Int) -> Double {
        let value = Float(axis.value(at: share))
        return Double(quantizer.reconstruction(of: quantizer.code(of: value, rounding: rounding, index: index)))
    }

    /// r̂ of a value.
    public func reconstruction(of value: Double) -> Double {
        Double(quantizer.reconstruction(of: quantizer.code(of: Float(value), rounding: rounding, index: 0)))
    }

    public func error(at share: Double, index: Int) -> Double {
        reconstruction(at: share, index: index) - Double(Float(axis.value(at: share)))
    }
}
