import Basics
import KernelTypes

/// How a recipe is evaluated on a tensor, once everything that its quantizers depend on is known: by passes over chunks, by the table of a
/// tensor of few values, or by a coder that quantizes values together.
protocol EvaluationState {
    var evaluator: Evaluator { get }

    /// Sums and counts over everything that is judged.
    func result(_ context: WorkContext) throws(Cancelled) -> Evaluator.RawResult
    func quantizer(ofRange range: Int, _ context: WorkContext) throws(Cancelled) -> Quantizer
    /// A closer look at one range.
    func detail(
        ofRange range: Int, _ binning: Binning, coverage: RangeDetail.Coverage, errorBins: Int, _ context: WorkContext
    ) throws(Cancelled) -> RangeDetail
    /// The reconstructions of the first elements.
    func head(_ count: Int, _ context: WorkContext) throws(Cancelled) -> [Float]
}

extension Evaluator {
    /// The state, learning first what has to be learnt.
    ///
    /// - Precondition: the evaluator is prepared.
    func state(_ context: WorkContext) throws(Cancelled) -> any EvaluationState {
        if let coder = try jointCoder(context) { return JointState(evaluator: self, coder: coder) }
        if let table { return TableState(evaluator: self, table: table) }
        return ChunkedState(evaluator: self)
    }

    /// The coder of a format that quantizes values together; nil for all others.
    func jointCoder(_ context: WorkContext) throws(Cancelled) -> (any JointCoder)? {
        guard let format = recipe.format.joint else { return nil }
        return try format.coder(for: tensor, isEstimate: isEstimate, context)
    }

    /// The same with everything known that quantizers depend on; nil where it is.
    func prepared(_ context: WorkContext) throws(Cancelled) -> Evaluator? {
        if let better = try withTable(context) { return better }
        guard let format = recipe.format.scaled, format.needsTensorLargest, tensorLargest == nil else { return nil }
        let (low, high) = try calibration.extremes(of: RangeReader(tensor), context: context.silent)
        return Evaluator(
            tensor, layout: layout, recipe: recipe, summary: nil, knownExtremes: nil,
            largest: low > high ? 0 : max(abs(low), abs(high)), isEstimate: isEstimate)
    }
}
