/// Whole numbers on their way through a network. What they stand for is known to whoever made the network, not to them.
public struct IntegerTensor: Sendable, Hashable {
    public enum Values: Sendable, Hashable {
        /// What products take in.
        case codes([UInt8])
        /// What products and sums give.
        case wide([Int32])
    }

    /// Samples first. Images have their channels last: [samples, height, width, channels].
    public let shape: [Int]
    public let values: Values

    public init(shape: [Int], _ values: Values) {
        self.shape = shape
        self.values = values
    }

    public var samples: Int { shape[0] }
    public var count: Int { shape.reduce(1, *) }
    /// Numbers of the last axis.
    public var features: Int { shape.last ?? 1 }

    /// - Precondition: they are codes.
    public var codes: [UInt8] {
        guard case .codes(let codes) = values else { preconditionFailure("found wide numbers, expected codes") }
        return codes
    }

    /// - Precondition: they are wide.
    public var wide: [Int32] {
        guard case .wide(let wide) = values else { preconditionFailure("found codes, expected wide numbers") }
        return wide
    }
}

/// A step of a network that computes in whole numbers.
public protocol IntegerStep: Sendable {
    func apply(_ x: IntegerTensor) -> IntegerTensor
}

/// A step that is made of others.
public protocol IntegerContainer: IntegerStep {
    /// - Parameter seen: told what each step within is given and what it gives.
    func apply(_ x: IntegerTensor, _ seen: IntegerObserver?) -> IntegerTensor
}

extension IntegerContainer {
    public func apply(_ x: IntegerTensor) -> IntegerTensor { apply(x, nil) }
}

public typealias IntegerObserver = (_ step: any IntegerStep, _ given: IntegerTensor, _ result: IntegerTensor) -> Void

/// Steps one after the other.
public struct IntegerNetwork: IntegerContainer {
    public let steps: [any IntegerStep]

    public init(_ steps: [any IntegerStep]) { self.steps = steps }

    public func apply(_ x: IntegerTensor, _ seen: IntegerObserver?) -> IntegerTensor {
        steps.reduce(x) { Self.apply($1, $0, seen) }
    }

    /// One step, which is told of, or what it is made of.
    static func apply(_ step: any IntegerStep, _ x: IntegerTensor, _ seen: IntegerObserver?) -> IntegerTensor {
        if let container = step as? any IntegerContainer { return container.apply(x, seen) }
        let result = step.apply(x)
        seen?(step, x, result)
        return result
    }
}
