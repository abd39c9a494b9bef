/// How the window of a convolution moves over an image.
struct ConvolutionWindow: Sendable, Equatable {
    let channels: Int
    let height: Int
    let width: Int
    /// Of the square kernel.
    let side: Int
    /// Zeros around the image.
    let padding: Int

    var outputHeight: Int { height + 2 * padding - side + 1 }
    var outputWidth: Int { width + 2 * padding - side + 1 }
    var places: Int { outputHeight * outputWidth }
    /// Numbers under the window: a row of the weights.
    var patch: Int { channels * side * side }

    /// Lays out what is under the window at every position: [patch, positions], so that a convolution is one matrix product.
    func unfold(_ image: UnsafePointer<Float>, into patches: UnsafeMutablePointer<Float>) {
        forEachRow { row, inputRow, outputRow, first, count in
            let target = patches + outputRow
            target.update(repeating: 0, count: outputWidth)
            if count > 0 { (target + first).update(from: image + inputRow, count: count) }
        }
    }

    /// The reverse: adds every number of the patches to the pixel that it came from.
    func addFolded(_ patches: UnsafePointer<Float>, into image: UnsafeMutablePointer<Float>) {
        forEachRow { row, inputRow, outputRow, first, count in
            let source = patches + outputRow + first, target = image + inputRow
            for i in 0..<max(0, count) { target[i] += source[i] }
        }
    }

    /// Calls `body(row, pixel, place, first, count)` for every run of pixels that is in one row of one row of the patches: `count`
    /// pixels from `pixel` on belong to positions from `place + first` on.
    @inline(__always)
    private func forEachRow(_ body: (Int, Int, Int, Int, Int) -> Void) {
        for row in 0..<patch {
            let channel = row / (side * side), down = row / side % side, right = row % side
            let first = max(0, padding - right)
            let count = min(outputWidth, width + padding - right) - first
            for y in 0..<outputHeight {
                let line = y + down - padding
                let isInside = line >= 0 && line < height
                body(
                    row, (channel * height + max(0, line)) * width + max(0, right - padding),
                    row * places + y * outputWidth, first, isInside ? count : 0)
            }
        }
    }
}

extension Tape {
    /// y[o] = Σ over channels and the window of W[o]·x, + b[o]; steps of one pixel.
    ///
    /// x [samples, channels, height, width], W [outputs, channels, side, side], b [outputs]
    /// → y [samples, outputs, height + 2·padding - side + 1, …].
    /// ∂W = Σ over samples of ∂y·patchesᵀ, ∂patches = Wᵀ·∂y, folded back into ∂x.
    func convolution(_ x: Node, weight: Node, bias: Node?, padding: Int) -> Node {
        let outputs = weight.shape[0], samples = x.samples
        let window = ConvolutionWindow(
            channels: x.shape[1], height: x.shape[2], width: x.shape[3], side: weight.shape[2], padding: padding)
        precondition(weight.shape[1] == window.channels && weight.shape[3] == window.side, "weights fit the image")
        let places = window.places, patch = window.patch, inputs = x.width
        let y = node([samples, outputs, window.outputHeight, window.outputWidth], needsGradient: true)
        let patches = scratch(samples * patch * places)
        forEachShard(samples) { _, range in
            for sample in range {
                let unfolded = patches + sample * patch * places, result = y.data + sample * outputs * places
                window.unfold(x.data + sample * inputs, into: unfolded)
                if let bias {
                    for output in 0..<outputs {
                        (result + output * places).update(repeating: bias.data[output], count: places)
                    }
                }
                MatrixProduct.multiply(
                    weight.data.base, unfolded, rows: outputs, columns: places, inner: patch,
                    keeping: bias == nil ? 0 : 1, into: result)
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient else { return }
            if let dw = weight.gradient {
                addOverShards(samples, weight.count, into: dw) { _, range, sum in
                    for sample in range {
                        MatrixProduct.multiply(
                            dy + sample * outputs * places, patches + sample * patch * places, isBTransposed: true,
                            rows: outputs, columns: patch, inner: places, keeping: 1, into: sum)
                    }
                }
            }
            if let db = bias?.gradient {
                for row in 0..<samples * outputs {
                    var sum: Float = 0
                    let start = dy + row * places
                    for place in 0..<places { sum += start[place] }
                    db[row % outputs] += sum
                }
            }
            guard let dx = x.gradient else { return }
            // The patches are not needed any more: their gradients replace them.
            forEachShard(samples) { _, range in
                for sample in range {
                    let unfolded = patches + sample * patch * places
                    MatrixProduct.multiply(
                        weight.data.base, isATransposed: true, dy + sample * outputs * places, rows: patch,
                        columns: places, inner: outputs, into: unfolded)
                    window.addFolded(unfolded, into: dx + sample * inputs)
                }
            }
        }
        return y
    }
}
