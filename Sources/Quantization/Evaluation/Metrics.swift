import Platform

/// Sums over the errors e = x̂ - x of finite elements, from which every metric follows.
public struct ErrorSums: Sendable, Equatable {
    public var count = 0
    /// Of the elements that are not clipped, and of those that are.
    public var roundedSquaredError = 0.0
    public var clippedSquaredError = 0.0
    public var absoluteError = 0.0
    public var error = 0.0
    public var squaredOriginal = 0.0
    public var squaredReconstruction = 0.0
    public var product = 0.0
    public var largestError = 0.0
    public var clippedCount = 0
    public var zeroedCount = 0

    public init() {}

    public var squaredError: Double { roundedSquaredError + clippedSquaredError }

    /// Adds an element that occurs so many times.
    @inlinable
    public mutating func add(_ value: Float, _ reconstruction: Float, isClipped: Bool, times: UInt64 = 1) {
        let n = Double(times), x = Double(value), y = Double(reconstruction), e = Double(reconstruction - value)
        count += Int(times)
        absoluteError += n * abs(e)
        error += n * e
        squaredOriginal += n * x * x
        squaredReconstruction += n * y * y
        product += n * x * y
        largestError = max(largestError, abs(e))
        if isClipped {
            clippedCount += Int(times)
            clippedSquaredError += n * e * e
        } else {
            roundedSquaredError += n * e * e
        }
        if value != 0 && reconstruction == 0 { zeroedCount += Int(times) }
    }

    public mutating func merge(_ other: ErrorSums) {
        count += other.count
        roundedSquaredError += other.roundedSquaredError
        clippedSquaredError += other.clippedSquaredError
        absoluteError += other.absoluteError
        error += other.error
        squaredOriginal += other.squaredOriginal
        squaredReconstruction += other.squaredReconstruction
        product += other.product
        largestError = max(largestError, other.largestError)
        clippedCount += other.clippedCount
        zeroedCount += other.zeroedCount
    }
}

/// What a recipe costs in storage.
public struct StoredSize: Sendable, Equatable {
    /// Bits of all codes, scales and zero-points.
    public let bits: Double
    public let elements: Int
    public let sourceBytes: Int

    public init(bits: Double, elements: Int, sourceBytes: Int) {
        self.bits = bits
        self.elements = elements
        self.sourceBytes = sourceBytes
    }

    public var bitsPerWeight: Double { bits / Double(elements) }
    public var bytes: Double { (bits / 8).rounded(.up) }
    public var compressionRatio: Double { Double(sourceBytes) / bytes }
}

/// The error of a reconstruction. Where an entry is undefined it is nil.
public struct Metrics: Sendable, Equatable {
    /// Σe²/N
    public let mse: Double
    public let rmse: Double
    /// Σ|e|/N
    public let mae: Double
    public let maxAbsError: Double
    /// Σe/N
    public let bias: Double
    /// 10·log10(Σx²/Σe²) in decibels; nil where there is no error.
    public let sqnr: Double?
    /// Σx·x̂ / (‖x‖·‖x̂‖)
    public let cosine: Double?
    /// ‖e‖/‖x‖
    public let relativeL2: Double?
    /// The share of elements beyond an outermost level by more than half a step.
    public let clippedFraction: Double
    /// Σe²/N over the clipped elements, and over the others; they add up to `mse`.
    public let clipError: Double
    public let roundError: Double
    /// The share of elements with x ≠ 0 and x̂ = 0.
    public let zeroedFraction: Double
    /// The entropy of the codes over the whole tensor, in bits a code.
    public let codeEntropyBits: Double
    /// The mean length of the codes under the best code of whole bits, in bits a code.
    public let huffmanBits: Double
    public let levelsUsed: Int
    public let levelsTotal: Int
    public let size: StoredSize
    /// ‖(Ŵ - W)X‖ / ‖WX‖, where inputs of the layer were measured.
    public var outputError: Double?

    /// The metrics that follow from sums over all elements.
    ///
    /// - Parameters:
    ///   - sums: of errors and values.
    ///   - codeCounts: how often each code occurs.
    ///   - levelsTotal: how many levels the format has.
    ///   - size: what the quantized tensor takes.
    public init(sums: ErrorSums, codeCounts: [UInt64], levelsTotal: Int, size: StoredSize) {
        let n = Double(max(1, sums.count))
        mse = sums.squaredError / n
        rmse = mse.squareRoot()
        mae = sums.absoluteError / n
        maxAbsError = sums.largestError
        bias = sums.error / n
        // A level of all zeros has no signal: the ratio is undefined unless there is no error.
        sqnr =
            sums.squaredError > 0 && sums.squaredOriginal > 0
            ? 10 * log10(sums.squaredOriginal / sums.squaredError) : nil
        let norms = sums.squaredOriginal.squareRoot() * sums.squaredReconstruction.squareRoot()
        cosine = norms > 0 ? max(-1, min(1, sums.product / norms)) : nil
        relativeL2 = sums.squaredOriginal > 0 ? (sums.squaredError / sums.squaredOriginal).squareRoot() : nil
        clippedFraction = Double(sums.clippedCount) / n
        clipError = sums.clippedSquaredError / n
        roundError = sums.roundedSquaredError / n
        zeroedFraction = Double(sums.zeroedCount) / n
        let total = Double(codeCounts.reduce(0, +))
        codeEntropyBits = codeCounts.reduce(0.0) { entropy, count in
            guard count > 0 else { return entropy }
            let share = Double(count) / total
            return entropy - share * log2(share)
        }
        huffmanBits = HuffmanCode.averageLength(codeCounts)
        levelsUsed = codeCounts.count { $0 > 0 }
        self.levelsTotal = levelsTotal
        self.size = size
    }

    /// Metrics as they were written down; nil where one that is always defined is missing.
    public init?(_ values: [String: Double], size: StoredSize) {
        guard let mse = values[MetricID.mse.name], let rmse = values[MetricID.rmse.name],
            let mae = values[MetricID.mae.name],
            let maxAbsError = values[MetricID.maxAbsError.name], let bias = values[MetricID.bias.name],
            let clippedFraction = values[MetricID.clippedFraction.name],
            let clipError = values[MetricID.clipError.name],
            let roundError = values[MetricID.roundError.name],
            let zeroedFraction = values[MetricID.zeroedFraction.name],
            let codeEntropyBits = values[MetricID.codeEntropyBits.name],
            let huffmanBits = values[MetricID.huffmanBits.name],
            let levelsUsed = values[MetricID.levelsUsed.name].flatMap({ Int(exactly: $0) }),
            let levelsTotal = values[MetricID.levelsTotal.name].flatMap({ Int(exactly: $0) })
        else { return nil }
        (self.mse, self.rmse, self.mae, self.maxAbsError, self.bias) = (mse, rmse, mae, maxAbsError, bias)
        (sqnr, cosine, relativeL2) = (
            values[MetricID.sqnr.name], values[MetricID.cosine.name], values[MetricID.relativeL2.name]
        )
        (self.clippedFraction, self.clipError, self.roundError) = (clippedFraction, clipError, roundError)
        (self.zeroedFraction, self.codeEntropyBits, self.huffmanBits) = (zeroedFraction, codeEntropyBits, huffmanBits)
        (self.levelsUsed, self.levelsTotal, self.size) = (levelsUsed, levelsTotal, size)
        outputError = values[MetricID.outputError.name]
    }

    /// The names of all metrics that need no measured inputs, in the order of the documentation.
    public static let names = MetricCatalog.all.filter { !$0.needsInputs }.map { $0.id.name }

    /// Name and value of every metric, in the order of the documentation; without measured inputs the error of outputs is left out.
    public var entries: [(name: String, value: Double?)] {
        MetricCatalog.all.filter { !$0.needsInputs || $0.value(self) != nil }.map { ($0.id.name, $0.value(self)) }
    }
}
