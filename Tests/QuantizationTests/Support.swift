import Basics
import Foundation
import SeededRandom
import Tensors

@testable import Quantization

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
