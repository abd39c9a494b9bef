import Quantization
import Tensors

/// Numbers without a random generator of the system: the same in every run.
struct Numbers: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

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
