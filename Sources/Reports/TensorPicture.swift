public import Basics
import Platform
public import Quantization
public import Tensors

/// The distribution of a tensor, what its recipe makes of it, and where the error comes from, over the same bins.
public struct TensorPicture: Sendable {
    public let name: String
    public let recipe: String
    let low: Double
    let high: Double
    /// Elements and reconstructions of each bin, and the squared error of the elements in it.
    let original: [Int]
    let reconstruction: [Int]
    let error: [Double]
    let levels: [Double]

    private static let bins = 96

    /// Reads the tensor twice: for its extremes, and for the bins.
    ///
    /// - Precondition: the recipe fits the tensor, and chooses ranges on its own elements.
    public init?(_ tensor: TensorView, _ recipe: Recipe, context: WorkContext) throws(Cancelled) {
        let statistics = try FirstPass(tensor).run(context).statistics
        guard let low = statistics.minimum, let high = statistics.maximum, low < high,
            recipe.rangeMode.calibrationEntries == 0, let evaluator = try? Evaluator(tensor, recipe: recipe)
        else { return nil }
        let bins = Self.bins, width = (high - low) / Double(bins)
        struct Sums {
            var original: [Int], reconstruction: [Int], error: [Double]
        }
        let parts = Lock<[Int: Sums]>([:])
        let empty = Sums(
            original: [Int](repeating: 0, count: bins), reconstruction: [Int](repeating: 0, count: bins),
            error: [Double](repeating: 0, count: bins))
        try evaluator.reconstruct(context) { elements, values, made, worker in
            var sums = empty
            func bin(_ value: Float) -> Int {
                max(0, min(bins - 1, Int(((Double(value) - low) / width).rounded(.down))))
            }
            for i in 0..<elements.count where values[i].isFinite {
                let place = bin(values[i]), error = Double(made[i]) - Double(values[i])
                sums.original[place] += 1
                sums.error[place] += error * error
                sums.reconstruction[bin(made[i])] += 1
            }
            parts.withLock { all in
                var known = all[worker] ?? empty
                for place in 0..<bins {
                    known.original[place] += sums.original[place]
                    known.reconstruction[place] += sums.reconstruction[place]
                    known.error[place] += sums.error[place]
                }
                all[worker] = known
            }
        }
        let whole = parts.withLock { $0 }.values
        func total<Number: AdditiveArithmetic>(_ path: KeyPath<Sums, [Number]>) -> [Number] {
            (0..<bins).map { place in whole.reduce(.zero) { $0 + $1[keyPath: path][place] } }
        }
        (name, self.recipe, self.low, self.high) = (tensor.name, recipe.description, low, high)
        (original, reconstruction, error) = (total(\.original), total(\.reconstruction), total(\.error))
        let quantizer = evaluator.rangeCount == 1 ? try evaluator.quantizer(ofRange: 0, context: context) : nil
        let all = quantizer.map { quantizer in quantizer.levels.map { Double($0) } } ?? []
        levels = all.count <= 64 ? all.filter { $0 >= low && $0 <= high } : []
    }

    /// Bars of elements, the line of reconstructions, the error below, and levels as ticks.
    var svg: String {
        let width = 480.0, plot = 130.0, band = 40.0, height = plot + band + 30
        let most = log1p(Double(original.max() ?? 1)), step = width / Double(original.count)
        func y(_ count: Int) -> Double { most > 0 ? plot - log1p(Double(count)) / most * (plot - 6) : plot }
        var body = ""
        for (place, count) in original.enumerated() where count > 0 {
            let top = y(count)
            body += rectangle("bar", Double(place) * step, top, step, plot - top)
        }
        let points = reconstruction.enumerated().filter { $0.element > 0 }.map { place, count in
            "M\(HTML.number(Double(place) * step)) \(HTML.number(y(min(count, Int(expm1(most).rounded(.up))))))h\(HTML.number(step))"
        }
        body += "<path class=\"over\" d=\"\(points.joined())\"/>"
        body += line(0, plot, width, plot)
        for level in levels {
            let x = (level - low) / (high - low) * width
            body += line(x, plot, x, plot + 5)
        }
        let worst = error.max() ?? 0
        for (place, sum) in error.enumerated() where sum > 0 && worst > 0 {
            let size = sum / worst * (band - 8)
            body += rectangle("error", Double(place) * step, plot + 6, step, size)
        }
        let ends = [(0.0, "start", low), (width, "end", high)].map { x, anchor, value in
            "<text x=\"\(HTML.number(x))\" y=\"\(HTML.number(height - 16))\" text-anchor=\"\(anchor)\">\(NumberText.significant(value))</text>"
        }
        body += ends.joined()
        body +=
            "<text x=\"0\" y=\"\(HTML.number(height - 3))\">bars: elements (log), line: reconstructions, below: where the squared error is</text>"
        let share =
            error.max().map { worst in
                let total = error.reduce(0, +)
                return total > 0 ? NumberText.percent(worst / total, digits: 2) : "0 %"
            } ?? ""
        return HTML.picture(
            "\(name) under \(recipe)",
            "Values from \(NumberText.significant(low)) to \(NumberText.significant(high)); the bin with most squared error has \(share) of it.",
            width: Int(width), height: Int(height), body)
    }

    private func rectangle(_ kind: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
        "<rect class=\"\(kind)\" x=\"\(HTML.number(x))\" y=\"\(HTML.number(y))\" width=\"\(HTML.number(width))\" height=\"\(HTML.number(height))\"/>"
    }

    private func line(_ x: Double, _ y: Double, _ toX: Double, _ toY: Double) -> String {
        "<path class=\"axis\" d=\"M\(HTML.number(x)) \(HTML.number(y))L\(HTML.number(toX)) \(HTML.number(toY))\"/>"
    }
}
