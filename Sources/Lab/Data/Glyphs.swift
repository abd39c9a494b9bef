import Platform

/// Images of the ten digits, drawn stroke by stroke: shifted, turned, leaned and stretched, with pens of different width, and noise.
enum Glyphs {
    static let side = 16

    static func dataset(
        seed: UInt64, training: Int = 8_000, test: Int = 2_000, pass: () throws(LabFailure) -> Void = {}
    ) throws(LabFailure) -> Dataset {
        var random = RandomSource(seed: seed, stream: "glyphs")
        return Dataset(
            training: try draw(training, &random, pass), test: try draw(test, &random, pass), classes: 10,
            origin: "drawn glyphs")
    }

    private static func draw(
        _ count: Int, _ random: inout RandomSource, _ pass: () throws(LabFailure) -> Void
    ) throws(LabFailure) -> Samples {
        var samples = Samples(shape: [1, side, side], inputs: [], labels: [])
        samples.inputs.reserveCapacity(count * side * side)
        for index in 0..<count {
            if index % 100 == 0 { try pass() }
            samples.inputs += image(of: index % 10, &random)
            samples.labels.append(index % 10)
        }
        return samples
    }

    /// One image, from 0 for the ground to 1 for ink.
    static func image(of glyph: Int, _ random: inout RandomSource) -> [Float] {
        let angle = random.uniform(-0.42, 0.42), lean = random.uniform(-0.3, 0.3)
        let width = random.uniform(0.7, 1.15), height = random.uniform(0.75, 1.1)
        let shift = (random.uniform(-2.4, 2.4), random.uniform(-2.4, 2.4))
        let pen = random.uniform(0.45, 1.25), ink = random.uniform(0.55, 1), noise = random.uniform(0.05, 0.24)
        let center = Double(side) / 2
        func placed(_ point: (Double, Double)) -> (Double, Double) {
            let y = (point.1 - 0.5) * 11 * height, x = (point.0 - 0.5) * 9 * width + lean * y
            return (
                center + shift.0 + cos(angle) * x - sin(angle) * y, center + shift.1 + sin(angle) * x + cos(angle) * y
            )
        }
        let strokes = shapes[glyph].map { $0.map(placed) }
        var pixels: [Float] = []
        pixels.reserveCapacity(side * side)
        for row in 0..<side {
            for column in 0..<side {
                let point = (Double(column) + 0.5, Double(row) + 0.5)
                var distance = Double.infinity
                for stroke in strokes {
                    for (start, end) in zip(stroke, stroke.dropFirst()) {
                        distance = min(distance, squaredDistance(point, start, end))
                    }
                }
                // A pixel's width is where ink turns into ground.
                let cover = max(0, min(1, pen + 0.5 - distance.squareRoot()))
                pixels.append(Float(max(0, min(1, ink * cover + noise * random.gaussian()))))
            }
        }
        return pixels
    }

    private static func squaredDistance(
        _ point: (Double, Double), _ start: (Double, Double), _ end: (Double, Double)
    ) -> Double {
        let along = (end.0 - start.0, end.1 - start.1), from = (point.0 - start.0, point.1 - start.1)
        let length = along.0 * along.0 + along.1 * along.1
        let share = length > 0 ? max(0, min(1, (from.0 * along.0 + from.1 * along.1) / length)) : 0
        let (x, y) = (from.0 - share * along.0, from.1 - share * along.1)
        return x * x + y * y
    }

    /// Strokes in the unit square, rightwards and downwards.
    private static let shapes: [[[(Double, Double)]]] = [
        [arc(0.5, 0.5, 0.42, 0.5, 0, 360)],
        [[(0.25, 0.22), (0.55, 0), (0.55, 1)]],
        [arc(0.5, 0.28, 0.4, 0.28, 180, 400) + [(0.1, 1), (0.92, 1)]],
        [arc(0.46, 0.26, 0.38, 0.26, 200, 450), arc(0.46, 0.75, 0.42, 0.25, 270, 520)],
        [[(0.72, 1), (0.72, 0), (0.08, 0.68), (0.95, 0.68)]],
        [[(0.85, 0), (0.2, 0), (0.16, 0.45)] + arc(0.48, 0.68, 0.4, 0.32, 230, 500)],
        [[(0.75, 0), (0.3, 0.36)] + arc(0.5, 0.68, 0.38, 0.32, 210, 570)],
        [[(0.08, 0), (0.92, 0), (0.4, 1)]],
        [arc(0.5, 0.25, 0.34, 0.25, 0, 360), arc(0.5, 0.75, 0.42, 0.25, 0, 360)],
        [[(0.25, 1), (0.7, 0.64)] + arc(0.5, 0.32, 0.38, 0.32, 30, 390)],
    ]

    /// Points of a part of an ellipse, by degrees, clockwise on the screen from the right.
    private static func arc(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ from: Double, _ to: Double
    ) -> [(Double, Double)] {
        let steps = 12
        return (0...steps).map { step in
            let angle = (from + (to - from) * Double(step) / Double(steps)) * Double.pi / 180
            return (x + width * cos(angle), y + height * sin(angle))
        }
    }
}
