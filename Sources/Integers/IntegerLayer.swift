import CIntegers

/// A convolution or dense layer: codes by weights of eight bits, a bias in 32, and a requantization.
public struct IntegerLayer: IntegerStep {
    /// How a convolution's window moves over images whose channels come last; steps of one pixel.
    public struct Window: Sendable, Hashable {
        public let side: Int
        public let padding: Int

        public init(side: Int, padding: Int) { (self.side, self.padding) = (side, padding) }
    }

    public let name: String
    /// [outputs, inputs], of a convolution [outputs, side, side, channels].
    public let weights: [Int8]
    public let outputs: Int
    /// The bias of each output, less what the input's zero-point adds to every product: b - z·Σw.
    public let addends: [Int32]
    /// nil for a dense layer.
    public let window: Window?
    /// The code that stands for zero, which padding is filled with.
    public let zero: UInt8
    public let requantizer: Requantizer
    public let kernel: ByteProduct.Kernel

    public init(
        name: String, weights: [Int8], addends: [Int32], window: Window?, zero: UInt8, requantizer: Requantizer,
        kernel: ByteProduct.Kernel
    ) {
        (self.name, self.weights, self.addends, self.window) = (name, weights, addends, window)
        (self.zero, self.requantizer, self.kernel, outputs) = (zero, requantizer, kernel, addends.count)
    }

    /// Weights of an output.
    public var length: Int { weights.count / outputs }

    public func apply(_ x: IntegerTensor) -> IntegerTensor {
        IntegerTensor(shape: outputShape(x), requantizer.apply(products(x), addends: addends))
    }

    func outputShape(_ x: IntegerTensor) -> [Int] {
        guard let window else {
            // A row for each token; of images and lone rows one a sample.
            let rows = x.count / length / x.samples
            return rows == 1 ? [x.samples, outputs] : [x.samples, rows, outputs]
        }
        let lost = window.side - 1 - 2 * window.padding
        return [x.samples, x.shape[1] - lost, x.shape[2] - lost, outputs]
    }

    /// Σ q·w of every place and output, before bias and zero-point are made up for.
    public func products(_ x: IntegerTensor) -> [Int32] {
        let codes = window == nil ? x.codes : rows(x), places = codes.count / length
        return [Int32](unsafeUninitializedCapacity: places * outputs) { sums, count in
            codes.withUnsafeBufferPointer { codes in
                weights.withUnsafeBufferPointer { weights in
                    if let a = codes.baseAddress, let b = weights.baseAddress, let c = sums.baseAddress {
                        ByteProduct.multiply(
                            a, b, rows: places, columns: outputs, inner: length, kernel: kernel, into: c)
                    }
                }
            }
            count = places * outputs
        }
    }

    /// What is under the window at every place, [samples·places, side·side·channels].
    public func rows(_ x: IntegerTensor) -> [UInt8] {
        guard let window else { return x.codes }
        let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3]), shape = outputShape(x)
        let side = window.side, padding = window.padding, run = side * channels
        let line = (width + 2 * padding) * channels, area = (height + 2 * padding) * line
        let places = shape[1] * shape[2], count = shape[0] * places * side * run
        // An image with its border, and room for copies that go on too far.
        var bordered = [UInt8](repeating: zero, count: area + 8)
        let rows = [UInt8](unsafeUninitializedCapacity: count + 8) { buffer, filled in
            x.codes.withUnsafeBufferPointer { codes in
                bordered.withUnsafeMutableBufferPointer { bordered in
                    guard let to = buffer.baseAddress, let from = codes.baseAddress, let image = bordered.baseAddress
                    else { return }
                    for sample in 0..<shape[0] {
                        for row in 0..<height {
                            (image + (row + padding) * line + padding * channels).update(
                                from: from + (sample * height + row) * width * channels, count: width * channels)
                        }
                        qlens_window_rows(
                            image, Int64(line), Int64(channels), Int64(shape[1]), Int64(shape[2]), Int64(side),
                            Int64(run), to + sample * places * side * run)
                    }
                }
            }
            filled = count
        }
        return rows
    }
}
