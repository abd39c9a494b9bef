import Fixtures
import Tensors
import Testing

@testable import TensorFiles

extension Fixture {
    /// Checks that a file holds exactly these tensors with these values, bit for bit; NaN equals NaN.
    static func expect(
        _ file: TensorFile, holds values: [String: [Float]], location: SourceLocation = #_sourceLocation
    ) {
        let readable = file.tensors.filter { $0.problem == nil }
        #expect(readable.map { $0.name }.sorted() == values.keys.sorted(), sourceLocation: location)
        for tensor in file.tensors {
            guard let expected = values[tensor.name] else { continue }
            let found = tensor.values(0..<tensor.count)
            let wrong = zip(found, expected).enumerated().first { _, pair in
                pair.0.bitPattern != pair.1.bitPattern && !(pair.0.isNaN && pair.1.isNaN)
            }
            #expect(
                found.count == expected.count && wrong == nil,
                "\(tensor.name): element \(wrong?.offset ?? 0) is \(wrong?.element.0 ?? 0), not \(wrong?.element.1 ?? 0)",
                sourceLocation: location)
        }
    }
}
