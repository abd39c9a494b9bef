/// What a screen remembers: settings of its own, where its cursors are. A type beside its screen, which the state holds without knowing it.
protocol ScreenMemory: Sendable {
    /// Its line in session files; nil where it is not stored there.
    static var recordName: String? { get }

    /// As at first.
    init()
    /// From a session's line; nil where that is no such record.
    init?(record: String)

    /// The line; nil where nothing differs from the beginning.
    var record: String? { get }
    /// Drops what belongs to one tensor alone.
    mutating func forgetTensor()
    /// Drops what belongs to one file alone.
    mutating func forgetFile()
}

extension ScreenMemory {
    static var recordName: String? { nil }
    init?(record: String) { return nil }
    var record: String? { nil }
    mutating func forgetTensor() {}
    mutating func forgetFile() {}
}

/// One memory of each type.
struct ScreenMemories: Sendable {
    private var slots: [ObjectIdentifier: any ScreenMemory] = [:]

    subscript<Memory: ScreenMemory>(type: Memory.Type) -> Memory {
        get { slots[ObjectIdentifier(type)] as? Memory ?? Memory() }
        // Taken out while it is changed, so that what it holds is not copied.
        _modify {
            var memory = slots.removeValue(forKey: ObjectIdentifier(type)) as? Memory ?? Memory()
            defer { slots[ObjectIdentifier(type)] = memory }
            yield &memory
        }
    }

    mutating func forgetTensor() { for key in slots.keys { slots[key]?.forgetTensor() } }
    mutating func forgetFile() { for key in slots.keys { slots[key]?.forgetFile() } }

    /// What sessions keep, by the names of their lines.
    var records: [String: String] {
        var records: [String: String] = [:]
        for memory in slots.values {
            if let name = type(of: memory).recordName, let record = memory.record { records[name] = record }
        }
        return records
    }

    /// Takes a session's lines; what is no record of a screen stays as it is.
    mutating func take(_ records: [String: String]) {
        for type in ScreenCatalog.memories {
            guard let name = type.recordName, let record = records[name], let memory = type.init(record: record)
            else { continue }
            slots[ObjectIdentifier(type)] = memory
        }
    }
}
