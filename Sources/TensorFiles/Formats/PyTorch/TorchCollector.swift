import Basics
import Tensors

/// Finds the tensors in what a pickle built, and names each by the keys that lead to it.
///
/// Dictionaries, lists, tuples and the states of objects are searched; a module's parameters, buffers and submodules are named
/// as its `state_dict` names them. A container is searched once, under the first name that leads to it.
struct TorchCollector {
    /// Where the bytes of a storage are.
    struct Storage {
        let source: any ByteSource
        let byteOffset: Int
        let byteCount: Int
    }

    private static let deepest = 100
    private static let longestName = 4_096
    private static let mostMetadata = 200
    /// Scales and zero-points that are read from one file: views may repeat them.
    private static let mostNumbers = 1 << 22

    private(set) var tensors: [TensorView] = []
    private(set) var metadata: [(key: String, value: String)] = []
    private(set) var warnings: [String] = []

    private let heap: PickleHeap
    private let path: String
    private let isByteSwapped: Bool
    /// The bytes of the storage of a key, no more of them than given.
    private let storage: (String, Int) throws(FileError) -> Storage?
    private var storages: [String: Storage] = [:]
    private var numbersRead = 0
    private var searched = Set<Int>()
    private var names = Set<ExactName>()

    init(
        _ heap: PickleHeap, path: String, isByteSwapped: Bool,
        storage: @escaping (String, Int) throws(FileError) -> Storage?
    ) {
        self.heap = heap
        self.path = path
        self.isByteSwapped = isByteSwapped
        self.storage = storage
    }

    private func wrong(_ name: String, _ found: String, _ expected: String) -> FileError {
        FileError(path: path, place: name.isEmpty ? nil : .tensor(name), found: found, expected: expected)
    }

    private mutating func warn(_ text: String) { if warnings.count < 100 { warnings.append(text) } }

    mutating func collect(_ value: PickleValue, name: String = "", depth: Int = 0) throws(FileError) {
        guard depth <= Self.deepest else {
            throw wrong("", "values nested deeper than \(Self.deepest)", "fewer levels")
        }
        guard name.utf8.count <= Self.longestName else {
            throw wrong("", "a tensor's name of over \(Self.longestName) bytes", "a shorter one")
        }
        switch value {
        case .dictionary(let number):
            guard searched.insert(number * 4).inserted else { return }
            try collect(heap.dictionaries[number], name: name, depth: depth)
        case .list(let number):
            guard searched.insert(number * 4 + 1).inserted else { return }
            try collect(elements: heap.lists[number], name: name, depth: depth)
        case .tuple(let number):
            guard searched.insert(number * 4 + 2).inserted else { return }
            try collect(elements: heap.tuples[number], name: name, depth: depth)
        case .object(let number):
            try collect(heap.objects[number], number, name: name, depth: depth)
        case .bool(let flag): note(name, flag ? "true" : "false", depth)
        case .integer(let number): note(name, String(number), depth)
        case .float(let number): note(name, "\(number)", depth)
        case .text(let text): note(name, text.count > 200 ? text.prefix(199) + "…" : text, depth)
        case .none, .large, .bytes, .global: break
        }
    }

    /// Scalars near the top say something about the file: the epoch, the version, the settings.
    private mutating func note(_ name: String, _ text: String, _ depth: Int) {
        if !name.isEmpty, depth <= 3, metadata.count < Self.mostMetadata { metadata.append((name, text)) }
    }

    private func joined(_ name: String, _ part: String) -> String { name.isEmpty ? part : "\(name).\(part)" }

    private mutating func collect(
        _ pairs: [(key: PickleValue, value: PickleValue)], name: String, depth: Int
    ) throws(FileError) {
        for (key, value) in pairs {
            switch key {
            // The three dictionaries of a module do not occur in its names, nor does the object of a quantized layer's parameters.
            case .text("_packed_params"), .text("_parameters"), .text("_buffers"), .text("_modules"):
                try collect(value, name: name, depth: depth + 1)
            case .text(let text): try collect(value, name: joined(name, text), depth: depth + 1)
            case .integer(let number): try collect(value, name: joined(name, String(number)), depth: depth + 1)
            default: try collect(value, name: joined(name, "?"), depth: depth + 1)
            }
        }
    }

    private mutating func collect(elements: [PickleValue], name: String, depth: Int) throws(FileError) {
        for (index, element) in elements.enumerated() {
            switch element {
            case .dictionary, .list, .tuple, .object:
                try collect(element, name: joined(name, String(index)), depth: depth + 1)
            default: break  // numbers in lists are settings, of which there may be very many
            }
        }
    }

    private mutating func collect(
        _ object: PickleHeap.Object, _ number: Int, name: String, depth: Int
    ) throws(FileError) {
        let arguments = heap.elements(object.arguments) ?? []
        switch heap.global(object.maker)?.description {
        case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3":
            let isTyped = heap.global(object.maker)?.name == "_rebuild_tensor_v3"
            let type = isTyped && arguments.count > 6 ? arguments[6] : nil
            add(try tensor(arguments, type: type, name: name))
        case "torch._utils._rebuild_qtensor":
            let codes = try tensor(arguments, type: nil, name: name)
            add(codes.problem == nil ? try quantized(codes, arguments) : codes)
        case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state":
            if let data = arguments.first { try collect(data, name: name, depth: depth + 1) }
        case "torch._tensor._rebuild_from_type_v2", "torch._tensor._rebuild_from_type":
            // (function, type, arguments, state): what the function would have made of the arguments.
            guard arguments.count > 2 else { return }
            let inner = PickleHeap.Object(maker: arguments[0], arguments: arguments[2])
            try collect(inner, number, name: name, depth: depth + 1)
        case "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct":
            try array(state: heap.elements(object.state) ?? [], name: name)
        case "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer":
            guard arguments.count == 4, case .bytes(let data) = arguments[0] else { return }
            try array(data, type: arguments[1], extents: arguments[2], isFortran: arguments[3].text == "F", name: name)
        case "torch.ScriptObject":
            // (state, class): of a quantized layer the state is its weight and its bias.
            guard let state = heap.elements(object.state), state.count == 2, let parts = heap.elements(state[0]) else {
                return
            }
            let isLayer = parts.count == 2 && state[1].text?.contains("PackedParams") == true
            for (index, part) in parts.enumerated() {
                let partName = isLayer ? ["weight", "bias"][index] : String(index)
                try collect(part, name: joined(name, partName), depth: depth + 1)
            }
        case let maker?
        where maker.hasPrefix("torch._utils._rebuild_"):
            warn("left out \(Printable.quoted(name)): found a tensor made by \(maker)")
        default:
            guard searched.insert(number * 4 + 3).inserted else { return }
            try collect(object.entries, name: name, depth: depth)
            switch object.state {
            case .tuple(let state)?:  // a dictionary and one of slots
                for part in heap.tuples[state] { try collect(part, name: name, depth: depth + 1) }
            case let state?: try collect(state, name: name, depth: depth + 1)
            case nil: break
            }
        }
    }

    /// `(storage, offset, extents, strides, …)`
    ///
    /// Without values, and with the reason, where its elements are of a type that is not known or its storage is not there.
    private mutating func tensor(
        _ arguments: [PickleValue], type: PickleValue?, name: String
    ) throws(FileError) -> TensorView {
        guard arguments.count >= 4, case .object(let number) = arguments[0],
            let identifier = heap.elements(heap.objects[number].arguments), identifier.count >= 5,
            identifier[0].text == "storage", let key = identifier[2].text ?? identifier[2].integer.map(String.init),
            let kind = heap.global(identifier[1])?.name, let first = arguments[1].integer,
            let extents = heap.integers(arguments[2]), let strides = heap.integers(arguments[3])
        else {
            throw wrong(name, "a tensor without storage, offset, extents or strides", "all four")
        }
        let dtype = heap.global(type)?.name ?? kind
        let ownName = name.isEmpty ? "tensor" : name
        func without(_ found: String, _ expected: String, bytes: Int = 0) throws(FileError) -> TensorView {
            guard let shape = Shape(extents) else {
                throw wrong(name, "extents \(extents)", "fewer than 2^63 elements")
            }
            return TensorView(
                unreadable: ownName, typeName: Printable.text(dtype), shape: shape, byteCount: bytes,
                problem: SourceFault(found: found, expected: expected))
        }
        let bytes: Storage
        do throws(FileError) {
            // As many elements as the storage has, whatever its tensors use of it.
            let (most, overflow) = max(0, identifier[4].integer ?? .max).multipliedReportingOverflow(
                by: max(1, (TorchElement.type(named: kind)?.bitWidth ?? 8) / 8))
            guard let found = try knownStorage(key, most: overflow ? .max : most) else {
                return try without("no storage \(Printable.quoted(key))", "its data in the file")
            }
            bytes = found
        } catch {
            // Encrypted, damaged, or compressed in a way that is not known.
            return try without(error.found, error.expected)
        }
        guard let element = TorchElement.type(named: dtype) else {
            return try without(
                "elements of type \(Printable.quoted(dtype))", "a type of PyTorch that is known here",
                bytes: bytes.byteCount)
        }
        // A view of a storage: (its key, its first element, its count).
        var start = first
        if identifier.count > 5, let view = heap.elements(identifier[5]), view.count == 3 {
            start = start.addingReportingOverflow(view[1].integer ?? 0).partialValue
        }
        guard let shape = Shape(extents), strides.count == extents.count else {
            throw wrong(
                name, "extents \(extents) and strides \(strides)", "as many strides as extents below 2^63 elements")
        }
        // Two values a byte: extents and strides are those of bytes.
        if element == .float4 {
            guard let pairs = extents.last, let values = Shape(extents.dropLast() + [pairs * 2]),
                shape.isRowMajor(strides: strides)
            else { return try without("strides \(strides) of packed values", "values one after the other") }
            guard
                let view = TensorView(
                    name: ownName, elementType: element, shape: values, source: bytes.source,
                    byteOffset: bytes.byteOffset + max(0, start)), start >= 0, bytes.byteCount - start >= shape.count
            else { return try without("\(bytes.byteCount) bytes of storage \(key)", "\(shape.count)") }
            return view
        }
        let size = element.bitWidth / 8
        let reach = shape.reach(strides: strides)
        let (last, overflow) = start.addingReportingOverflow(reach)
        guard start >= 0, !overflow, last <= bytes.byteCount / size else {
            return try without(
                "elements up to \(reach == .max ? "beyond 2^63" : String(last)) of storage \(key)",
                "elements within its \(bytes.byteCount / size)")
        }
        // Repeated elements (stride 0) could make a small file look endless.
        guard shape.count <= max(1 << 32, bytes.byteCount) else {
            throw wrong(name, "\(shape.count) elements repeated from \(bytes.byteCount / size)", "at most 2^32")
        }
        guard
            let view = TensorView(
                name: ownName, elementType: element, shape: shape, strides: strides,
                isByteSwapped: isByteSwapped, source: bytes.source, byteOffset: bytes.byteOffset + start * size)
        else { throw wrong(name, "shape \(shape) with strides \(strides)", "one that lies within storage \(key)") }
        return view
    }

    /// Codes with `(scheme, scale, zero-point)` or `(scheme, scales, zero-points, axis)`; the codes alone, with a warning, where these
    /// say nothing that is known.
    private mutating func quantized(
        _ codes: TensorView, _ arguments: [PickleValue]
    ) throws(FileError) -> TensorView {
        let setting = arguments.count > 4 ? heap.elements(arguments[4]) ?? [] : []
        var packed: TorchQuantized?
        switch setting.first.flatMap({ heap.global($0)?.name }) {
        case "per_tensor_affine" where setting.count >= 3:
            if let scale = setting[1].real, let zero = setting[2].integer {
                packed = TorchQuantized(codes, scales: [scale], zeroPoints: [zero], axis: nil)
            }
        case "per_channel_affine" where setting.count >= 4:
            if let scales = try numbers(setting[1], like: codes), let zeros = try numbers(setting[2], like: codes),
                let axis = setting[3].integer
            {
                let whole = zeros.compactMap { Int(exactly: $0) }
                packed = TorchQuantized(codes, scales: scales, zeroPoints: whole, axis: axis)
            }
        default: break
        }
        guard let packed else {
            warn("\(Printable.quoted(codes.name)): found no scale and zero-point to bring its codes back by")
            return codes
        }
        return TensorView(name: codes.name, packed: packed, elementType: codes.elementType, shape: codes.shape)
    }

    /// The values of a small tensor that belongs to another one.
    private mutating func numbers(_ value: PickleValue, like codes: TensorView) throws(FileError) -> [Double]? {
        guard case .object(let number) = value, let arguments = heap.elements(heap.objects[number].arguments) else {
            return nil
        }
        switch heap.global(heap.objects[number].maker)?.description {
        case "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2": break
        default: return nil
        }
        let view = try tensor(arguments, type: nil, name: codes.name)
        guard view.problem == nil, view.count <= Self.mostNumbers - numbersRead
        else { return nil }
        numbersRead += view.count
        guard view.elementType == .float64, view.isPlain else { return view.values(0..<view.count).map(Double.init) }
        var numbers = [Double](repeating: 0, count: view.count)
        view.withStoredBytes { bytes in
            for i in numbers.indices { numbers[i] = bytes.loadUnaligned(fromByteOffset: 8 * i, as: Double.self) }
        }
        return numbers
    }

    /// Tensors that share a storage share its bytes, which may have to be inflated.
    private mutating func knownStorage(_ key: String, most: Int) throws(FileError) -> Storage? {
        if let known = storages[key] { return known }
        let found = try storage(key, most)
        storages[key] = found
        return found
    }

    private mutating func add(_ view: TensorView) {
        guard names.insert(ExactName(view.name)).inserted else {
            return warn("left out a second tensor \(Printable.quoted(view.name))")
        }
        tensors.append(view)
    }

    /// `(version, extents, dtype, Fortran order, bytes)`: the state of a NumPy array.
    private mutating func array(state: [PickleValue], name: String) throws(FileError) {
        guard state.count == 5, case .bytes(let data) = state[4], case .bool(let isFortran) = state[3] else {
            return warn("left out \(Printable.quoted(name)): found an array without plain data")
        }
        try array(data, type: state[2], extents: state[1], isFortran: isFortran, name: name)
    }

    private mutating func array(
        _ data: [UInt8], type: PickleValue, extents: PickleValue, isFortran: Bool, name: String
    ) throws(FileError) {
        guard case .object(let number) = type, let code = heap.elements(heap.objects[number].arguments)?.first?.text,
            let extents = heap.integers(extents), let shape = Shape(extents)
        else { throw wrong(name, "a NumPy array without dtype or extents", "both") }
        // The dtype's own state begins (version, byte order, …).
        let order = heap.elements(heap.objects[number].state).flatMap { $0.count > 1 ? $0[1].text : nil } ?? "<"
        guard let (element, isSwapped) = try? NpyHeader.elementType((order == ">" ? ">" : "<") + code, offset: 0) else {
            return warn("left out \(Printable.quoted(name)): found elements of NumPy's type \(Printable.quoted(code))")
        }
        guard
            let view = TensorView(
                name: name.isEmpty ? "array" : name, elementType: element, shape: shape,
                strides: isFortran ? shape.columnMajorStrides : nil, isByteSwapped: isSwapped,
                source: ByteArray(data))
        else {
            throw wrong(name, "\(data.count) bytes for shape \(shape) of \(element.rawValue)", "as many as it takes")
        }
        add(view)
    }
}
