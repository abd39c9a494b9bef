/// How parameters follow their gradients.
enum OptimizerKind: String, Sendable {
    /// w ← w - rate·g.
    case descent
    /// v ← m·v + g, w ← w - rate·v.
    case momentum
    /// Kingma and Ba 2014, with corrected means.
    case adam
}

/// The state of an optimization: what it remembers of earlier gradients.
final class Optimizer {
    private struct Entry {
        let parameter: Parameter
        let decay: Float
        var first: [Float]
        var second: [Float]
    }

    private let kind: OptimizerKind
    private let mostRelativeStep: Float?
    private var entries: [Entry] = []
    private var step = 0
    static let momentum: Float = 0.9
    static let betas: (Float, Float) = (0.9, 0.999)
    static let epsilon: Float = 1e-8

    /// - Parameter mostRelativeStep: the part of itself that a positive parameter moves by at most in an update; nil for any.
    init(_ kind: OptimizerKind, mostRelativeStep: Float? = nil) {
        self.kind = kind
        self.mostRelativeStep = mostRelativeStep
    }

    /// - Parameter decay: λ of the penalty λ/2·w²: added to gradients, with Adam taken from the weights beside its step (Loshchilov and
    ///   Hutter 2019), since it would make any gradient large.
    func add(_ parameters: [Parameter], decay: Float = 0) {
        for parameter in parameters where parameter.isTrained {
            entries.append(
                Entry(
                    parameter: parameter, decay: decay,
                    first: [Float](repeating: 0, count: kind == .descent ? 0 : parameter.count),
                    second: kind == .adam ? [Float](repeating: 0, count: parameter.count) : []))
        }
    }

    func clearGradients() { for entry in entries { entry.parameter.gradient.clear() } }

    /// Moves all parameters by their gradients.
    func update(rate: Float) {
        step += 1
        for place in entries.indices {
            let before = mostRelativeStep == nil ? [] : entries[place].parameter.array
            update(&entries[place], rate: rate)
            guard let most = mostRelativeStep else { continue }
            let values = entries[place].parameter.values
            for (i, value) in before.enumerated() {
                values[i] = max(value * (1 - most), min(value * (1 + most), values[i]))
            }
        }
    }

    private func update(_ entry: inout Entry, rate: Float) {
        let values = entry.parameter.values, gradient = entry.parameter.gradient
        switch kind {
        case .descent:
            for i in 0..<values.count { values[i] -= rate * (gradient[i] + entry.decay * values[i]) }
        case .momentum:
            for i in 0..<values.count {
                entry.first[i] = Self.momentum * entry.first[i] + gradient[i] + entry.decay * values[i]
                values[i] -= rate * entry.first[i]
            }
        case .adam:
            let (b1, b2) = Self.betas
            let c1 = 1 - Self.power(b1, step), c2 = 1 - Self.power(b2, step)
            for i in 0..<values.count {
                let g = gradient[i]
                entry.first[i] = b1 * entry.first[i] + (1 - b1) * g
                entry.second[i] = b2 * entry.second[i] + (1 - b2) * g * g
                values[i] -=
                    rate * (entry.first[i] / c1) / ((entry.second[i] / c2).squareRoot() + Self.epsilon)
                    + rate * entry.decay * values[i]
            }
        }
    }

    private static func power(_ base: Float, _ exponent: Int) -> Float {
        var result: Float = 1
        for _ in 0..<min(exponent, 20_000) { result *= base }
        return result
    }
}
