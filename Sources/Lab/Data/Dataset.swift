/// Inputs with their classes.
struct Samples: Sendable {
    /// Of one sample.
    let shape: [Int]
    /// One sample after the other.
    var inputs: [Float]
    var labels: [Int]

    var count: Int { labels.count }
    var width: Int { shape.reduce(1, *) }

    /// Some of them, in that order.
    func picked(_ places: some Sequence<Int>) -> Samples {
        var picked = Samples(shape: shape, inputs: [], labels: [])
        for place in places {
            picked.inputs += inputs[place * width..<(place + 1) * width]
            picked.labels.append(labels[place])
        }
        return picked
    }

    /// What all values lie in: of images what pixels can be.
    var valueRange: ClosedRange<Float> {
        let low = inputs.min() ?? 0, high = inputs.max() ?? 1
        return low...max(low, high)
    }

    func prefix(_ most: Int) -> Samples { picked(0..<min(most, count)) }
}

/// What a network learns from and what it is judged by.
struct Dataset: Sendable {
    let training: Samples
    let test: Samples
    let classes: Int
    /// Where it comes from, as the settings of a run tell it.
    let origin: String
}
