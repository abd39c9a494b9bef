import Foundation

@testable import Quantization
@testable import TensorFiles

/// What other people's code makes of formats (how the file is made stands beside it).
enum FormatCases {
    nonisolated(unsafe) static let book: [String: Any] = {
        let path = Sources.root.appendingPathComponent("Tests/Fixtures/Formats/cases.json")
        let object = (try? Data(contentsOf: path)).flatMap { try? JSONSerialization.jsonObject(with: $0) }
        return object as? [String: Any] ?? [:]
    }()

    /// Numbers; nil where a list has another word.
    static func floats(_ list: Any?) -> [Float?] {
        (list as? [Any] ?? []).map { ($0 as? Double).map { Float($0) } }
    }
}

/// Quantiles of a unit Gaussian or Laplacian, so many that finite size does not show.
func quantiles(_ model: SourceModel, _ count: Int) -> [Float] {
    (0..<count).map { index in
        let p = (Double(index) + 0.5) / Double(count)
        switch model {
        case .gauss: return Float(Quantiles.probit(p))
        case .laplace:
            let q = p < 0.5 ? log(2 * p) : -log(2 * (1 - p))
            return Float(q / 2.0.squareRoot())
        }
    }
}

/// Σ(x̂ - x)² under the levels of a book.
func squaredError(_ values: [Float], _ book: CodeBook) -> Double {
    values.reduce(0) { sum, value in
        let e = Double(book.levels[book.place(of: value)]) - Double(value)
        return sum + e * e
    }
}

/// The mean squared error as a share of the mean square.
func relativeError(_ values: [Float], _ recipe: String) throws -> Double {
    let power = values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
    return try Evaluator(tensor(values, [values.count]), recipe: try Recipe(recipe)).evaluate().metrics.mse / power
}
