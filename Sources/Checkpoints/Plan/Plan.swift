import Allocation
public import Hardware
public import Quantization
public import Tensors

/// One treatment for every weight of a checkpoint, within a budget.
public struct Plan: Sendable {
    public struct Row: Sendable {
        public let position: Int
        public let name: String
        public let shape: Shape
        public let treatment: WeightTreatment
        public let metrics: Metrics
        public let sums: ErrorSums
        /// What it adds to the plan's error, by the plan's measure.
        public let error: Double
        /// On the plan's hardware.
        public let time: LayerTime?
        /// Weights that get the treatment together, counted from 0; alone where no other row has the number.
        public let group: Int
        public let groupCount: Int
        public let isPinned: Bool
        /// What more bits would be spent on, and the error of the group that a bit more would save; nil at its best.
        public let next: (treatment: WeightTreatment, gainPerBit: Double)?
    }

    /// A recipe on every weight that it fits, the others as they are.
    public struct Uniform: Sendable {
        public let treatment: WeightTreatment
        public let weights: Int
        public let bits: Double
        public let bytes: Double
        public let error: Double
        public let seconds: Double?
    }

    public struct Total: Sendable {
        public let elements: Int
        public let bits: Double
        public let bytes: Double
        public let sourceBytes: Int
        /// Of tensors that are not planned.
        public let keptBytes: Int
        public let sums: ErrorSums
        /// By the plan's measure.
        public let error: Double
        /// Of planned weights and of those that nothing fits.
        public let seconds: Double?

        public var bitsPerWeight: Double? { elements > 0 ? bits / Double(elements) : nil }
        public var mse: Double? { sums.count > 0 ? sums.squaredError / Double(sums.count) : nil }
        public var fileBytes: Double { bytes + Double(keptBytes) }
        public var sqnr: Double? {
            sums.squaredError > 0 && sums.squaredOriginal > 0
                ? Decibel.of(sums.squaredOriginal / sums.squaredError) : nil
        }
    }

    public let settings: PlanSettings
    public let budget: PlanBudget
    /// In the order of the file.
    public let rows: [Row]
    public let kept: [Scan.Kept]
    /// Recipes that weights cannot have, with the reason.
    public let misfits: [(name: String, recipe: String, reason: String)]
    /// Of the recipes that were tried on every planned weight.
    public let uniform: [Uniform]
    public let total: Total
    /// No plan within the budget has less error than this.
    public let leastPossible: Double
    /// (error - leastPossible)/error: 0 where the plan is proven best.
    public let gap: Double
    /// How many weights are not planned yet.
    public let pendingCount: Int
    /// Weights that nothing fits.
    private let leftOut: [PlanCandidates.Weight]

    init(_ planner: Planner, _ chosen: ChosenOptions, _ budget: PlanBudget) {
        let candidates = planner.candidates
        var settings = planner.settings
        settings.budget = budget
        let costs = PlanCosts(settings, planner.unit)
        self.settings = settings
        self.budget = budget
        gap = chosen.gap
        leastPossible = chosen.leastPossible
        pendingCount = planner.pendingCount
        var rows: [Row] = []
        for (number, (group, place)) in zip(planner.groups, chosen.places).enumerated() {
            let treatment = group.treatments[place], members = group.members.map { candidates.weights[$0] }
            let next = Self.next(group.treatments, place, members, costs)
            for weight in members {
                rows.append(
                    Row(
                        weight, treatment, costs, group: (number, group.members.count), isPinned: group.pin != nil,
                        next: next))
            }
        }
        rows.sort { $0.position < $1.position }
        self.rows = rows
        let leftOut = planner.leftOut.map { candidates.weights[$0.place] }
        self.leftOut = leftOut
        kept =
            (candidates.kept
            + zip(leftOut, planner.leftOut).map { weight, out in
                Scan.Kept(
                    position: weight.position, name: weight.name, shape: weight.shape, type: weight.type,
                    bytes: weight.bytes, elements: weight.shape.count, reason: out.reason)
            }).sorted { $0.position < $1.position }
        misfits = candidates.weights.flatMap { weight in
            weight.outcomes.compactMap { recipe, outcome in
                if case .misfit(let reason) = outcome { (weight.name, recipe, reason) } else { nil }
            }.sorted { $0.1 < $1.1 }
        }
        total = Total(
            rows, kept: kept,
            seconds: settings.hardware == nil
                ? nil : leftOut.reduce(0) { $0 + (costs.time(of: .kept, $1)?.total ?? 0) })
        uniform = planner.uniform
    }

    /// What the plan takes on a machine.
    public func seconds(on profile: HardwareProfile) -> Double {
        var settings = settings
        settings.hardware = profile
        let costs = PlanCosts(settings, .ms)
        return leftOut.reduce(0) { $0 + (costs.time(of: .kept, $1)?.total ?? 0) }
            + rows.reduce(0) { sum, row in
                let bits = row.metrics.size.bits
                let width = PlanCosts.width(of: row.treatment, bits: bits, elements: row.shape.count)
                return sum + profile.time(row.name, row.shape, storedBits: bits, weightBits: width).total
            }
    }

    /// The dearer treatment that saves most error for each bit.
    private static func next(
        _ treatments: [WeightTreatment], _ place: Int, _ members: [PlanCandidates.Weight], _ costs: PlanCosts
    ) -> (treatment: WeightTreatment, gainPerBit: Double)? {
        func sums(_ treatment: WeightTreatment) -> (bits: Double, error: Double) {
            members.reduce((0, 0)) { ($0.0 + costs.bits(of: treatment, $1), $0.1 + costs.error(of: treatment, $1)) }
        }
        let here = sums(treatments[place])
        return treatments.compactMap { treatment in
            let there = sums(treatment)
            guard there.bits > here.bits, there.error < here.error else { return nil }
            return (treatment, (here.error - there.error) / (there.bits - here.bits))
        }.max { $0.1 < $1.1 }
    }
}

extension Plan.Row {
    fileprivate init(
        _ weight: PlanCandidates.Weight, _ treatment: WeightTreatment, _ costs: PlanCosts, group: (Int, Int),
        isPinned: Bool, next: (treatment: WeightTreatment, gainPerBit: Double)?
    ) {
        position = weight.position
        name = weight.name
        shape = weight.shape
        self.treatment = treatment
        if let row = weight.row(treatment) {
            (metrics, sums) = (row.metrics, row.sums)
        } else {
            (metrics, sums) = Self.exact(weight)
        }
        error = costs.error(of: treatment, weight)
        time = costs.time(of: treatment, weight)
        (self.group, groupCount) = group
        self.isPinned = isPinned
        self.next = next
    }

    /// A weight that stays as it is: its own values again.
    private static func exact(_ weight: PlanCandidates.Weight) -> (Metrics, ErrorSums) {
        var sums = ErrorSums()
        let known = weight.outcomes.values.lazy.compactMap { outcome -> Scan.Row? in
            if case .row(let row) = outcome { row } else { nil }
        }.first
        sums.count = known?.sums.count ?? weight.shape.count
        sums.squaredOriginal = known?.sums.squaredOriginal ?? 0
        (sums.squaredReconstruction, sums.product) = (sums.squaredOriginal, sums.squaredOriginal)
        let size = StoredSize(
            bits: 8 * Double(weight.bytes), elements: max(1, weight.shape.count), sourceBytes: weight.bytes)
        return (Metrics(sums: sums, codeCounts: [], levelsTotal: 0, size: size), sums)
    }
}

extension Plan.Uniform {
    init(_ treatment: WeightTreatment, _ weights: [PlanCandidates.Weight], _ costs: PlanCosts) {
        var bits = 0.0, bytes = 0.0, error = 0.0, seconds = 0.0, count = 0
        for weight in weights {
            let isFitting = weight.row(treatment) != nil
            let own: WeightTreatment = isFitting ? treatment : .kept
            count += isFitting ? 1 : 0
            let stored = costs.bits(of: own, weight)
            bits += stored
            bytes += (stored / 8).rounded(.up)
            error += costs.error(of: own, weight)
            seconds += costs.time(of: own, weight)?.total ?? 0
        }
        self.init(
            treatment: treatment, weights: count, bits: bits, bytes: bytes, error: error,
            seconds: costs.settings.hardware == nil ? nil : seconds)
    }
}

extension Plan.Total {
    fileprivate init(_ rows: [Plan.Row], kept: [Scan.Kept], seconds: Double?) {
        var sums = ErrorSums(), bits = 0.0, bytes = 0.0, elements = 0, source = 0, error = 0.0, time = seconds ?? 0
        for row in rows {
            sums.merge(row.sums)
            bits += row.metrics.size.bits
            bytes += row.metrics.size.bytes
            elements += row.metrics.size.elements
            source += row.metrics.size.sourceBytes
            error += row.error
            time += row.time?.total ?? 0
        }
        self.init(
            elements: elements, bits: bits, bytes: bytes, sourceBytes: source,
            keptBytes: kept.reduce(0) { $0 + $1.bytes }, sums: sums, error: error,
            seconds: seconds == nil ? nil : time)
    }
}
