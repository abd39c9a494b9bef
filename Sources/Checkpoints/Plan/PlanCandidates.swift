public import Basics
import Quantization
public import Tensors

/// What the recipes of a plan do to every weight: the rows of a scan for each recipe.
public struct PlanCandidates: Sendable {
    /// What is known of a recipe on a weight.
    public enum Outcome: Sendable {
        case row(Scan.Row)
        /// Why the weight cannot have it.
        case misfit(String)
    }

    public struct Weight: Sendable {
        /// Among the tensors of the file.
        public let position: Int
        public let name: String
        public let shape: Shape
        /// As it is stored.
        public let type: String
        public let bytes: Int
        /// By the recipe's text.
        public internal(set) var outcomes: [String: Outcome] = [:]

        /// The row of a recipe; nil where it does not fit, is not known yet, or where the weight stays as it is.
        public func row(_ treatment: WeightTreatment) -> Scan.Row? {
            if treatment.recipe != nil, case .row(let row) = outcomes[treatment.description] { row } else { nil }
        }

        /// Why a weight cannot have it; nil where it can, or that is not known yet.
        func misfit(_ treatment: WeightTreatment) -> String? {
            if treatment.recipe != nil, case .misfit(let reason) = outcomes[treatment.description] {
                reason
            } else {
                nil
            }
        }

        /// Whether it can be had at a known error.
        func isKnown(_ treatment: WeightTreatment) -> Bool { treatment.recipe == nil || row(treatment) != nil }
    }

    /// In the order of the file.
    public internal(set) var weights: [Weight]
    /// Tensors that stay unquantized whatever the plan.
    public internal(set) var kept: [Scan.Kept]
    /// Of weights, by the position among the tensors of the file.
    private var places: [Int: Int]

    init(weights: [Weight], kept: [Scan.Kept]) {
        (self.weights, self.kept) = (weights, kept)
        places = Dictionary(uniqueKeysWithValues: weights.enumerated().map { ($1.position, $0) })
    }

    /// The weights among some tensors, of which nothing is known yet.
    public init(_ tensors: [TensorView], include: [NamePattern] = [], exclude: [NamePattern] = []) {
        var weights: [Weight] = [], kept: [Scan.Kept] = []
        for (position, tensor) in tensors.enumerated() {
            if let reason = Scan.reasonToKeep(tensor, include, exclude) {
                kept.append(Scan.Kept(tensor, position: position, reason: reason))
            } else {
                weights.append(
                    Weight(
                        position: position, name: tensor.name, shape: tensor.shape, type: tensor.typeName,
                        bytes: tensor.byteCount))
            }
        }
        self.init(weights: weights, kept: kept)
    }

    /// What was found of a recipe on the weight at a position of the file.
    public mutating func take(_ outcome: Scan.Outcome, of recipe: String, at position: Int) {
        guard let place = places[position] else { return }
        switch outcome {
        case .row(let row): weights[place].outcomes[recipe] = .row(row)
        case .kept(let tensor): weights[place].outcomes[recipe] = .misfit(tensor.reason)
        }
    }

    /// Whether everything is known that settings ask for.
    public func isComplete(_ settings: PlanSettings) -> Bool {
        zip(weights, wanted(settings)).allSatisfy { weight, treatments in
            treatments.allSatisfy { treatment in
                treatment.recipe == nil || weight.outcomes[treatment.description] != nil
            }
        }
    }

    /// What each weight may be given. Pins that contradict each other are the planner's to report.
    private func wanted(_ settings: PlanSettings) -> [[WeightTreatment]] {
        let names = weights.map { $0.name }
        return (try? PlanTies(names, Array(names.indices), settings))?.treatments
            ?? names.map { settings.treatments(of: $0) }
    }

    /// The tensors that a scan leaves out: the weights that its recipe does not fit.
    public mutating func takeMisfits(of scan: Scan) {
        for tensor in scan.kept { take(.kept(tensor), of: scan.recipe.description, at: tensor.position) }
    }

    /// The weights of one of several processes; the first one has those that need no look.
    public func part(_ shard: Shard) -> PlanCandidates {
        let places = shard.places(ofSizes: weights.map { $0.bytes })
        return PlanCandidates(weights: places.map { weights[$0] }, kept: shard.index == 0 ? kept : [])
    }

    /// What one process of several prints, for `merge`.
    ///
    /// - Parameters:
    ///   - settings: in JSON: all parts must have the same.
    ///   - count: tensors of all parts together.
    public func partJSON(file: String, settings: JSONValue, shard: Shard, count: Int) -> JSONValue {
        .object(
            [
                ("command", .string("plan")), ("shard", .string(shard.description)), ("file", .string(file)),
                ("options", .string(settings.text)), ("count", .int(count)), ("settings", settings),
            ] + json)
    }

    /// What is still unknown under some settings: scans by recipe, each with the candidates to look at. Misfits are taken at once.
    ///
    /// - Parameters:
    ///   - tensors: those of the file, in its order.
    ///   - known: rows that need no look, such as stored ones.
    public mutating func missing(
        _ settings: PlanSettings, tensors: [TensorView], activations: Activations? = nil
    ) -> [(scan: Scan, candidates: [Scan.Candidate])] {
        let treatments = wanted(settings).map { Set($0) }
        return settings.recipes.map { recipe in
            let scan = Scan(
                tensors, recipe: recipe, include: settings.include, exclude: settings.exclude, activations: activations)
            takeMisfits(of: scan)
            let treatment = WeightTreatment.quantized(recipe)
            let candidates = scan.candidates.filter { candidate in
                guard let place = places[candidate.position] else { return false }
                return treatments[place].contains(treatment)
                    && weights[place].outcomes[treatment.description] == nil
            }
            return (scan, candidates)
        }
    }
}
