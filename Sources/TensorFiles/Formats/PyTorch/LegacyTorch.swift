import Tensors

/// What `torch.save` wrote before 1.6: pickles of a magic number, a version, the machine, the value and the storages' keys, then
/// the storages, each a count and its elements. Also a single pickle, where arrays hold their own data.
enum LegacyTorch {
    /// 0x1950A86A20F9469CFC6C, lowest byte first.
    private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
    private static let version = 1_001

    private struct Contents {
        let unpickler: Unpickler
        let value: PickleValue
        /// Where the elements of each storage are.
        let storages: [String: Range<Int>]
        let isBigEndian: Bool
        let format: String
    }

    static func open(_ source: any ByteSource, path: String) throws(FileError) -> TensorFile {
        let contents: Contents
        do throws(Misfit) {
            contents = try source.withBytes { bytes throws(Misfit) in try read(bytes) }
        } catch {
            throw FileError(path: path, error)
        }
        var collector = TorchCollector(
            contents.unpickler.heap, path: path, isByteSwapped: contents.isBigEndian == (1.littleEndian == 1)
        ) { key, _ throws(FileError) in
            contents.storages[key].map { .init(source: source, byteOffset: $0.lowerBound, byteCount: $0.count) }
        }
        try collector.collect(contents.value)
        return PyTorchFormat.file(
            collector, foreign: contents.unpickler.foreign, path: path, format: contents.format)
    }

    private static func read(_ bytes: UnsafeRawBufferPointer) throws(Misfit) -> Contents {
        var unpickler = Unpickler(bytes)
        let first = try unpickler.next()
        guard case .large(let number) = first, number == magic else {
            return Contents(unpickler: unpickler, value: first, storages: [:], isBigEndian: false, format: "pickle")
        }
        let place = unpickler.offset
        let second = try unpickler.next()
        guard second.integer == version else {
            throw .init(offset: place, found: "another version of PyTorch's file", expected: "version \(version)")
        }
        var isBig = false
        if case .dictionary(let machine) = try unpickler.next() {
            for (key, value) in unpickler.heap.dictionaries[machine] {
                if key.text == "little_endian", case .bool(false) = value { isBig = true }
            }
        }
        let value = try unpickler.next()
        let keys = try unpickler.next()
        let storages = try storages(keys, unpickler, bytes, isBig: isBig)
        return Contents(
            unpickler: unpickler, value: value, storages: storages, isBigEndian: isBig, format: "PyTorch before 1.6")
    }

    private static func storages(
        _ keys: PickleValue, _ unpickler: Unpickler, _ bytes: UnsafeRawBufferPointer, isBig: Bool
    ) throws(Misfit) -> [String: Range<Int>] {
        // How wide an element of each storage is, its identifiers say.
        var sizes: [String: Int] = [:]
        for object in unpickler.heap.objects {
            guard case .none = object.maker, let parts = unpickler.heap.elements(object.arguments), parts.count >= 5,
                let key = parts[2].text, let kind = unpickler.heap.global(parts[1])?.name
            else { continue }
            sizes[key] = TorchElement.type(named: kind).map { $0.bitWidth / 8 }
        }
        var reader = ByteReader(bytes, at: unpickler.offset), storages: [String: Range<Int>] = [:]
        for key in unpickler.heap.elements(keys) ?? [] {
            let place = reader.offset
            guard let key = key.text, let size = sizes[key] else {
                throw .init(offset: place, found: "a storage that no tensor names", expected: "storages of tensors")
            }
            let raw = try reader.number(UInt64.self, "a storage's length")
            let count = isBig ? raw.byteSwapped : raw
            guard count <= UInt64(reader.left / size) else {
                throw .init(
                    offset: place, found: "a storage of \(count) elements",
                    expected: "at most the \(reader.left / size) that follow (the file is cut short)")
            }
            let start = reader.offset
            try reader.skip(Int(count) * size, "a storage")
            storages[key] = start..<reader.offset
        }
        return storages
    }
}
