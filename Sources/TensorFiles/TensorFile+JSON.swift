public import Basics
public import Tensors

extension TensorFile {
    /// `list --json`
    ///
    /// - Parameter more: what else is known of a tensor.
    public func json(_ more: (TensorView) -> [(String, JSONValue)] = { _ in [] }) -> JSONValue {
        .object([
            ("file", .string(path)),
            ("format", .string(format)),
            ("metadata", .object(metadata.map { ($0.key, .string($0.value)) })),
            (
                "tensors",
                .array(
                    tensors.map { tensor in
                        .object(
                            [
                                ("name", .string(tensor.name)),
                                (
                                    "dtype",
                                    .string(tensor.problem == nil ? tensor.elementType.rawValue : tensor.typeName)
                                ),
                                ("shape", .array(tensor.storedShape.extents.map(JSONValue.int))),
                                ("count", .int(tensor.storedShape.count)),
                                ("bytes", .int(tensor.byteCount)),
                            ] + (tensor.storedForm.map { [("stored", Self.stored($0))] } ?? [])
                                + (tensor.problem.map { [("problem", .string($0.description))] } ?? [])
                                + more(tensor))
                    })
            ),
            ("warnings", .array(warnings.map { .string($0) })),
        ])
    }

    private static func stored(_ form: StoredForm) -> JSONValue {
        .object([("method", .string(form.method)), ("parts", .array(form.parts.map(JSONValue.string)))])
    }
}
