import Platform

/// Three spiral arms in the square from -1 to 1, a class each.
enum Spirals {
    static func dataset(seed: UInt64) -> Dataset {
        var random = RandomSource(seed: seed, stream: "spirals")
        return Dataset(
            training: draw(1_536, &random), test: draw(1_536, &random), classes: 3, origin: "three spiral arms")
    }

    private static func draw(_ count: Int, _ random: inout RandomSource) -> Samples {
        var samples = Samples(shape: [2], inputs: [], labels: [])
        for index in 0..<count {
            let arm = index % 3, along = random.uniform(0.06, 1)
            let angle = 2 * Double.pi * Double(arm) / 3 + 3.6 * along + 0.14 * random.gaussian()
            samples.inputs += [Float(along * cos(angle)), Float(along * sin(angle))]
            samples.labels.append(arm)
        }
        return samples
    }
}
