/// Numbers that a network learns, with the gradient of the last pass.
final class Parameter: @unchecked Sendable {
    let name: String
    let shape: [Int]
    let values: Floats
    let gradient: Floats
    /// Statistics of batch norms are part of a network but follow no gradient.
    let isTrained: Bool

    init(_ name: String, shape: [Int], isTrained: Bool = true, repeating value: Float = 0) {
        self.name = name
        self.shape = shape
        self.isTrained = isTrained
        let count = shape.reduce(1, *)
        values = Floats(base: .allocate(capacity: count), count: count)
        gradient = Floats(base: .allocate(capacity: count), count: count)
        values.base.initialize(repeating: value, count: count)
        gradient.clear()
    }

    convenience init(_ name: String, shape: [Int], isTrained: Bool = true, values: [Float]) {
        self.init(name, shape: shape, isTrained: isTrained)
        self.values.copy(values)
    }

    deinit {
        values.base.deallocate()
        gradient.base.deallocate()
    }

    var count: Int { values.count }

    // Here rather than on the numbers, which do not keep the parameter alive.

    var array: [Float] { withExtendedLifetime(self) { values.array } }
    var gradientArray: [Float] { withExtendedLifetime(self) { gradient.array } }

    /// - Precondition: as many values as the parameter has.
    func set(_ new: [Float]) { withExtendedLifetime(self) { values.copy(new) } }

    func copy(named name: String? = nil, isFrozen: Bool = false) -> Parameter {
        Parameter(name ?? self.name, shape: shape, isTrained: isTrained && !isFrozen, values: array)
    }
}
