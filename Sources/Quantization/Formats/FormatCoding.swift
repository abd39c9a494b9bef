import Basics
import Tensors

/// How a format comes to the quantizer of a range.
///
/// Each kind of format answers with itself, so that nobody has to ask what type a format is.
public struct FormatCoding: Sendable {
    enum Kind {
        /// Equal steps between the ends of a range.
        case uniform(any UniformFormat)
        /// Fixed levels under a scale.
        case scaled(any ScaledFormat)
        /// Levels or thresholds fitted to the values of a range.
        case fitted(any FittedFormat)
        /// Values that are coded together.
        case joint(any JointFormat)
    }

    let kind: Kind

    init(_ kind: Kind) { self.kind = kind }
}

extension UniformFormat {
    public var coding: FormatCoding { FormatCoding(.uniform(self)) }
}

extension ScaledFormat {
    public var coding: FormatCoding { FormatCoding(.scaled(self)) }
}

extension FittedFormat {
    public var coding: FormatCoding { FormatCoding(.fitted(self)) }
}

extension JointFormat {
    public var coding: FormatCoding { FormatCoding(.joint(self)) }
}

extension NumberFormat {
    /// Levels are equally spaced: steps, mappings and rules derived for them have a meaning.
    public var hasEqualSteps: Bool { if case .uniform = coding.kind { true } else { false } }

    /// Values are quantized together: no code follows from one value and its range alone (`JointCoder`).
    public var isJoint: Bool { joint != nil }

    var scaled: (any ScaledFormat)? { if case .scaled(let format) = coding.kind { format } else { nil } }
    var isFitted: Bool { if case .fitted = coding.kind { true } else { false } }
    var joint: (any JointFormat)? { if case .joint(let format) = coding.kind { format } else { nil } }
}

/// A format that codes values together.
protocol JointFormat: NumberFormat {
    /// What codes the values of a tensor, which may have to be learnt from them first.
    ///
    /// - Parameter isEstimate: fewer values have to do.
    func coder(for tensor: TensorView, isEstimate: Bool, _ context: WorkContext) throws(Cancelled) -> any JointCoder
    /// The share of the work that learning takes.
    var learningShare: Double { get }
    /// A part of a tensor that stands for it.
    func sample(of tensor: TensorView, _ layout: RangeLayout) -> TensorSample
}
