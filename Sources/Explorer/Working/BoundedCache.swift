/// Results by what they answer; those that were not wanted for longest go when all of them take more than a number of bytes.
final class BoundedCache {
    private struct Entry {
        let value: any Sendable
        let bytes: Int
        var lastUse: Int
    }

    private let budget: Int
    private var entries: [AnyHashable: Entry] = [:]
    private var used = 0
    private var clock = 0

    /// - Parameter budget: in bytes.
    init(budget: Int) { self.budget = budget }

    func value<Value: Sendable>(_ key: AnyHashable, as type: Value.Type = Value.self) -> Value? {
        // In two steps: nothing would be taken for a cached nil.
        guard let entry = entries[key], let value = entry.value as? Value else { return nil }
        clock += 1
        entries[key]?.lastUse = clock
        return value
    }

    /// Keeps a value; one that is larger than the whole budget is not stored.
    ///
    /// - Parameter bytes: about what it takes.
    func keep(_ value: some Sendable, for key: AnyHashable, bytes: Int) {
        drop(key)
        guard bytes <= budget else { return }
        clock += 1
        entries[key] = Entry(value: value, bytes: bytes, lastUse: clock)
        used += bytes
        while used > budget, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key { drop(oldest) }
    }

    func removeAll() {
        entries = [:]
        used = 0
    }

    private func drop(_ key: AnyHashable) {
        guard let entry = entries.removeValue(forKey: key) else { return }
        used -= entry.bytes
    }

    var count: Int { entries.count }
    var bytes: Int { used }
}
