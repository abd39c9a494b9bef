/// How a kernel turns x/S into a whole number. The words are those of the recipe's `round:`.
public enum KernelRounding: Sendable, Equatable {
    case even, away, up, down, zero
    /// The element at index i goes up with the probability of its fraction, by a number drawn from (key, i) alone.
    case stochastic(key: UInt32)
    /// x/S by a division rather than by the rounded reciprocal, as some toolkits do.
    case dividingEven, dividingAway
}

/// The affine grid of one range, in the form that kernels use: r = round(clamp(x·inverse, low, high)), x̂ = r·scale.
///
/// `low` and `high` are the outermost codes less the zero-point, so that r = q - z.
public struct KernelGrid: Sendable {
    public var inverse: Float
    public var scale: Float
    public var low: Float
    public var high: Float

    public init(inverse: Float, scale: Float, low: Float, high: Float) {
        self.inverse = inverse
        self.scale = scale
        self.low = low
        self.high = high
    }
}

/// The grids of a tile in which they change from element to element, as columns of one value an element.
public struct KernelGridColumns {
    public var inverse: UnsafePointer<Float>
    public var scale: UnsafePointer<Float>
    public var low: UnsafePointer<Float>
    /// high - low, the same for all.
    public var span: Float

    public init(
        inverse: UnsafePointer<Float>, scale: UnsafePointer<Float>, low: UnsafePointer<Float>, span: Float
    ) {
        self.inverse = inverse
        self.scale = scale
        self.low = low
        self.span = span
    }
}

/// Sums over the errors e = x̂ - x of some elements.
///
/// Errors, values and reconstructions are multiplied by the powers of two of `KernelFactors`.
public struct KernelSums: Sendable {
    /// Of the elements that are not clipped, and of those that are: apart, since either may be far larger.
    public var roundedSquaredError = 0.0
    public var clippedSquaredError = 0.0
    public var absoluteError = 0.0
    public var error = 0.0
    public var squaredOriginal = 0.0
    public var squaredReconstruction = 0.0
    public var product = 0.0
    /// Not multiplied by a factor.
    public var largestError: Float = 0
    public var clippedCount = 0
    public var zeroedCount = 0

    public init() {}
    public var squaredError: Double { roundedSquaredError + clippedSquaredError }
}

/// Powers of two that keep squares within Float32.
public struct KernelFactors: Sendable {
    public var error: Float
    public var value: Float
    public var reconstruction: Float

    public init(error: Float, value: Float, reconstruction: Float) {
        self.error = error
        self.value = value
        self.reconstruction = reconstruction
    }
}

/// What one look at some elements tells.
public struct KernelExtremes: Sendable {
    public var minimum = Float.infinity
    public var maximum = -Float.infinity
    /// The largest bit pattern without its sign: that of the largest magnitude, or of an infinity or NaN.
    public var magnitudeBits: UInt32 = 0
    public var zeroCount = 0

    public init() {}
    public var hasNonFinite: Bool { magnitudeBits >= 0x7F80_0000 }
}

/// Sums of powers of d = x·factor - pivot.
public struct KernelPowerSums: Sendable {
    public var first = 0.0
    public var second = 0.0
    public var third = 0.0
    public var fourth = 0.0
    public init() {}
}

/// Magnitudes of at least a limit, and how many lie in the band below it.
public struct KernelTails: Sendable {
    public var aboveCount = 0
    public var aboveSum = 0.0
    public var betweenCount = 0
    public init() {}
}

/// The hash behind stochastic rounding, so that the plain implementation draws what the kernels draw.
public enum KernelRandom {
    /// A key of 32 bits from the recipe's seed.
    public static func key(seed: UInt64) -> UInt32 {
        var z = seed &+ 0x9E37_79B9_7F4A_7C15  // SplitMix64
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return UInt32(truncatingIfNeeded: z ^ z >> 31)
    }

    /// 24 random bits for the element at `index`, as a number in [0, 1).
    public static func uniform(key: UInt32, index: UInt64) -> Float {
        var x = UInt32(truncatingIfNeeded: index) ^ (UInt32(truncatingIfNeeded: index >> 32) &* 0x9E37_79B9 &+ key)
        x ^= x >> 16
        x = x &* 0x7FEB_352D
        x ^= x >> 15
        x = x &* 0x846C_A68B
        x ^= x >> 16
        return Float(x >> 8) * 0x1p-24
    }
}

/// The buffers and switches of an evaluation.
public struct KernelOutputs {
    /// Four tables of `codeCount` counters that belong together, or one where codes are many; nil where codes are not counted.
    public var codeCounts: UnsafeMutablePointer<UInt32>?
    public var codeCount: Int
    public var hasFourTables: Bool
    /// The squared error of each element, multiplied by the factor's square, for sums over ranges; nil where not needed.
    public var squaredErrors: UnsafeMutablePointer<Float>?

    public init(
        codeCounts: UnsafeMutablePointer<UInt32>?, codeCount: Int, hasFourTables: Bool,
        squaredErrors: UnsafeMutablePointer<Float>?
    ) {
        self.codeCounts = codeCounts
        self.codeCount = codeCount
        self.hasFourTables = hasFourTables
        self.squaredErrors = squaredErrors
    }
}

/// The grid of a small floating-point type over t = x/S: subnormals, every positive value mirrored, saturating.
///
/// `mantissaBits` is at least one: without any, ties go by the exponent's parity, which a `KernelBook` holds.
public struct KernelSmallFloat: Sendable {
    public var mantissaBits: Int
    /// 2^(1 - bias): below it values are equally spaced.
    public var leastNormal: Float
    public var largest: Float
    /// Magnitudes above it count as clipped.
    public var clipLimit: Float
    /// The number of positive values, which is the index of zero among all.
    public var zeroPlace: Int

    public init(mantissaBits: Int, leastNormal: Float, largest: Float, clipLimit: Float, zeroPlace: Int) {
        self.mantissaBits = mantissaBits
        self.leastNormal = leastNormal
        self.largest = largest
        self.clipLimit = clipLimit
        self.zeroPlace = zeroPlace
    }
}

/// Levels in ascending order over t = x/S, and where one goes over into the next. The pointers must outlive their use.
public struct KernelBook: @unchecked Sendable {
    public var levels: UnsafePointer<Float>
    /// t at or above `thresholds[k]` takes level k + 1 or one above it.
    public var thresholds: UnsafePointer<Float>
    public var count: Int
    /// What lies below or above counts as clipped.
    public var clipLow: Float
    public var clipHigh: Float

    public init(
        levels: UnsafePointer<Float>, thresholds: UnsafePointer<Float>, count: Int, clipLow: Float, clipHigh: Float
    ) {
        self.levels = levels
        self.thresholds = thresholds
        self.count = count
        self.clipLow = clipLow
        self.clipHigh = clipHigh
    }
}

/// What a kernel makes of x: which grid its columns of scales belong to.
public enum KernelCodec: Sendable {
    /// Equal steps, by the columns `inverse`, `scale` and `low`.
    case affine(KernelRounding)
    /// By the column `scale` alone, as the next.
    case smallFloat(KernelSmallFloat)
    case book(KernelBook)
    /// 0 and ±`scale`, by thresholds ±`low`.
    case ternary
}
