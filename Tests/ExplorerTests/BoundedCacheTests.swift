import Quantization
import Tensors
import Testing

@testable import Explorer

@Suite struct BoundedCacheTests {
    /// The one that was not used for longest goes first; what is larger than the budget is not kept.
    @Test func theLeastRecentlyUsedGo() {
        let cache = BoundedCache(budget: 100)
        cache.keep("a", for: 1, bytes: 40)
        cache.keep("b", for: 2, bytes: 40)
        #expect(cache.value(1) == "a")
        cache.keep("c", for: 3, bytes: 40)
        #expect(cache.value(1) == "a" && cache.value(2, as: String.self) == nil && cache.value(3) == "c")
        #expect(cache.bytes == 80 && cache.count == 2)
        cache.keep("d", for: 3, bytes: 10)
        #expect(cache.bytes == 50 && cache.value(3) == "d")
        cache.keep("e", for: 4, bytes: 101)
        #expect(cache.value(4, as: String.self) == nil && cache.count == 2)
    }

    /// That something has no answer is an answer.
    @Test func nilIsKept() {
        let cache = BoundedCache(budget: 100)
        #expect(cache.value(1, as: Int?.self) == nil)
        cache.keep(Int?.none, for: 1, bytes: 1)
        #expect(cache.value(1, as: Int?.self) == .some(.none))
    }

    /// Results of another file would hold it open.
    @Test func anotherFileLetsGoOfTheFirst() throws {
        let cache = ResultCache()
        let view = try #require(TensorView(name: "t", values: [1, 2], shape: Shape([2])!))
        let keys = [(1, 0), (1, 1), (2, 0)].map { TensorKey(file: $0.0, tensor: $0.1) }
        for key in keys[..<2] {
            cache.begin(key)
            cache.keep(squaredOutput: Double(key.tensor), key)
        }
        weak let first = cache.firstPass(keys[0], view)
        #expect(cache.squaredOutput(keys[0]) == 0 && cache.squaredOutput(keys[1]) == 1 && first != nil)
        cache.begin(keys[2])
        #expect(cache.squaredOutput(keys[0]) == nil && cache.squaredOutput(keys[1]) == nil && first == nil)
    }
}
