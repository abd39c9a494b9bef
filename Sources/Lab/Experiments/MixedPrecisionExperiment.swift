import Allocation
import Basics
import Quantization

/// Bits for each layer, by four sensitivities and by trying all assignments (survey IV-B).
struct MixedPrecisionExperiment: Experiment {
    let name = "mixed-precision"
    let usualSeconds = 24
    let summary = "bits layer by layer: four sensitivities, and the truth of all assignments"
    let section = "IV-B"
    let claim =
        "the same number of bits everywhere spends too many on layers that do not need them: put where the loss is sensitive, the same bytes do more"
    let settings: [LabSetting] = [
        .weights("int4 sym tensor"), .spread(3),
        LabSetting(
            "bits", "bits that layers may have", .list((2...8).map(String.init)), "2,3,4,5,6,8",
            usual: ["2,4,8", "2,3,4,5,6,8"]),
        LabSetting(
            "saved", "the part of the uniform network's bytes to do without", .number(0...0.9), "0",
            usual: ["0", "0.15", "0.25", "0.4"]),
        LabSetting(
            "judged", "training samples that sensitivities and losses are measured on", .integer(16...100_000), "256",
            usual: ["128", "256", "1024"]),
    ]

    func finding(_ report: LabReport) -> String? {
        guard let uniform = report[.uniform], let mixed = report[.mixed], let uniformBytes = report[.uniformBytes],
            let mixedBytes = report[.mixedBytes], let truth = report[.bruteForce]
        else { return nil }
        let near = LayerSensitivity.allCases.compactMap { sensitivity in
            report[.correlation(sensitivity)].map { (sensitivity.rawValue, $0) }
        }.max { $0.1 < $1.1 }
        return
            "uniform \(LabText.percent(uniform)) in \(Int(uniformBytes)) bytes, mixed \(LabText.percent(mixed)) in \(Int(mixedBytes)), the best of all assignments \(LabText.percent(truth))"
            + (report[.leastBytes].map { ", which is as good as uniform from \(Int($0)) bytes on" } ?? "")
            + (near.map {
                "; \($0.0.replacing("_", with: " ")) goes with the true loss best (ρ = \(LabText.number($0.1)))"
            } ?? "")
    }

    func perform(_ run: LabRun) throws(LabFailure) {
        guard let recipe = run.settings.recipe("weights"), recipe.format.hasEqualSteps else {
            throw .usage("--weights: found \(run.settings["weights"]), expected equal steps, int2 to int16")
        }
        let base = try run.trainFloat(until: 0.35)
        run.found(.float, base.accuracy)
        let float = base.network.folded().withWiderChannels(
            run.settings.number("spread"), share: 0.25, seed: run.settings.seed)
        let samples = base.data.training.prefix(run.settings.integer("judged"))
        let bits = run.settings.list("bits").compactMap { Int($0) }.sorted()
        let choices = try BitChoices(float, recipe, bits: bits, context: run.context)
        guard choices.assignments.count <= Self.mostAssignments else {
            throw .usage(
                "--bits: found \(choices.assignments.count) assignments, expected at most \(Self.mostAssignments)")
        }
        let uniform = try BitChoices(float, recipe, bits: [recipe.format.bits], context: run.context)
        let network = float.copy(), whole = uniform.size(uniform.layers.map { _ in 0 })
        uniform.apply(uniform.layers.map { _ in 0 }, to: network)
        run.found(.uniform, try run.accuracy(network, on: base.data.test))
        run.found(.uniformBytes, Double(whole) / 8)
        let budget = Int(Double(whole) * (1 - run.settings.number("saved")))
        let uniformLoss = try run.loss(network, on: samples)
        let truth = try Truth(choices, network, samples, run, until: 0.8)
        let enough = zip(truth.assignments, truth.losses).filter { $0.1 <= uniformLoss }.map { choices.size($0.0) }
        if let least = enough.min() { run.found(.leastBytes, Double(least) / 8) }
        try judge(truth, choices, float, base, samples, budget: budget, run)
    }

    static let mostAssignments = 5_000

    /// The loss of every assignment on some samples.
    private struct Truth {
        let assignments: [[Int]]
        let losses: [Double]

        init(_ choices: BitChoices, _ network: Network, _ samples: Samples, _ run: LabRun, until share: Double)
            throws(LabFailure)
        {
            assignments = choices.assignments
            run.stage("\(assignments.count) assignments", until: share)
            var losses: [Double] = []
            for (place, assignment) in assignments.enumerated() {
                choices.apply(assignment, to: network)
                losses.append(try run.loss(network, on: samples))
                run.advance(Double(place + 1) / Double(assignments.count))
            }
            self.losses = losses
        }

        /// The assignment of the least loss within a size.
        func best(_ choices: BitChoices, within budget: Int) -> [Int]? {
            zip(assignments, losses).filter { choices.size($0.0) <= budget }.min { $0.1 < $1.1 }?.0
        }

        func loss(_ assignment: [Int]) -> Double {
            assignments.firstIndex(of: assignment).map { losses[$0] } ?? .nan
        }
    }

    private func judge(
        _ truth: Truth, _ choices: BitChoices, _ float: Network, _ base: FloatBase, _ samples: Samples,
        budget: Int, _ run: LabRun
    ) throws(LabFailure) {
        let network = float.copy()
        guard let best = truth.best(choices, within: budget) else {
            let least = choices.sizes.reduce(0) { $0 + ($1.min() ?? 0) }
            throw .usage(
                "--saved: found a budget of \(budget / 8) bytes, expected \((least + 7) / 8) or more: smaller --bits or a smaller part"
            )
        }
        func accuracy(_ assignment: [Int]) throws(LabFailure) -> Double {
            choices.apply(assignment, to: network)
            return try run.accuracy(network, on: base.data.test)
        }
        run.found(.bruteForce, try accuracy(best))
        var rows: [[LabTable.Cell]] = [], chosen: [(name: String, assignment: [Int])] = [], chosenLoss = Double.infinity
        for (place, sensitivity) in LayerSensitivity.allCases.enumerated() {
            run.stage(
                sensitivity.rawValue.replacing("_", with: " "),
                until: 0.8 + 0.2 * Double(place + 1) / Double(LayerSensitivity.allCases.count))
            let costs = try sensitivity.costs(choices, of: float, on: samples, run)
            let assignment: [Int]
            do throws(BudgetTooSmall) { assignment = try choices.best(costs, within: budget) } catch { continue }
            let guessed = truth.assignments.map { assignment in
                assignment.enumerated().reduce(0) { $0 + costs[$1.offset][$1.element] }
            }
            let right = try accuracy(assignment), loss = truth.loss(assignment)
            run.found(.mixedBy(sensitivity), right)
            run.found(.correlation(sensitivity), Correlation.ofRanks(guessed, truth.losses))
            chosen.append((sensitivity.rawValue.replacing("_", with: " "), assignment))
            rows.append(
                row(sensitivity.rawValue.replacing("_", with: " "), right, loss, truth.loss(best))
                    + [.number(Correlation.ofRanks(guessed, truth.losses), digits: 3)])
            // The loss on training samples decides which is taken; test samples judge it.
            if loss < chosenLoss {
                chosenLoss = loss
                run.found(.mixed, right)
                run.found(.mixedBytes, Double(choices.size(assignment)) / 8)
                run.found(
                    .sensitivity,
                    zip(choices.layers, costs).map { layer, costs in
                        LabResult.Part(name: layer.name, value: costs[0])
                    })
            }
        }
        rows.append(row("all assignments", try accuracy(best), truth.loss(best), truth.loss(best)) + [.text("1")])
        run.show(
            LabTable(
                "How near sensitivities come", columns: ["chosen by", "right %", "loss", "above", "ρ"],
                rows: rows,
                note:
                    "Each sensitivity guesses the loss of an assignment as a sum over layers; above is the loss above the least of all, ρ is the rank correlation of the guess with the true loss of all \(truth.assignments.count) assignments"
            ))
        run.show(
            LabTable(
                "Bits of each layer", columns: ["layer", "weights"] + chosen.map { $0.name } + ["all"],
                rows: choices.layers.enumerated().map { place, layer in
                    [.text(layer.name), .integer(layer.weight.count)]
                        + (chosen.map { $0.assignment } + [best]).map { .integer(choices.bits[$0[place]]) }
                }, note: "Within \(budget / 8) bytes, scales included"))
        try drawFrontier(truth, choices, network, base, run)
    }

    private func row(_ name: String, _ right: Double, _ loss: Double, _ least: Double) -> [LabTable.Cell] {
        [.text(name), .number(right * 100), .number(loss, digits: 3), .number(loss - least, digits: 2)]
    }

    /// Accuracy against bits a weight: the best assignment within each size, and the same bits everywhere.
    private func drawFrontier(
        _ truth: Truth, _ choices: BitChoices, _ network: Network, _ base: FloatBase, _ run: LabRun
    ) throws(LabFailure) {
        let weights = Double(choices.layers.reduce(0) { $0 + $1.weight.count })
        for place in choices.bits.indices {
            let uniform = choices.layers.map { _ in place }, size = choices.size(uniform)
            choices.apply(uniform, to: network)
            run.point(
                "uniform", .bits, x: Double(size) / weights, y: try run.accuracy(network, on: base.data.test))
            guard let best = truth.best(choices, within: size) else { continue }
            choices.apply(best, to: network)
            run.point("mixed", .bits, x: Double(size) / weights, y: try run.accuracy(network, on: base.data.test))
        }
    }
}

extension LabRun {
    /// The mean cross-entropy of a network's outputs on samples.
    func loss(_ network: Network, on samples: Samples) throws(LabFailure) -> Double {
        let logits = try network.logits(of: samples, on: tape) { () throws(LabFailure) in try self.pass() }
        return CrossEntropy.mean(logits, samples.labels, classes: network.classes)
    }
}

extension LabMeasure {
    static let uniform = accuracy("uniform")
    static let uniformBytes = number("uniform_bytes")
    /// By the sensitivity whose choice has the least loss on the samples that it is judged by.
    static let mixed = accuracy("mixed")
    static let mixedBytes = number("mixed_bytes")
    /// Of the smallest assignment whose loss is at most the uniform network's.
    static let leastBytes = number("least_bytes")
    /// Of the assignment of the least loss.
    static let bruteForce = accuracy("brute_force")
    fileprivate static func mixedBy(_ sensitivity: LayerSensitivity) -> LabMeasure { accuracy(sensitivity.rawValue) }
    fileprivate static func correlation(_ sensitivity: LayerSensitivity) -> LabMeasure {
        number("\(sensitivity.rawValue)_correlation")
    }
}
