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
    private let quantizer: Quantizer
    private let rounding: Rounding

    /// nil while there is no quantizer.
    init?(_ state: ExplorerState) {
        guard let detail = state.detail, detail.quantizer.isScalar else { return nil }
        quantizer = detail.quantizer
        rounding = state.recipe.rounding
        axis = Axis(detail.original.binning, isLogarithmic: state.hasLogAxis)
        cursor = state.cursorValue.map(Double.init)
        let halfStep = quantizer.step / 2
        self.halfStep = halfStep
        let most = 256
        if quantizer.levelCount <= most {
            let axis = axis, rounding = rounding
            func isShown(_ value: Double) -> Bool { (0...1).contains(axis.share(of: value)) }
            levels = quantizer.levels.map(Double.init).filter(isShown)
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
            levels = []
            thresholds = []
        }
    }

    /// r̂ of the value at a position on the axis; `index` draws where rounding is stochastic.
    public func reconstruction(at share: Double, index: Int) -> Double {
        let value = Float(axis.value(at: share))
        return Double(quantizer.reconstruction(of: quantizer.code(of: value, rounding: rounding, index: index)))
    }

    public func error(at share: Double, index: Int) -> Double {
        reconstruction(at: share, index: index) - Double(Float(axis.value(at: share)))
    }
}
