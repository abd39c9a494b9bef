/// A value of the computation: numbers, and, once the tape has run backward, how the loss changes with each of them.
///
/// The first axis counts samples, images are [samples, channels, height, width].
final class Node: @unchecked Sendable {
    let shape: [Int]
    let data: Floats
    /// ∂loss/∂data, which starts at zero; nil where nobody asks for it.
    let gradient: Floats?

    /// What the numbers belong to, where that is a parameter.
    private let owner: Parameter?

    init(shape: [Int], data: Floats, gradient: Floats?, owner: Parameter? = nil) {
        self.owner = owner
        self.shape = shape
        self.data = data
        self.gradient = gradient
    }

    var count: Int { data.count }
    var samples: Int { shape[0] }
    /// Numbers of one sample.
    var width: Int { count / max(1, shape[0]) }
    /// Numbers of one channel of one sample; 1 where there is no image.
    var area: Int { shape.dropFirst(2).reduce(1, *) }
}
