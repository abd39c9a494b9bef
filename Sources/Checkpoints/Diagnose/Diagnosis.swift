import Quantization
public import TensorFiles
public import Tensors

/// What is wrong with an export of a tensor: usual causes, by the error that correcting each would remove.
public struct Diagnosis: Sendable {
    public enum Verdict: Sendable, Equatable {
        /// The error is what quantization leaves.
        case sound
        /// Correcting it removes at least half of the error.
        case cause(Finding)
        /// The error is too large for a quantization, and no correction removes half of it.
        case unknown
        /// The tensors cannot be laid side by side.
        case incomparable(String)

        /// One of four words.
        public var kind: String {
            switch self {
            case .sound: "sound"
            case .cause: "cause"
            case .unknown: "no known cause"
            case .incomparable: "incomparable"
            }
        }
    }

    public let a: String
    public let b: String
    public let shape: Shape
    public let verdict: Verdict
    /// Of what was looked at: 10·log10(Σw²/Σe²) in decibels, nil without error.
    public let sqnr: Double?
    public let mse: Double
    /// What quantization to the export's own grid would leave, in decibels; nil where its values lie on no grid.
    public let expectedSQNR: Double?
    /// All that were tried and showed some sign, the one that removes most first.
    public let findings: [Finding]

    /// A cause must remove so much of the error.
    public static let leastRemoved = 0.5
    /// Causes that leave nearly as little as the best one are as good.
    private static let alike = 1.15

    /// - Parameters:
    ///   - isThorough: try every cause, even where the error is what its grid lets expect.
    public init(
        _ pair: TensorMatch.Pair, heads: [Int], originalFile: TensorFile, isThorough: Bool = false
    ) {
        (a, b, shape) = (pair.a.name, pair.b.name, pair.b.shape)
        guard let subject = DiagnosisCase(pair, heads: heads, originalFile: originalFile) else {
            verdict = .incomparable("shapes \(pair.a.shape) and \(pair.b.shape), or nothing finite in both")
            (sqnr, mse, expectedSQNR, findings) = (nil, 0, nil, [])
            return
        }
        let before = subject.squaredError
        sqnr = Decibel.sqnr(subject.squaredOriginal, before)
        mse = before / Double(subject.original.count)
        let expected = Self.expectedError(subject)
        expectedSQNR = expected.flatMap { Decibel.sqnr(subject.squaredOriginal, $0) }
        let isExpected = expected.map { before <= 2 * $0 } ?? false
        guard before > 0, isThorough || !isExpected else {
            (verdict, findings) = (.sound, [])
            return
        }
        // Of a small tensor both views are all of it.
        let tall =
            subject.isWhole
            ? subject : DiagnosisCase(pair, heads: heads, originalFile: originalFile, view: .tall) ?? subject
        var found: [Finding] = []
        for hypothesis in HypothesisCatalog.all {
            let seen = hypothesis.view == .tall ? tall : subject
            guard var finding = hypothesis.test(seen), finding.squaredError < seen.squaredError else { continue }
            finding.removed = 1 - finding.squaredError / seen.squaredError
            finding.sqnr = Decibel.sqnr(seen.squaredOriginal, finding.squaredError)
            found.append(finding)
        }
        let most = found.map { $0.removed }.max() ?? 0
        // The catalogue's order decides among those that leave nearly as little.
        let winner = found.first { 1 - $0.removed <= Self.alike * (1 - most) + 1e-12 }
        let rest = found.enumerated().filter { $0.element != winner }
            .sorted { (-$0.element.removed, $0.offset) < (-$1.element.removed, $1.offset) }.map { $0.element }
        findings = [winner].compactMap { $0 } + rest
        if let winner, winner.removed >= Self.leastRemoved {
            verdict = .cause(winner)
        } else {
            verdict = Self.isPlausible(subject, expected) ? .sound : .unknown
        }
    }

    /// Σe² of rounding to the export's own grid, S²/12 an element; nil where most of it lies on no grid.
    private static func expectedError(_ subject: DiagnosisCase) -> Double? {
        for partition in subject.partitions.reversed() {
            let layout = subject.layout(partition), steps = subject.steps(layout)
            let known = steps.compactMap { $0 }
            guard known.count * 10 >= steps.count * 8 else { continue }
            let mean = known.reduce(0) { $0 + $1 * $1 } / Double(known.count)
            return mean / 12 * Double(subject.original.count)
        }
        return nil
    }

    /// Whether an error may be what a coarse quantization leaves: the export points the original's way, is not larger, and its error
    /// is no more than some steps of its grid let expect.
    private static func isPlausible(_ subject: DiagnosisCase, _ expected: Double?) -> Bool {
        var product = 0.0, power = 0.0
        for (w, v) in zip(subject.original, subject.export) {
            product += Double(w) * Double(v)
            power += Double(v) * Double(v)
        }
        let norms = (subject.squaredOriginal * power).squareRoot()
        guard norms > 0 else { return subject.squaredError == 0 }
        if let expected, expected > 0, subject.squaredError > 10 * expected { return false }
        return product / norms >= 0.4 && subject.squaredError <= 1.5 * subject.squaredOriginal
    }
}

extension Comparison {
    /// What is wrong with each pair of tensors; those of a name alone, where one is given.
    public func diagnosis(of pair: TensorMatch.Pair, originalFile: TensorFile, isThorough: Bool) -> Diagnosis {
        Diagnosis(pair, heads: heads, originalFile: originalFile, isThorough: isThorough)
    }
}
