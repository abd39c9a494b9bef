import Basics
import Foundation
import SeededRandom
import Tensors

@testable import Quantization

extension SeededRandom {
    /// Bell-shaped values of variance 1.
    mutating func bell(_ count: Int) -> [Float] {
        (0..<count).map { _ in
            (0..<12).reduce(Float(-6)) { sum, _ in sum + Float.random(in: 0..<1, using: &self) }
        }
    }
}

func tensor(_ values: [Float], _ extents: [Int]) -> TensorView {
    TensorView(name: "t", values: values, shape: Shape(extents)!)!
}

func close(_ a: Double, _ b: Double, _ relative: Double, floor: Double = 0) -> Bool {
    abs(a - b) <= max(relative * max(abs(a), abs(b)), floor)
}

/// The natural logarithm, for plain forms.
enum Naturals {
    static func log(_ value: Double) -> Double { Foundation.log(value) }
}

extension Evaluator {
    /// The sums of an evaluation.
    func run(_ context: WorkContext) throws(Cancelled) -> RawResult { try state(context).result(context) }
}
