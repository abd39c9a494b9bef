public import Basics
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

    /// The cause's word, where there is one.
    public var cause: String? { if case .cause(let finding) = verdict { finding.cause } else { nil } }

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
    /// And the original must exceed the error that is left by so many decibels.
    private static let leastSQNR = 2.0
    /// Without a grid a sound export is at least so good, unless it has very few levels.
    private static let leastWithoutGrid = 10.0
    /// Causes that leave nearly as little as the best one are as good.
    private static let alike = 1.15

    /// - Parameters:
    ///   - isThorough: try every cause, even where the error is what its grid lets expect.
    ///   - cancel: stops between causes; what was found by then is not to be used.
    public init(
        _ pair: TensorMatch.Pair, heads: [Int], originalFile: TensorFile, arrangement: Arrangement = .same,
        isThorough: Bool = false, cancel: CancelFlag? = nil
    ) {
        (a, b, shape) = (pair.a.name, pair.b.name, pair.b.shape)
        func look(_ view: DiagnosisCase.View) -> DiagnosisCase? {
            DiagnosisCase(pair, heads: heads, originalFile: originalFile, arrangement: arrangement, view: view)
        }
        guard let subject = look(.wide) else {
            verdict = .incomparable("shapes \(pair.a.shape) and \(pair.b.shape), or nothing finite in both")
            (sqnr, mse, expectedSQNR, findings) = (nil, 0, nil, [])
            return
        }
        let before = subject.squaredError
        sqnr = Decibel.sqnr(subject.squaredOriginal, before)
        mse = before / Double(subject.original.count)
        let expected = Self.expectedError(subject)
        expectedSQNR = expected.flatMap { Decibel.sqnr(subject.squaredOriginal, $0) }
        if subject.brokenCount > 0 {
            let finding = Finding(
                cause: "not-finite", sentence: "the export has NaN or infinities where the original has numbers",
                evidence: "\(subject.brokenCount) of \(subject.original.count) elements that were looked at",
                squaredError: before, removed: 1, sqnr: sqnr, canBeCorrected: false)
            (verdict, findings) = (.cause(finding), [finding])
            return
        }
        let isExpected = expected.map { before <= 2 * $0 } ?? false
        guard before > 0, isThorough || !isExpected else {
            (verdict, findings) = (.sound, [])
            return
        }
        // Of a small tensor both views are all of it.
        let tall =
            subject.isWhole ? subject : look(.tall) ?? subject
        var found: [Finding] = []
        for hypothesis in HypothesisCatalog.all where cancel?.isCancelled != true {
            let seen = hypothesis.view == .tall ? tall : subject
            guard var finding = hypothesis.test(seen), finding.squaredError < seen.squaredError else { continue }
            finding.corrected = nil
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
        // What is left must be nearer to the original than to nothing.
        let isNear = winner?.sqnr.map { $0 >= Self.leastSQNR } ?? (before > 0 && winner?.squaredError == 0)
        if let winner, winner.removed >= Self.leastRemoved, isNear {
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

    /// Whether most rows hold four values at most, as under ternary and binary formats.
    private static func hasFewLevels(_ subject: DiagnosisCase) -> Bool {
        let few = (0..<subject.rows).count { row in
            var values: Set<Float> = []
            for column in 0..<subject.columns where values.count <= 4 {
                values.insert(subject.export[row * subject.columns + column])
            }
            return values.count <= 4
        }
        return few * 2 > subject.rows
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
        if let expected, expected > 0 {
            if subject.squaredError > 10 * expected { return false }
        } else if Decibel.of(subject.squaredOriginal / subject.squaredError) < leastWithoutGrid, !hasFewLevels(subject)
        {
            return false
        }
        return product / norms >= 0.4 && subject.squaredError <= 1.5 * subject.squaredOriginal
    }
}

extension Comparison {
    /// What is wrong with a pair of tensors.
    ///
    /// Where one of the files is a GGUF file, rows in rotary order and transposed matrices are as they should be.
    public func diagnosis(
        of pair: TensorMatch.Pair, originalFile: TensorFile, isThorough: Bool, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> Diagnosis {
        let arrangement = try arrangement(of: pair, context)
        let result = Diagnosis(
            pair, heads: heads, originalFile: originalFile, arrangement: arrangement, isThorough: isThorough,
            cancel: context.cancel)
        if context.cancel.isCancelled { throw Cancelled() }
        return result
    }

    /// Original and export of a pair with one cause corrected, as far as they were looked at: matrices of as many rows and columns.
    ///
    /// nil where the export shows no sign of the cause, or its correction is known by its error alone, as of very large transposed matrices.
    public func corrected(
        _ pair: TensorMatch.Pair, cause: String, originalFile: TensorFile, context: WorkContext = WorkContext()
    ) throws(Cancelled) -> (original: TensorView, export: TensorView)? {
        guard let hypothesis = HypothesisCatalog.all.first(where: { $0.cause == cause }) else { return nil }
        let arrangement = try arrangement(of: pair, context)
        guard
            let subject = DiagnosisCase(
                pair, heads: heads, originalFile: originalFile, arrangement: arrangement, view: hypothesis.view),
            let corrected = hypothesis.test(subject)?.corrected,
            let shape = Shape([subject.rows, subject.columns])
        else { return nil }
        if context.cancel.isCancelled { throw Cancelled() }
        let values = subject.export.indices.map { Float(corrected($0)) }
        guard let original = TensorView(name: pair.a.name, values: subject.original, shape: shape),
            let export = TensorView(name: pair.b.name, values: values, shape: shape)
        else { return nil }
        return (original, export)
    }

    /// How the export lies where its format wants it so.
    private func arrangement(of pair: TensorMatch.Pair, _ context: WorkContext) throws(Cancelled) -> Arrangement {
        guard isAcrossFormats else { return .same }
        return try Self.best(of: SideBySide.candidates(pair, heads: heads), context)?.arrangement ?? .same
    }

    /// Bytes of memory that diagnosing one pair takes at most: both sides, and the orders and sums that causes look at.
    public static func diagnosisBytes(of pair: TensorMatch.Pair) -> Int { min(pair.a.count, DiagnosisCase.most) * 72 }

    /// The same of some pairs, several at a time. Throws `Cancelled` too where the bytes of a tensor turn out to have a fault.
    ///
    /// - Parameter progress: called with the number of a pair that is done, from any thread.
    public func diagnoses(
        of pairs: [TensorMatch.Pair], originalFile: TensorFile, isThorough: Bool, context: WorkContext,
        progress: @escaping @Sendable (Int) -> Void
    ) throws(Cancelled) -> [Diagnosis] {
        let results = Slots<Diagnosis?>(pairs.count, repeating: nil)
        let single = WorkContext(threads: 1, cancel: context.cancel)
        try context.forEach(0..<pairs.count) { number, _ in
            results[number] = try? diagnosis(
                of: pairs[number], originalFile: originalFile, isThorough: isThorough, context: single)
            // Of a file that is cut meanwhile nothing more can be said.
            if pairs[number].a.fault != nil || pairs[number].b.fault != nil { context.cancel.cancel() }
            progress(number)
        }
        return results.all.compactMap { $0 }
    }
}
