extension Network {
    /// The same layers in the order in which inputs of two levels work best: the batch norm just before the sign, no ReLU, and no pooling
    /// of signs (XNOR-Net, Rastegari et al. 2016, section 3.2).
    ///
    /// The sign of what a ReLU gives is always +1, and of four signs the largest is nearly always +1. A layer without a batch norm gets
    /// one, which the sign needs to be centred. Residual branches add up real numbers.
    ///
    /// - Precondition: it has no parts, whose outputs a batch norm would take for something else.
    func orderedForSigns() -> Network {
        precondition(!hasParts, "a network of layers alone")
        let last = weighted.last?.name
        return Network(
            name: name, inputShape: inputShape, classes: classes, layers: Self.ordered(layers.copies(), last: last))
    }

    private static func ordered(_ layers: [Layer], last: String?) -> [Layer] {
        var result: [Layer] = [], waiting: BatchNormLayer?
        func settle() {
            if let norm = waiting { result.append(.batchNorm(norm)) }
            waiting = nil
        }
        for (place, layer) in layers.enumerated() {
            switch layer {
            case .relu: break
            case .batchNorm(let norm): waiting = norm
            case .maxPool, .meanPool: result.append(layer)
            case .weighted(let weighted):
                settle()
                result.append(layer)
                let isNormed = place + 1 < layers.count && layers[place + 1].isBatchNorm
                if !isNormed, weighted.name != last {
                    waiting = BatchNormLayer("\(weighted.name).norm", channels: weighted.outputs)
                }
            case .residual(let branch):
                settle()
                result.append(.residual(ordered(branch, last: last)))
            case .pick, .part:
                settle()
                result.append(layer)
            }
        }
        settle()
        return result
    }
}

extension Layer {
    fileprivate var isBatchNorm: Bool { if case .batchNorm = self { true } else { false } }
}
