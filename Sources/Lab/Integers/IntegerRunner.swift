import Basics
import Integers
import Quantization

/// Runs samples through a network of whole numbers, some at a time on each core.
struct IntegerRunner {
    let compiled: CompiledNetwork
    let context: WorkContext

    init(_ compiled: CompiledNetwork, context: WorkContext) { (self.compiled, self.context) = (compiled, context) }

    /// Samples that go through together.
    static let batch = 16

    /// Samples as codes: the last thing that is done in real numbers.
    func codes(of samples: Samples) -> IntegerTensor {
        let input = compiled.input, inverse = Float(1 / input.scale)
        let (zero, highest) = (Float(input.zero), Float(input.highest))
        func code(_ value: Float) -> UInt8 {
            UInt8(max(0, min(highest, (value * inverse).rounded(.toNearestOrEven) + zero)))
        }
        guard samples.shape.count == 3 else {
            return IntegerTensor(shape: [samples.count] + samples.shape, .codes(samples.inputs.map(code)))
        }
        let (channels, area) = (samples.shape[0], samples.shape[1] * samples.shape[2])
        var codes = [UInt8](repeating: 0, count: samples.inputs.count)
        for sample in 0..<samples.count {
            for channel in 0..<channels {
                for place in 0..<area {
                    codes[(sample * area + place) * channels + channel] = code(
                        samples.inputs[(sample * channels + channel) * area + place])
                }
            }
        }
        return IntegerTensor(shape: [samples.count, samples.shape[1], samples.shape[2], channels], .codes(codes))
    }

    /// Logits of all samples, class by class.
    func logits(of samples: Samples) throws(LabFailure) -> [Int32] { try logits(of: codes(of: samples)) }

    func logits(of codes: IntegerTensor) throws(LabFailure) -> [Int32] {
        let count = codes.samples, width = codes.count / max(1, count), all = codes.codes
        let parts = (count + Self.batch - 1) / Self.batch
        let network = compiled.network
        let results = Lock([[Int32]](repeating: [], count: parts))
        do throws(Cancelled) {
            try context.forEach(0..<parts) { part, _ in
                let range = part * Self.batch..<min(count, (part + 1) * Self.batch)
                let some = IntegerTensor(
                    shape: [range.count] + codes.shape.dropFirst(),
                    .codes(Array(all[range.lowerBound * width..<range.upperBound * width])))
                let logits = network.apply(some).wide
                results.update { $0[part] = logits }
            }
        } catch { throw .cancelled }
        return results.update { $0 }.flatMap { $0 }
    }
}
