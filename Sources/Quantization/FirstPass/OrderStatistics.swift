import Basics

/// Exact order statistics of values too many to sort: the buckets name the neighbourhood, a second look at the values
/// finds the lower sixteen bits.
enum OrderStatistics {
    /// The values of the given ranks (0 is the smallest), by value or by magnitude.
    ///
    /// O(n) time, 256 KiB for each bucket that holds a wanted rank and each thread.
    static func values(
        ofRanks ranks: [Int], byMagnitude: Bool, in reader: RangeReader, buckets: BucketHistogram,
        context: WorkContext
    ) throws(Cancelled) -> [Float] {
        let counts = byMagnitude ? buckets.magnitudes : buckets.counts
        let places = locate(ranks, counts)
        let wanted = Array(Set(places.map { $0.bucket })).sorted()
        // Patterns whose lower bits are all zero need no second look; others share a table a bucket.
        // By the raw upper bits, so that the loop over all values has nothing to compute.
        var slots = [UInt8](repeating: 0, count: 65_536), slotOf: [Int: Int] = [:]
        for (slot, bucket) in wanted.enumerated() {
            slotOf[bucket] = slot
            if byMagnitude {
                slots[bucket] = UInt8(slot + 1)
                slots[bucket | 0x8000] = UInt8(slot + 1)
            } else {
                slots[Int(BucketHistogram.upper(bucket))] = UInt8(slot + 1)
            }
        }
        let tables = try countLowerBits(
            reader, slots: slots, tableCount: wanted.count, isFinite: buckets.isWholeTensorFinite, context: context)
        return places.map { place in
            let table = tables[slotOf[place.bucket] ?? 0]
            let isDescending = !byMagnitude && place.bucket < 0x8000
            var rest = UInt64(place.rank)
            for step in 0..<65_536 {
                let low = isDescending ? 65_535 - step : step
                let count = UInt64(table[low])
                if rest < count {
                    let upper = byMagnitude ? UInt32(place.bucket) : BucketHistogram.upper(place.bucket)
                    return Float(bitPattern: upper << 16 | UInt32(low))
                }
                rest -= count
            }
            preconditionFailure("a rank beyond its bucket")
        }
    }

    /// The bucket of each rank and the rank within it.
    private static func locate(_ ranks: [Int], _ counts: [UInt64]) -> [(bucket: Int, rank: Int)] {
        var places = [(bucket: Int, rank: Int)](repeating: (0, 0), count: ranks.count)
        let order = ranks.indices.sorted { ranks[$0] < ranks[$1] }
        var bucket = 0, before = 0
        for position in order {
            while before + Int(counts[bucket]) <= ranks[position] {
                before += Int(counts[bucket])
                bucket += 1
            }
            places[position] = (bucket, ranks[position] - before)
        }
        return places
    }

    private final class Worker {
        let scratch = Scratch(), spare = Scratch()
        /// 65,536 counters a slot; the first slot takes what is not wanted.
        let tables: UnsafeMutablePointer<UInt32>
        init(_ count: Int) {
            tables = .allocate(capacity: (count + 1) << 16)
            tables.initialize(repeating: 0, count: (count + 1) << 16)
        }
        deinit { tables.deallocate() }

        func count(_ values: UnsafePointer<Float>, _ count: Int, slots: UnsafeBufferPointer<UInt8>) {
            for i in 0..<count {
                let bits = Int(truncatingIfNeeded: values[i].bitPattern), slot = slots[bits >> 16]
                if slot != 0 { tables[Int(slot) << 16 | bits & 0xFFFF] &+= 1 }
            }
        }
    }

    private static func countLowerBits(
        _ reader: RangeReader, slots: [UInt8], tableCount: Int, isFinite: Bool, context: WorkContext
    ) throws(Cancelled) -> [[UInt64]] {
        let workers = PerWorker(context.threads) { Worker(tableCount) }
        try context.forEach(0..<reader.chunkCount) { chunk, number in
            let worker = workers[number]
            reader.withFiniteChunk(chunk, worker.scratch, worker.spare, isKnownFinite: isFinite) { values, count, _ in
                slots.withUnsafeBufferPointer { worker.count(values, count, slots: $0) }
            }
        }
        return (0..<tableCount).map { table in
            (0..<65_536).map { low in workers.all.reduce(0) { $0 + UInt64($1.tables[(table + 1) << 16 | low]) } }
        }
    }

    /// The two ranks and the weight of the upper one for a quantile of `count` values by linear interpolation between order
    /// statistics: position fraction·(count - 1), as NumPy's default.
    static func position(of fraction: Double, count: Int) -> (lower: Int, upper: Int, weight: Double) {
        let position = fraction * Double(count - 1)
        let lower = max(0, min(count - 1, Int(position.rounded(.down))))
        return (lower, min(lower + 1, count - 1), position - Double(lower))
    }

    static func interpolate(_ lower: Float, _ upper: Float, _ weight: Double) -> Double {
        Double(lower) + (Double(upper) - Double(lower)) * weight
    }
}
