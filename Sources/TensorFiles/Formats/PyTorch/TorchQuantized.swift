import Tensors

/// A quantized tensor of PyTorch: integers with a scale and a zero-point, one for the tensor or one for each index of an axis.
///
/// x = S·(q - z), the product taken in Double and rounded once; the scale of a whole tensor is rounded to Float32 before. Source: `torch._utils._rebuild_qtensor`, `torch.dequantize`.
struct TorchQuantized: PackedValues {
    private let codes: TensorView
    private let scales: [Double]
    private let zeroPoints: [Int]
    /// Of whose indices each has a scale; nil where there is one for all.
    private let axis: Int?
    /// Elements between neighbours along the axis.
    private let inner: Int

    /// Returns nil where codes are no integers, or scales and zero-points are not as many as the axis has indices.
    init?(_ codes: TensorView, scales: [Double], zeroPoints: [Int], axis: Int?) {
        guard [.int8, .uint8, .int32].contains(codes.elementType) else { return nil }
        let extents = codes.shape.extents
        if let axis {
            guard extents.indices.contains(axis), scales.count == extents[axis] else { return nil }
            inner = codes.shape.product(from: axis + 1)
        } else {
            guard scales.count == 1 else { return nil }
            inner = 1
        }
        guard zeroPoints.count == scales.count else { return nil }
        self.codes = codes
        self.scales = axis == nil ? scales.map { Double(Float($0)) } : scales
        self.zeroPoints = zeroPoints
        self.axis = axis
    }

    var method: String { "PyTorch q\(codes.elementType.rawValue.lowercased())" }
    var parts: [String] { [codes.name] }
    var byteCount: Int { codes.byteCount + scales.count * 8 + zeroPoints.count * 8 }
    var fault: SourceFault? { codes.fault }

    /// Codes of all 256 values; those without a sign count from 0.
    var recipe: String? {
        let granularity = axis.map { "channel:\($0)" } ?? "tensor"
        switch codes.elementType {
        case .int8 where zeroPoints.allSatisfy { $0 == 0 }: return "int8 symfull \(granularity)"
        case .uint8: return "int8 asym \(granularity)"
        default: return nil
        }
    }

    private func number(_ element: Int) -> Int { axis.map { element / inner % codes.shape.extents[$0] } ?? 0 }

    func stored(_ element: Int) -> StoredValue {
        let code = codes.code(of: element), number = number(element)
        return StoredValue(
            code: code, level: Float(code), scale: Float(scales[number]), zeroPoint: zeroPoints[number])
    }

    func decode(_ range: Range<Int>, into output: UnsafeMutablePointer<Float>) {
        // Float32 does not hold all codes of 32 bits. PyTorch itself takes through it where there is a scale for each
        // channel.
        if codes.elementType == .int32, axis == nil {
            for element in range {
                let (distance, overflow) = codes.code(of: element).subtractingReportingOverflow(zeroPoints[0])
                output[element - range.lowerBound] = overflow ? .nan : Float(Double(distance) * scales[0])
            }
            return
        }
        codes.withValues(range, scratch: output) { values in
            for element in range {
                let number = number(element), at = element - range.lowerBound
                output[at] = Float((Double(values[at]) - Double(zeroPoints[number])) * scales[number])
            }
        }
    }
}
