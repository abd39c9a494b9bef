import Allocation
import Basics
import Quantization

/// The layers of a network rounded to each of several numbers of bits: reconstructions, sizes and errors.
struct BitChoices {
    let bits: [Int]
    /// Of the float network's layers, in their order.
    let layers: [WeightedLayer]
    /// By layer, then by choice.
    let weights: [[[Float]]]
    /// Bits that a layer takes, scales included.
    let sizes: [[Int]]
    /// ‖W - Ŵ‖²
    let squaredErrors: [[Double]]

    init(_ network: Network, _ recipe: Recipe, bits: [Int], context: WorkContext) throws(LabFailure) {
        self.bits = bits
        layers = network.weighted
        var weights: [[[Float]]] = [], sizes: [[Int]] = [], errors: [[Double]] = []
        for layer in layers {
            var ownWeights: [[Float]] = [], ownSizes: [Int] = [], ownErrors: [Double] = []
            for count in bits {
                guard let own = try? recipe.changed(by: "int\(count)") else {
                    throw .usage("--weights: found \(recipe), expected equal steps, int2 to int16")
                }
                let rounded = try WeightQuantizer.reconstruction(layer, own, context: context)
                ownErrors.append(
                    rounded.indices.reduce(0) { sum, i in
                        let error = Double(rounded[i]) - Double(layer.weight.values[i])
                        return sum + error * error
                    })
                ownWeights.append(rounded)
                do throws(ShapeMismatch) {
                    ownSizes.append(Int(try own.storedSize(of: layer.tensor).bits.rounded(.up)))
                } catch { throw .recipe(own, layer.weight.name, error) }
            }
            weights.append(ownWeights)
            sizes.append(ownSizes)
            errors.append(ownErrors)
        }
        (self.weights, self.sizes, squaredErrors) = (weights, sizes, errors)
    }

    /// Bits of an assignment: for every layer the place of its number of bits.
    func size(_ assignment: [Int]) -> Int {
        assignment.enumerated().reduce(0) { $0 + sizes[$1.offset][$1.element] }
    }

    func apply(_ assignment: [Int], to network: Network) {
        for (place, layer) in network.weighted.enumerated() { layer.weight.set(weights[place][assignment[place]]) }
    }

    /// All assignments, the last layer's bits changing first.
    var assignments: [[Int]] {
        layers.reduce([[]]) { all, _ in all.flatMap { start in bits.indices.map { start + [$0] } } }
    }

    /// The assignment of at most so many bits for which a sum over layers is least.
    ///
    /// - Parameter costs: what a layer at a number of bits adds to the sum.
    func best(_ costs: [[Double]], within budget: Int) throws(BudgetTooSmall) -> [Int] {
        let groups = zip(sizes, costs).map { sizes, costs in
            zip(sizes, costs).map { ChoiceOption(cost: $0, error: $1.isFinite ? max(0, $1) : 1e300) }
        }
        return try ChoiceSolver(groups).solve(budget: budget).places
    }
}
