import Quantization

/// Weights that get one treatment together, and which they may get.
struct PlanGroups: Sendable {
    struct Group: Sendable {
        /// Places among the candidates' weights.
        let members: [Int]
        /// Those that fit every member and are known of it, in the order of the settings.
        let treatments: [WeightTreatment]
        let pin: PlanSettings.Pin?
    }

    private(set) var groups: [Group] = []
    /// Weights that stay as they are, since nothing fits them.
    private(set) var leftOut: [(place: Int, reason: String)] = []
    /// Weights of which nothing is known yet.
    private(set) var pending: [Int] = []

    init(_ candidates: PlanCandidates, _ settings: PlanSettings) throws(PlanError) {
        let weights = candidates.weights
        for pin in settings.pins where !weights.contains(where: { pin.pattern.matches($0.name) }) {
            throw .nothingMatches(option: "--pin", pattern: pin.pattern.description)
        }
        for pattern in settings.ties where !weights.contains(where: { pattern.matches($0.name) }) {
            throw .nothingMatches(option: "--tie", pattern: pattern.description)
        }
        // A weight that nothing fits ties nobody.
        var fitting: [Int] = []
        for place in weights.indices {
            let treatments = settings.treatments(of: weights[place].name)
            let open = treatments.filter { weights[place].isKnown($0) }
            if !open.isEmpty {
                fitting.append(place)
            } else if treatments.allSatisfy({ weights[place].misfit($0) != nil }) {
                let reason = treatments.lazy.compactMap { weights[place].misfit($0) }.first ?? "no recipe"
                if let pin = settings.pin(of: weights[place].name) {
                    throw .pinDoesNotFit(
                        pattern: pin.pattern.description, name: weights[place].name, reason: reason)
                }
                leftOut.append((place, "no recipe of the list fits: \(reason)"))
            } else {
                pending.append(place)
            }
        }
        let ties = try PlanTies(weights.map { $0.name }, fitting, settings)
        for (members, pin) in zip(ties.groups, ties.pins) {
            let treatments = (pin.map { [$0.treatment] } ?? settings.treatments).filter { treatment in
                members.allSatisfy { weights[$0].isKnown(treatment) }
            }
            if !treatments.isEmpty {
                groups.append(Group(members: members, treatments: treatments, pin: pin))
                continue
            }
            let wanted = pin.map { [$0.treatment] } ?? settings.treatments
            let isFinal = wanted.allSatisfy { treatment in
                members.contains { weights[$0].misfit(treatment) != nil }
            }
            guard isFinal else {
                pending += members
                continue
            }
            if let pin {
                let place = members.first { weights[$0].misfit(pin.treatment) != nil } ?? members[0]
                throw .pinDoesNotFit(
                    pattern: pin.pattern.description, name: weights[place].name,
                    reason: weights[place].misfit(pin.treatment) ?? "\(pin.treatment)")
            }
            leftOut += members.map { ($0, "no recipe of the list fits all \(members.count) weights that are tied") }
        }
        pending.sort()
    }
}
