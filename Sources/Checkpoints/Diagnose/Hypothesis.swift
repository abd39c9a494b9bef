/// A usual way for an export to go wrong, and the test for it.
protocol Hypothesis: Sendable {
    /// The cause's word in JSON.
    static var cause: String { get }
    /// What of a large tensor it has to see.
    static var view: DiagnosisCase.View { get }
    /// What correcting it leaves of the error; nil where the export shows no sign of it.
    static func test(_ subject: DiagnosisCase) -> Finding?
}

extension Hypothesis {
    static var view: DiagnosisCase.View { .wide }
}

/// A cause that was tried.
public struct Finding: Sendable, Equatable {
    public let cause: String
    /// What is wrong, in a sentence.
    public let sentence: String
    /// By what that shows.
    public let evidence: String
    /// Σe² after the correction, of what was looked at.
    public let squaredError: Double
    /// The part of the error that the correction removes.
    public internal(set) var removed = 0.0
    /// Lost numbers cannot be brought back.
    public let canBeCorrected: Bool
    /// After the correction, in decibels; nil where nothing is left.
    public internal(set) var sqnr: Double?
    /// Element i of the export with the cause corrected, in the order of the subject's original; nil where the hypothesis knows its error
    /// alone. It holds the subject, so it is dropped once that was used.
    var corrected: Corrected?

    typealias Corrected = @Sendable (Int) -> Double

    init(
        cause: String, sentence: String, evidence: String, squaredError: Double, removed: Double = 0,
        sqnr: Double? = nil, canBeCorrected: Bool = true, corrected: Corrected? = nil
    ) {
        (self.cause, self.sentence, self.evidence) = (cause, sentence, evidence)
        (self.squaredError, self.removed, self.sqnr) = (squaredError, removed, sqnr)
        self.canBeCorrected = canBeCorrected
        self.corrected = corrected
    }

    /// Whether both say the same.
    public static func == (a: Finding, b: Finding) -> Bool {
        a.cause == b.cause && a.sentence == b.sentence && a.evidence == b.evidence
            && a.squaredError == b.squaredError && a.removed == b.removed && a.sqnr == b.sqnr
    }
}

/// Every hypothesis. Of causes that explain an export equally well the first one wins: the more particular come before the more
/// general.
enum HypothesisCatalog {
    static let all: [any Hypothesis.Type] = [
        TransposedMatrix.self,
        RowPermutation.self,
        SwappedNibbles.self,
        ZeroPointOffset.self,
        SignedUnsigned.self,
        MissingZeroPoint.self,
        ScaleNotApplied.self,
        ScaleInverted.self,
        WrongAxis.self,
        TransposedScales.self,
        WrongGroupSize.self,
        WrongGroupOrder.self,
        PermutedScales.self,
        LostSigns.self,
        SharedScale.self,
        FoldedBatchNorm.self,
        ConstantFactor.self,
    ]
}
