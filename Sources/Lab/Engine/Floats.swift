/// Numbers in memory that workers write apart from each other: each its own elements.
struct Floats: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
    let count: Int

    @inline(__always)
    subscript(index: Int) -> Float {
        get { base[index] }
        nonmutating set { base[index] = newValue }
    }

    /// The numbers from a position on.
    @inline(__always)
    static func + (floats: Floats, offset: Int) -> UnsafeMutablePointer<Float> { floats.base + offset }

    func clear() { base.update(repeating: 0, count: count) }

    var array: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }

    /// - Precondition: as many values as there is room for.
    func copy(_ values: [Float]) {
        precondition(values.count == count, "as many values as there is room for")
        values.withUnsafeBufferPointer { if let start = $0.baseAddress { base.update(from: start, count: count) } }
    }
}

/// Memory of the steps of a training, which all look alike: what a step gives back the next one takes.
final class FloatPool {
    private var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
    private var lent: [Floats] = []

    deinit {
        reclaim()
        for pointers in free.values { for pointer in pointers { pointer.deallocate() } }
    }

    /// `count` numbers with unspecified content, until `reclaim`.
    func floats(_ count: Int) -> Floats {
        let pointer = free[count]?.popLast() ?? .allocate(capacity: max(1, count))
        let floats = Floats(base: pointer, count: count)
        lent.append(floats)
        return floats
    }

    /// Takes everything back that was lent.
    func reclaim() {
        for floats in lent { free[floats.count, default: []].append(floats.base) }
        lent.removeAll(keepingCapacity: true)
    }
}
