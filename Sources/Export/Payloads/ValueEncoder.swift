import TensorFiles
import Tensors

/// Float32 values as stored numbers, rounded to nearest even. The same as `ElementEncoder`, without arrays.
enum ValueEncoder {
    /// Types that reconstructions keep.
    static func isKept(_ type: ElementType) -> Bool {
        switch type {
        case .float32, .float16, .bfloat16, .float64: true
        default: false
        }
    }

    /// - Parameter output: room for all of it.
    static func encode(
        _ values: UnsafePointer<Float>, _ count: Int, as type: ElementType, into output: UnsafeMutableRawPointer
    ) {
        switch type {
        case .float16:
            let words = output.assumingMemoryBound(to: UInt16.self)
            for i in 0..<count { words[i] = Float16(values[i]).bitPattern.littleEndian }
        case .bfloat16:
            let words = output.assumingMemoryBound(to: UInt16.self)
            for i in 0..<count {
                let bits = values[i].bitPattern, isNaN = values[i] != values[i]
                let rounded = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits &>> 16 & 1)) &>> 16)
                words[i] = (isNaN ? UInt16(truncatingIfNeeded: bits &>> 16) | 0x40 : rounded).littleEndian
            }
        case .float64:
            let words = output.assumingMemoryBound(to: UInt64.self)
            for i in 0..<count { words[i] = Double(values[i]).bitPattern.littleEndian }
        default:
            precondition(type == .float32, "no encoder for \(type.rawValue)")
            let words = output.assumingMemoryBound(to: UInt32.self)
            for i in 0..<count { words[i] = values[i].bitPattern.littleEndian }
        }
    }
}
