/// Which weights get one treatment together, and what each may be given.
struct PlanTies: Sendable {
    /// Places of weights, in the order of their first members.
    let groups: [[Int]]
    /// What decides a group, by the group.
    let pins: [PlanSettings.Pin?]
    /// By weight: its pin's treatment, that of a weight that it is tied to, or those of the list.
    let treatments: [[WeightTreatment]]

    /// - Parameter places: of the weights that may be tied; the others stand alone.
    init(_ names: [String], _ places: [Int], _ settings: PlanSettings) throws(PlanError) {
        let groups = Self.tied(places, names, settings)
        var pins: [PlanSettings.Pin?] = []
        var treatments = names.map { settings.treatments(of: $0) }
        for members in groups {
            let found = members.compactMap { place in
                settings.pin(of: names[place]).map { (name: names[place], pin: $0) }
            }
            if let first = found.first, let other = found.first(where: { $0.pin.treatment != first.pin.treatment }) {
                throw .pinsDiffer(first: first.name, second: other.name)
            }
            pins.append(found.first?.pin)
            if let pin = found.first?.pin { for place in members { treatments[place] = [pin.treatment] } }
        }
        (self.groups, self.pins, self.treatments) = (groups, pins, treatments)
    }

    /// The weights in groups, in the order of their first members: by name for what is fused, and by pattern. Near O(n).
    private static func tied(_ places: [Int], _ names: [String], _ settings: PlanSettings) -> [[Int]] {
        var leader = Array(names.indices)
        func find(_ place: Int) -> Int {
            var at = place
            while leader[at] != at {
                leader[at] = leader[leader[at]]
                at = leader[at]
            }
            return at
        }
        func join(_ members: [Int]) {
            guard let first = members.first else { return }
            for member in members.dropFirst() {
                let a = find(first), b = find(member)
                leader[max(a, b)] = min(a, b)
            }
        }
        if settings.tiesFused {
            let keyed = places.compactMap { place in FusedWeights.key(of: names[place]).map { (key: $0, place: place) }
            }
            for (_, members) in Dictionary(grouping: keyed, by: { $0.key }) { join(members.map { $0.place }) }
        }
        for pattern in settings.ties { join(places.filter { pattern.matches(names[$0]) }) }
        let groups = Dictionary(grouping: places, by: find)
        return groups.values.map { $0.sorted() }.sorted { $0[0] < $1[0] }
    }
}
