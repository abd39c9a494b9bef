/// Memory of one worker, reused from chunk to chunk and grown where a chunk asks for more.
package final class Scratch {
    private var storage: UnsafeMutableBufferPointer<Float>

    package init() { storage = .allocate(capacity: 0) }

    deinit { storage.deallocate() }

    /// At least `count` floats, with unspecified content.
    package func floats(_ count: Int) -> UnsafeMutablePointer<Float> {
        if storage.count < count || storage.baseAddress == nil {
            storage.deallocate()
            storage = .allocate(capacity: max(count, 1))
        }
        return storage.baseAddress!
    }
}

/// One object for each worker of a parallel loop; a worker touches its own alone.
package final class PerWorker<Item>: @unchecked Sendable {
    private var items: [Item]

    package init(_ count: Int, _ make: () -> Item) { items = (0..<count).map { _ in make() } }

    package subscript(worker: Int) -> Item { items[worker] }

    package var all: [Item] { items }
}

/// Results written by index from a parallel loop, each index once.
package final class Slots<Item>: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Item>

    package init(_ count: Int, repeating item: Item) {
        storage = .allocate(capacity: count)
        storage.initialize(repeating: item)
    }

    deinit {
        storage.deinitialize()
        storage.deallocate()
    }

    package subscript(index: Int) -> Item {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    package var count: Int { storage.count }
    package var all: [Item] { Array(storage) }
    var base: UnsafeMutablePointer<Item> { storage.baseAddress! }
}

/// Fixed sizes that results depend on in their last digits, and therefore never change with threads or machines.
enum Tiling {
    /// Elements of a chunk: what a worker takes at a time, 1 MiB of Float32.
    static let chunk = 1 << 18
    /// Elements of a tile: what stays in the first caches between two looks at it.
    static let tile = 1 << 14
    /// Ranges up to this size are calibrated and evaluated while they are in a worker's memory.
    static let localLimit = 1 << 22
}

extension Float {
    /// The power of two that brings this magnitude into [1, 2); 1 for zero. Subnormals come as near as Float32 allows.
    var normalizingFactor: Float {
        guard self > 0, isFinite else { return 1 }
        let exponent = self.isNormal ? Int(self.exponent) : -126
        return Float(sign: .plus, exponent: max(-126, min(127, -exponent)), significand: 1)
    }
}
