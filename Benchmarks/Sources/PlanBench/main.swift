import Allocation

// Times the choice of recipes within a budget: `swift run -c release PlanBench`. Instances are made as checkpoints make them: weights of
// some sizes, errors that fall about fourfold a bit, with noise; and, harder, costs and errors without order. Every line is the median and
// the slowest of several instances and budgets.
struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state >> 33 ^ state) &* 0xff51_afd7_ed55_8ccd
        return mixed ^ mixed >> 33
    }
}

enum Kind: String, CaseIterable { case checkpoint, equalLayers, noOrder }

func instance(_ kind: Kind, groups: Int, options: Int, seed: UInt64) -> [[ChoiceOption]] {
    var random = Numbers(state: seed)
    let sizes = [147_456, 589_824, 1_572_864, 4_194_304, 11_720_544, 16_777_216]
    return (0..<groups).map { group in
        let size = sizes.randomElement(using: &random) ?? 1
        let worth = Double.random(in: 0.2...5, using: &random)
        return (0..<options).map { option in
            let bits = 2 + 6 * Double(option) / Double(max(1, options - 1))
            let noise = Double.random(in: 0.7...1.4, using: &random)
            switch kind {
            case .checkpoint:
                return ChoiceOption(
                    cost: Int(Double(size) * (bits + 0.25)), error: worth * noise * Double(size) * exp2(-2 * bits))
            case .equalLayers:
                return ChoiceOption(
                    cost: Int(4_194_304 * (Double(Int(bits + 0.5)) + 0.25)), error: worth * noise * exp2(-2 * bits))
            case .noOrder:
                return ChoiceOption(
                    cost: Int.random(in: 1...100_000, using: &random), error: Double.random(in: 0...1, using: &random))
            }
        }
    }
}

func exp2(_ power: Double) -> Double {
    var result = 1.0, left = abs(power)
    while left >= 1 {
        result *= 2
        left -= 1
    }
    // Near enough for an instance.
    result *= 1 + left * (0.6931 + left * (0.2402 + left * 0.0667))
    return power < 0 ? 1 / result : result
}

for (groups, options) in [(300, 12), (10_000, 20)] {
    for kind in Kind.allCases {
        var setups: [Double] = [], solves: [Double] = [], gap = 0.0
        for seed in 0..<5 {
            let problem = instance(kind, groups: groups, options: options, seed: UInt64(seed) + 1)
            let clock = ContinuousClock()
            var solver: ChoiceSolver?
            setups.append(clock.measure { solver = ChoiceSolver(problem) } / .milliseconds(1))
            guard let solver else { continue }
            for share in [0.1, 0.25, 0.5, 0.75, 0.9] {
                let costs = solver.costs
                let budget = costs.lowerBound + Int(Double(costs.upperBound - costs.lowerBound) * share)
                solves.append(
                    clock.measure { gap = max(gap, (try? solver.solve(budget: budget).gap) ?? 1) } / .milliseconds(1))
            }
        }
        setups.sort()
        solves.sort()
        print(
            "\(groups) × \(options) \(kind.rawValue): made in \(setups[setups.count / 2]) ms, solved in "
                + "\(solves[solves.count / 2]) ms (slowest \(solves[solves.count - 1]) ms), largest gap \(gap)")
    }
}
