import Basics
import Fixtures
import TensorFiles
import Testing

@testable import Lab

/// Values and gradients of operations against PyTorch's (`Tests/Fixtures/Operations/make.py`).
struct TorchOperationTests {
    init() throws { try MatrixProduct.prepare() }

    private static let operations: [String: @Sendable (Tape, [Node]) -> Node] = [
        "dense": { $0.dense($1[0], weight: $1[1], bias: $1[2]) },
        "layerNorm": { $0.layerNorm($1[0], gamma: $1[1], beta: $1[2], epsilon: 1e-5) },
        "gelu": { $0.gelu($1[0]) },
        "attention": { $0.attention(query: $1[0], key: $1[1], value: $1[2], heads: 2) },
        "addToEach": { $0.addToEach($1[0], $1[1]) },
        "patches": { $0.patches($1[0], side: 2) },
        "upsample": { $0.upsample($1[0]) },
        "sigmoid": { $0.sigmoid($1[0], range: -1...2) },
        "statisticsMatching": {
            $0.statisticsMatching($1[0], mean: [0.3, -0.2, 0.1], variance: [0.8, 1.3, 0.5], epsilon: 1e-5)
        },
    ]

    private static func numbers(_ value: JSONValue?) -> [Float] {
        value?.array?.compactMap { $0.double.map { Float($0) } } ?? []
    }

    private static func shape(_ value: JSONValue?) -> [Int] { value?.array?.compactMap { $0.int } ?? [] }

    @Test(arguments: operations.keys.sorted()) func agrees(name: String) throws {
        let path = Fixture.path("Operations/operations.json")
        let file = try JSONValue(Fixture.read(path), path: path)
        let known = try #require(file["cases"]?.array?.first { $0["name"]?.string == name })
        let operation = try #require(Self.operations[name])
        let inputs = known["inputs"]?.array ?? []
        let parameters = inputs.map {
            Parameter($0["name"]?.string ?? "", shape: Self.shape($0["shape"]), values: Self.numbers($0["values"]))
        }
        #expect(!parameters.isEmpty)
        let tape = Tape(threads: 2)
        let y = operation(tape, parameters.map(tape.leaf)), given = Self.numbers(known["given"])
        #expect(y.shape == Self.shape(known["shape"]))
        let values = y.data.array, loss = tape.node([1], needsGradient: true)
        tape.record { for i in 0..<y.count { y.gradient?[i] += given[i] } }
        tape.backward(from: loss)
        func agree(_ found: [Float], _ wanted: [Float]) -> Bool {
            let size = wanted.reduce(Float(1)) { max($0, abs($1)) }
            return found.count == wanted.count && zip(found, wanted).allSatisfy { abs($0 - $1) <= 3e-6 * size }
        }
        #expect(agree(values, Self.numbers(known["values"])))
        for (parameter, input) in zip(parameters, inputs) {
            #expect(agree(parameter.gradientArray, Self.numbers(input["gradient"])), "\(parameter.name)")
        }
    }
}
