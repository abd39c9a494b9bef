import Tensors

/// PyTorch's names for element types.
enum TorchElement {
    /// Of a dtype, such as `float32` or `half`, or of a storage, such as `HalfStorage`; nil for unknown ones and those without
    /// a type of their own.
    static func type(named name: String) -> ElementType? { types[name] }

    private static let types: [String: ElementType] = [
        "float32": .float32, "float": .float32, "FloatStorage": .float32,
        "float64": .float64, "double": .float64, "DoubleStorage": .float64,
        "float16": .float16, "half": .float16, "HalfStorage": .float16,
        "bfloat16": .bfloat16, "BFloat16Storage": .bfloat16,
        "int8": .int8, "CharStorage": .int8, "QInt8Storage": .int8, "qint8": .int8,
        "uint8": .uint8, "ByteStorage": .uint8, "QUInt8Storage": .uint8, "quint8": .uint8, "UntypedStorage": .uint8,
        "int16": .int16, "short": .int16, "ShortStorage": .int16, "uint16": .uint16,
        "int32": .int32, "int": .int32, "IntStorage": .int32, "QInt32Storage": .int32, "qint32": .int32,
        "uint32": .uint32, "int64": .int64, "long": .int64, "LongStorage": .int64, "uint64": .uint64,
        "bool": .bool, "BoolStorage": .bool,
        "complex64": .complex64, "cfloat": .complex64, "ComplexFloatStorage": .complex64,
        "complex128": .complex128, "cdouble": .complex128, "ComplexDoubleStorage": .complex128,
        "float8_e4m3fn": .float8E4M3, "float8_e5m2": .float8E5M2, "float8_e4m3fnuz": .float8E4M3FNUZ,
        "float8_e5m2fnuz": .float8E5M2FNUZ, "float8_e8m0fnu": .float8E8M0, "float4_e2m1fn_x2": .float4,
    ]
}
